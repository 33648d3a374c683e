"""The pages of an order: found by its token alone, looking writes nothing, only POSTs ask Razorpay."""

import pytest
from django.test import Client

from catalog.models import Stock
from checkout import refunds
from checkout.models import Order
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, SKU, assert_books_hold, make_overdue, outcome, stock_of
from tests.checkout.queries import nothing_written
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JSON = {"accept": "application/json"}


@pytest.fixture
def bought(simulator: Simulator) -> tuple[Order, str]:
    """An order of one car of ten, with the id of its Razorpay order."""
    make_product(SKU)
    order, body = Buyer().buy(SKU)
    return order, str(body["razorpay"]["order_id"])


def url(order: Order, part: str = "") -> str:
    return f"/orders/{order.token}/{part}"


@pytest.mark.covers("A17", "K17", "PA7")
def test_only_the_token_finds_an_order(bought: tuple[Order, str], client: Client) -> None:
    order, _id = bought
    for part in ("", "pay/", "status/"):
        found = client.get(url(order, part))
        assert found.status_code == 200
        for guess in (order.number, str(order.pk), order.token[:-1], order.token.swapcase(), order.token + "a"):
            assert client.get(f"/orders/{guess}/{part}").status_code == 404
    for part in ("check/", "cancel/", "pay/"):
        assert client.post(f"/orders/{order.number}/{part}").status_code == 404


@pytest.mark.covers("C16", "PA7")
def test_the_headers_of_private_pages(bought: tuple[Order, str], client: Client) -> None:
    order, _id = bought
    shown, pay = client.get(url(order)), client.get(url(order, "pay/"))
    assert pay.headers["X-Frame-Options"] == "DENY"
    for other in (shown, client.get("/cart/"), client.get("/")):
        assert other.headers["X-Frame-Options"] == "DENY"
        assert other.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert other.headers["Referrer-Policy"] == "same-origin"
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert pay.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert pay.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    for response in (shown, pay):
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.covers("C1", "C5")
def test_looking_writes_nothing_and_calls_nobody(bought: tuple[Order, str], faulty: FaultyRazorpay) -> None:
    order, _id = bought
    for part in ("", "pay/", "status/"):
        for method in ("get", "head"):
            with nothing_written():
                assert getattr(Client(), method)(url(order, part)).status_code == 200
        with nothing_written():
            assert Client().options(url(order, part)).status_code in (200, 405)
    make_overdue(order)
    with nothing_written():
        Client().get(url(order))
    assert faulty.calls == []


@pytest.mark.parametrize("part", ["check/", "cancel/", "pay/"])
def test_without_a_csrf_token_nothing_happens(part: str, bought: tuple[Order, str], faulty: FaultyRazorpay) -> None:
    order, _id = bought
    assert Client(enforce_csrf_checks=True).post(url(order, part)).status_code == 403
    assert faulty.calls == []
    assert outcome(order) == NEVER_PAID


def test_asking_is_posted(bought: tuple[Order, str], client: Client) -> None:
    assert client.get(url(bought[0], "check/")).status_code == 405


def test_the_status_is_what_was_promised(bought: tuple[Order, str], client: Client) -> None:
    order, _id = bought
    body = client.get(url(order, "status/")).json()
    assert list(body) == ["number", "status", "payment", "total", "refunded", "updated_at"]
    assert (body["number"], body["status"], body["payment"], body["total"]) == (
        order.number,
        "pending",
        "none",
        order.total,
    )


