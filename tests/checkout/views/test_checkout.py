"""The checkout over HTTP: one order for any number of clicks, and only for what the shopper saw."""

import pytest
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import Order, RazorpayOrder
from checkout.placing import FIRST_NUMBER
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, assert_books_hold, make_overdue, outcome, stock_of
from tests.factories import Buyer
from tests.programs import Simulator

pytestmark = pytest.mark.django_db


def at_razorpay(faulty: FaultyRazorpay) -> int:
    return faulty.count("^POST /v1/orders$")


@pytest.mark.covers("PA2", "CA2")
def test_the_answer_is_what_was_promised(buyer: Buyer, simulator: Simulator, settings: Settings) -> None:
    response = buyer.check_out()
    order = Order.objects.get()
    attempt = RazorpayOrder.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert order.number == f"CG26-{FIRST_NUMBER + order.pk}"
    assert body["order"] == {
        "number": order.number,
        "token": order.token,
        "status": "pending",
        "total": 199_800,
        "status_url": f"/orders/{order.token}/status/",
        "pay_url": f"/orders/{order.token}/pay/",
    }
    assert body["verify_url"] == "/payments/verify/"
    promised = {name: body["razorpay"][name] for name in ("key", "order_id", "amount", "currency", "prefill")}
    assert promised == {
        "key": settings.RAZORPAY_KEY_ID,
        "order_id": attempt.razorpay_order_id,
        "amount": 199_800,
        "currency": "INR",
        "prefill": {"name": "Asha Kulkarni", "email": "asha@example.in", "contact": "+919876543210"},
    }
    assert settings.RAZORPAY_KEY_SECRET not in response.content.decode()


@pytest.mark.covers("A1")
def test_what_only_the_server_decides_cannot_be_posted(buyer: Buyer, simulator: Simulator) -> None:
    lies = {"total": "1", "subtotal": "1", "shipping": "0", "discount": "199700", "amount": "100", "status": "paid"}
    more = {
        "price": "1",
        "quantity": "-1",
        "number": "CG26-1",
        "token": "x",
        "invoice_number": "CG/1",
        "currency": "USD",
    }
    assert buyer.check_out(**lies, **more).status_code == 201
    order = Order.objects.get()
    assert (order.total, order.status, order.discount, order.invoice_number) == (199_800, "pending", 0, None)
    assert RazorpayOrder.objects.get().amount == 199_800
    assert order.lines.get().quantity == 1


