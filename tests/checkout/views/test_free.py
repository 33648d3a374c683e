"""Orders that cost nothing, or too little to be paid.

The control, as it was seen: without `mark_paid` in `orders.place_order` a gift waits for money that nobody can send.
"""

from typing import Any

import pytest

from catalog.models import ProductPage, ShopSettings, Variant
from checkout.models import Order, OrderEvent, OutboxEmail, RazorpayOrder, Refund
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, assert_books_hold, stock_of
from tests.factories import Buyer, make_product

pytestmark = pytest.mark.django_db


def buyer_of(price: int, **fields: Any) -> Buyer:
    """Return somebody with one car at this price in the cart; delivery is free."""
    make_product(SKU, price=189_900, per_person_limit=1, **fields)
    Variant.objects.update(price=price)
    ShopSettings.objects.update(free_shipping_from=0)
    buyer = Buyer()
    buyer.add(SKU)
    return buyer


@pytest.mark.covers("A10")
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_gift_is_paid_at_once_and_razorpay_hears_nothing(accept: str, faulty: FaultyRazorpay) -> None:
    buyer = buyer_of(0)
    answers = [buyer.check_out(accept=accept) for _click in range(3)]
    order = Order.objects.get()
    if accept == "application/json":
        assert [answer.status_code for answer in answers] == [201, 200, 200]
        assert [answer.json()["razorpay"] for answer in answers] == [None] * 3
        assert [answer.json()["order"]["status"] for answer in answers] == ["paid"] * 3
    else:
        assert {answer.headers["Location"] for answer in answers} == {f"/orders/{order.token}/"}
    assert (order.total, order.status, order.invoice_number) == (0, "paid", "CG/2627/000001")
    assert (stock_of(), OutboxEmail.objects.get().kind) == ((9, 0), "paid")
    assert OrderEvent.objects.filter(status="paid").count() == 1
    assert buyer.client.get(f"/orders/{order.token}/pay/").headers["Location"] == f"/orders/{order.token}/"
    for part in ("check/", "pay/"):
        buyer.client.post(f"/orders/{order.token}/{part}")
    assert (faulty.calls, RazorpayOrder.objects.count()) == ([], 0)
    assert_books_hold()


@pytest.mark.covers("A10")
def test_a_gift_that_is_cancelled_comes_back_without_a_refund(faulty: FaultyRazorpay) -> None:
    buyer = buyer_of(0)
    order = Order.objects.get(number=buyer.check_out().json()["order"]["number"])
    buyer.client.post(f"/orders/{order.token}/cancel/")
    order.refresh_from_db()
    assert (order.status, stock_of(), Refund.objects.count()) == ("cancelled", (10, 0), 0)
    assert faulty.calls == []
    assert_books_hold()


@pytest.mark.covers("A10")
def test_the_delivery_of_a_gift_is_paid(faulty: FaultyRazorpay) -> None:
    buyer = buyer_of(0)
    ShopSettings.objects.update(free_shipping_from=None)
    body = buyer.check_out().json()
    assert (body["order"]["status"], body["razorpay"]["amount"]) == ("pending", 9_900)


def test_a_second_gift_is_refused(faulty: FaultyRazorpay) -> None:
    assert buyer_of(0).check_out().status_code == 201
    again = Buyer()
    again.add(SKU)
    assert again.check_out().status_code == 400
    assert ProductPage.objects.get().per_person_limit == 1
    assert stock_of() == (9, 0)


@pytest.mark.covers("A11")
@pytest.mark.parametrize(("price", "status"), [(1, 400), (99, 400), (100, 201)])
def test_below_one_rupee_is_told_before_anything_is_written(price: int, status: int, faulty: FaultyRazorpay) -> None:
    buyer = buyer_of(price)
    answer = buyer.check_out()
    assert answer.status_code == status
    assert Order.objects.count() == (status == 201)
    if status == 400:
        assert "₹1" in answer.json()["errors"]["cart"][0]
        assert "₹1" in buyer.check_out(accept="text/html").content.decode()
        assert (Order.objects.count(), stock_of(), faulty.calls) == (0, (10, 0), [])