def test_a_refund_is_news(bought: tuple[Order, str], client: Client, simulator: Simulator) -> None:
    order, razorpay_id = bought
    reports.pay(simulator, razorpay_id)
    before = client.post(url(order, "check/"), headers=JSON).json()
    refunds.send(refunds.request(payment_id=order.payments.get().pk, amount=100, reason="a dent").pk)
    after = client.get(url(order, "status/")).json()
    assert (after["payment"], after["refunded"]) == ("partially_refunded", 100)
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.covers("C2", "C3", "C11")
def test_a_failed_attempt_then_a_payment_found_by_asking(
    bought: tuple[Order, str], client: Client, simulator: Simulator
) -> None:
    order, razorpay_id = bought
    simulator.control("pay", order_id=razorpay_id, outcome="failure")
    assert client.post(url(order, "check/"), headers=JSON).json()["payment"] == "failed"
    assert client.get(url(order, "pay/")).status_code == 200, "the same Razorpay order can be paid again"
    reports.pay(simulator, razorpay_id)
    assert client.post(url(order, "check/"), headers=JSON).json()["payment"] == "paid"
    assert outcome(order) == ONCE_PAID
    for method in ("get", "post"):
        response = getattr(client, method)(url(order, "pay/"))
        assert (response.status_code, response.headers["Location"]) == (303, url(order))
    assert_books_hold()


@pytest.mark.covers("C4")
def test_asking_is_limited_and_survives_silence(
    bought: tuple[Order, str], client: Client, faulty: FaultyRazorpay, limits_on: None
) -> None:
    order, _id = bought
    faulty.plan(faults.reset)
    for _time in range(5):
        assert client.post(url(order, "check/"), headers=JSON).status_code == 200
    assert len(faulty.calls) == 1
    assert client.post(url(order, "check/"), headers={"accept": "text/html"}).status_code == 303


@pytest.mark.covers("G6", "G2")
def test_cancelling_asks_razorpay_first(bought: tuple[Order, str], client: Client, faulty: FaultyRazorpay) -> None:
    order, _id = bought
    faulty.plan(faults.reset)
    assert client.post(url(order, "cancel/")).status_code == 303
    assert outcome(order)["status"] == "pending", "nobody could say whether it is paid"
    client.post(url(order, "cancel/"))
    assert outcome(order)["status"] == "cancelled"
    assert stock_of() == (10, 0)
    client.post(url(order, "cancel/"))
    assert stock_of() == (10, 0)
    assert_books_hold()


@pytest.mark.covers("C12")
def test_an_expired_order_opens_no_window(bought: tuple[Order, str], client: Client, faulty: FaultyRazorpay) -> None:
    order, _id = bought
    make_overdue(order)
    client.post(url(order, "check/"))
    assert outcome(order)["status"] == "expired"
    assert client.get(url(order, "pay/")).headers["Location"] == url(order)
    calls = len(faulty.calls)
    assert client.post(url(order, "pay/")).headers["Location"] == url(order)
    assert len(faulty.calls) == calls


@pytest.mark.covers("C12")
def test_an_order_that_is_over_is_ordered_again_with_one_button(bought: tuple[Order, str], client: Client) -> None:
    order, _id = bought
    make_product("CG18-B", on_hand=5)
    make_overdue(order)
    client.post(url(order, "check/"))
    assert f'action="{url(order, "again/")}"' in client.get(url(order)).content.decode()
    for _press in range(2):
        assert client.post(url(order, "again/")).headers["Location"] == "/cart/"
        assert [(line.sku, line.quantity) for line in client.get("/cart/").context["cart"].lines] == [(SKU, 1)]
    Stock.objects.update(on_hand=0)
    stranger = Client()
    stranger.post(url(order, "again/"))
    shown = stranger.get("/cart/")
    assert "sold out" in shown.content.decode()
    assert shown.context["cart"].lines == []
    assert Client(enforce_csrf_checks=True).post(url(order, "again/")).status_code == 403
    assert client.get(url(order, "again/")).status_code == 405


@pytest.mark.covers("K15")
def test_what_a_buyer_typed_is_only_text(simulator: Simulator) -> None:
    make_product(SKU)
    buyer = Buyer()
    buyer.add(SKU)
    hostile = "</script><script>alert(1)</script>"
    body = buyer.check_out(full_name=hostile, city=hostile).json()
    for part in ("", "pay/"):
        assert "<script>alert" not in buyer.client.get(f"/orders/{body['order']['token']}/{part}").content.decode()
