"""Cancelling asks before it does anything, and says which money goes back."""

import pytest
from django.test import Client

from checkout.models import Order, Refund
from tests.checkout import reports
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, SKU, outcome
from tests.checkout.queries import nothing_written
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def bought(simulator: Simulator) -> tuple[Buyer, Order, str]:
    """Who ordered one car of ten, the order, and the id of its Razorpay order."""
    make_product(SKU, price=189_900)
    buyer = Buyer()
    order, body = buyer.buy(SKU)
    return buyer, order, str(body["razorpay"]["order_id"])


def asked(order: Order) -> str:
    """Return the page that asks, which anybody with the address may open."""
    with nothing_written():
        answer = Client().get(f"/orders/{order.token}/cancel/")
    assert (answer.status_code, answer["Referrer-Policy"]) == (200, "same-origin")
    return answer.content.decode()


@pytest.mark.covers("G6", "G7")
def test_a_page_says_what_goes_back_before_anything_is_cancelled(
    bought: tuple[Buyer, Order, str], simulator: Simulator
) -> None:
    buyer, order, razorpay_id = bought
    page = asked(order)
    assert "Nothing was paid" in page
    assert "Keep the order" in page
    assert outcome(order) == NEVER_PAID
    reports.pay(simulator, razorpay_id)
    buyer.client.post(f"/orders/{order.token}/check/")
    page = asked(order)
    assert "₹1,998 goes back to you." in page
    assert "within 5 to 7 working days" in page
    assert outcome(order) == ONCE_PAID
    for part in ("", "pay/"):
        shown = buyer.client.get(f"/orders/{order.token}/{part}", follow=True).content.decode()
        assert f'href="/orders/{order.token}/cancel/"' in shown
        assert f'action="/orders/{order.token}/cancel/"' not in shown
    buyer.client.post(f"/orders/{order.token}/cancel/")
    assert Refund.objects.get().amount == order.total
    over = Client().get(f"/orders/{order.token}/cancel/")
    assert (over.status_code, over["Location"]) == (303, f"/orders/{order.token}/")


@pytest.mark.covers("G6")
@pytest.mark.parametrize("is_known", [False, True])
def test_a_payment_that_comes_between_is_kept_and_told(
    bought: tuple[Buyer, Order, str], simulator: Simulator, is_known: bool
) -> None:
    """The page said that nothing was paid: what has come since is not sent back without a word."""
    buyer, order, razorpay_id = bought
    reports.pay(simulator, razorpay_id)
    if is_known:
        buyer.client.post(f"/orders/{order.token}/check/")
    page = buyer.client.post(f"/orders/{order.token}/cancel/", {"was_unpaid": "1"}, follow=True).content.decode()
    assert outcome(order) == ONCE_PAID
    assert "has just arrived, so nothing was cancelled. You can still cancel: ₹1,998 goes back." in page
    assert "no longer be cancelled" not in page


@pytest.mark.covers("PA3")
def test_an_unpaid_order_leads_back_to_its_address(bought: tuple[Buyer, Order, str], simulator: Simulator) -> None:
    buyer, order, _razorpay_id = bought
    for part in ("", "pay/"):
        url = f"/orders/{order.token}/{part}"
        with nothing_written():
            assert "Change address or delivery" in buyer.client.get(url).content.decode()
        assert "Change address" not in Client().get(url).content.decode(), "another browser has another cart"
    assert "in the browser that you ordered with" in Client().get(f"/orders/{order.token}/").content.decode()
    form = buyer.client.get("/checkout/").context["form"]
    assert form["address_line1"].value() == order.address_line1
    buyer.check_out(key="another-showing", address_line1="9 New Road")
    order.refresh_from_db()
    assert (order.address_line1, Order.objects.count()) == ("9 New Road", 1)
    buyer.client.post("/cart/update/", {"sku": SKU, "quantity": "2"})
    assert "Change address" not in buyer.client.get(f"/orders/{order.token}/").content.decode(), "it would be another"