@pytest.mark.covers("A5", "A6", "CO14")
def test_double_click_reload_and_back_make_one_order(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    first = buyer.check_out()
    for key in ("key-of-one-form", "key-of-one-form", "key-of-another-tab", ""):
        again = buyer.check_out(key=key)
        assert (again.status_code, again.json()["razorpay"]) == (200, first.json()["razorpay"])
    form = buyer.check_out(accept="text/html")
    assert (form.status_code, form.headers["Location"]) == (303, first.json()["order"]["pay_url"])
    assert (Order.objects.count(), stock_of(), at_razorpay(faulty)) == (1, (10, 1), 1)


@pytest.mark.covers("A5")
def test_a_form_sent_again_after_it_was_paid_sells_nothing_more(buyer: Buyer, simulator: Simulator) -> None:
    body = buyer.check_out().json()
    buyer.client.post("/payments/verify/", reports.pay(simulator, body["razorpay"]["order_id"]))
    again = buyer.check_out()
    assert (again.status_code, again.json()["order"]["status"], again.json()["razorpay"]) == (200, "paid", None)
    assert buyer.check_out(accept="text/html").headers["Location"] == f"/orders/{body['order']['token']}/"
    assert (Order.objects.count(), stock_of()) == (1, (9, 0))


def test_a_key_is_worth_nothing_without_its_cart(buyer: Buyer, simulator: Simulator) -> None:
    buyer.check_out()
    thief = Buyer()
    assert thief.check_out().status_code == 400
    thief.add(SKU)
    assert thief.check_out().status_code == 201
    assert Order.objects.count() == 2


@pytest.mark.covers("A6", "A16", "B12")
def test_a_changed_cart_gives_the_first_order_up(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    first = Order.objects.get(number=buyer.check_out().json()["order"]["number"])
    buyer.add(SKU)
    second = buyer.check_out(key="form-after-the-change").json()
    assert second["order"]["total"] == 389_700
    assert outcome(first)["status"] == "cancelled"
    assert stock_of() == (10, 2)
    assert_books_hold()


@pytest.mark.covers("A6", "G3")
def test_a_changed_cart_finds_the_first_order_paid(buyer: Buyer, simulator: Simulator) -> None:
    body = buyer.check_out().json()
    reports.pay(simulator, body["razorpay"]["order_id"])
    buyer.add(SKU)
    buyer.check_out(key="form-after-the-change")
    assert outcome(Order.objects.get(number=body["order"]["number"]))["status"] == "paid"
    assert_books_hold()


@pytest.mark.covers("A6", "G2")
def test_a_changed_cart_while_razorpay_is_silent_keeps_both(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    first = Order.objects.get(number=buyer.check_out().json()["order"]["number"])
    buyer.add(SKU)
    faulty.plan(faults.reset, on="payments")
    assert buyer.check_out(key="form-after-the-change").status_code == 201
    assert outcome(first)["status"] == "pending"
    assert stock_of() == (10, 3)


@pytest.mark.covers("A3", "CA3")
def test_a_price_that_changed_is_confirmed_first(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    Variant.objects.update(price=150_000)
    refused = buyer.check_out()
    assert (refused.status_code, "₹1,500" in refused.json()["errors"]["cart"][0]) == (409, True)
    assert (Order.objects.count(), faulty.calls) == (0, [])
    assert buyer.check_out().json()["order"]["total"] == 159_900


@pytest.mark.covers("A3")
def test_the_page_sends_the_total_that_it_showed(buyer: Buyer, simulator: Simulator) -> None:
    shown = buyer.client.get("/checkout/").context["form"].initial["seen_total"]
    assert shown == 199_800
    Variant.objects.update(price=200_000, mrp=200_000)
    refused = buyer.check_out(accept="text/html", seen_total=shown)
    assert (refused.status_code, refused.context["form"].data["seen_total"]) == (409, "209900")
    assert buyer.check_out(accept="text/html", seen_total="209900").status_code == 303


@pytest.mark.covers("A7", "G11")
def test_sold_out_meanwhile_is_told_before_paying(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    rival = Buyer()
    rival.add(SKU, 10)
    order = Order.objects.get(number=rival.check_out().json()["order"]["number"])
    for accept in ("application/json", "text/html"):
        assert buyer.check_out(accept=accept).status_code == 409
    assert at_razorpay(faulty) == 1
    make_overdue(order)
    faulty.plan(faults.reset, on="payments")
    assert buyer.check_out().status_code == 409, "Razorpay is silent: the rival may have paid"
    assert buyer.check_out().status_code == 201, "Razorpay knows of no payment"
    assert outcome(order)["status"] == "expired"
    assert_books_hold()


@pytest.mark.covers("B8", "A9", "B2")
def test_a_razorpay_that_cannot_be_reached_keeps_the_order(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.answer(502, "<html>", "text/html"), times=100)
    answer = buyer.check_out()
    assert (answer.status_code, list(answer.json())) == (503, ["order", "errors"])
    order = Order.objects.get()
    page = buyer.check_out(accept="text/html")
    assert (page.status_code, page.headers["Location"]) == (303, f"/orders/{order.token}/pay/")
    shown = buyer.client.get(f"/orders/{order.token}/pay/")
    assert (shown.status_code, shown.context["ready"]) == (200, False)
    faulty.forget()
    resumed = buyer.client.post(f"/orders/{order.token}/pay/")
    assert (resumed.status_code, resumed.headers["Location"]) == (303, f"/orders/{order.token}/pay/")
    assert buyer.client.get(f"/orders/{order.token}/pay/").context["ready"]
    assert (Order.objects.count(), stock_of()) == (1, (10, 1))
