"""Money that comes after the shop gave up on its order."""

import pytest

from catalog import stock
from catalog.models import Variant
from checkout import orders, payments, refunds, tracker
from checkout.models import AttentionCase, Order, RazorpayOrder, Refund
from tests.checkout.orders import (
    NEVER_PAID,
    ONCE_PAID,
    SKU,
    assert_books_hold,
    make_overdue,
    ordered,
    outcome,
    paid,
    refund_of,
    stock_of,
)

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(AttentionCase.objects.order_by("pk").values_list("kind", flat=True))


def given_up(attempt: RazorpayOrder, status: str) -> Order:
    """Let an order expire, or its buyer cancel it."""
    if status == "expired":
        make_overdue(attempt.order)
        assert orders.expire(attempt.order_id, now=Order.objects.get(pk=attempt.order_id).expires_at)
    else:
        assert orders.cancel(attempt.order_id, text="")
    assert stock_of()[1] == 0
    return Order.objects.get(pk=attempt.order_id)


@pytest.mark.covers("G4", "F15")
def test_late_money_buys_the_car_when_it_is_still_there() -> None:
    attempt = ordered()
    order = given_up(attempt, "expired")
    for _time in range(2):
        payments.record(paid(attempt))
    assert outcome(order) == ONCE_PAID
    assert stock_of() == (9, 0)
    assert kinds() == []
    assert_books_hold()


@pytest.mark.covers("G6", "C13")
def test_money_for_a_cancelled_order_goes_back_once() -> None:
    attempt = ordered()
    order = given_up(attempt, "cancelled")
    for _time in range(2):
        payments.record(paid(attempt))
    assert outcome(order) == {**NEVER_PAID, "status": "cancelled"}
    assert [(refund.amount, refund.status) for refund in Refund.objects.all()] == [(attempt.amount, "requested")]
    assert stock_of() == (10, 0)
    assert tracker.payment_state(order) == "paid"
    assert_books_hold()


@pytest.mark.covers("G5")
def test_late_money_without_a_car_goes_back_once() -> None:
    attempt = ordered(on_hand=1)
    order = given_up(attempt, "expired")
    other = ordered()
    payments.record(paid(other))
    for _time in range(2):
        payments.record(paid(attempt))
    assert outcome(order)["status"] == "on_hold"
    assert kinds() == []
    refund = Refund.objects.get()
    assert (refund.amount, refund.origin, refund.key) == (attempt.amount, "shop", f"shop-{refund.payment}")
    assert stock_of() == (0, 0)
    assert outcome(other.order) == ONCE_PAID
    assert_books_hold()
    refunds.record(refund_of(refund))
    assert outcome(order)["status"] == "cancelled", "nothing is left to decide"
    assert (tracker.payment_state(order), tracker.refunded(order)) == ("refunded", attempt.amount)
    assert_books_hold()


def test_stock_that_staff_took_away_meanwhile() -> None:
    attempt = ordered(on_hand=1)
    order = given_up(attempt, "expired")
    stock.adjust(variant=Variant.objects.get(sku=SKU), quantity=-1, reason="broken")
    payments.record(paid(attempt))
    assert outcome(order)["status"] == "on_hold"
    assert_books_hold()


@pytest.mark.covers("C1")
def test_a_window_that_was_opened_and_left_blocks_nothing() -> None:
    attempt = ordered()
    assert payments.record(paid(attempt, status="created")) == "unchanged"
    assert not attempt.order.payments.exists()
    assert tracker.payment_state(attempt.order) == "none"
    assert given_up(attempt, "expired").status == "expired"
