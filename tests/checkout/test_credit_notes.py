"""Credit notes: of a sale as much is credited as came back of it, and never more than its invoice."""

import pytest
from django.contrib.auth.models import User

from checkout import judgement, payments, refunds
from checkout.models import Order, Payment, Refund
from checkout.papers.sums import credited
from tests.checkout.orders import assert_books_hold, dashboard_refund, ordered, paid, refund_of, settled

pytestmark = pytest.mark.django_db


def bought(more: int = 0) -> Payment:
    attempt = ordered()
    payments.record(paid(attempt, amount=attempt.amount + more), settled(attempt))
    return Payment.objects.get()


def made(payment: Payment, amount: int, *statuses: str) -> Refund:
    """Return a refund of which Razorpay has told these states."""
    refund = refunds.request(payment_id=payment.pk, amount=amount, reason="a dent")
    for status in statuses or ("processed",):
        refunds.record(refund_of(refund, status=status))
        refund.refresh_from_db()
    return refund


@pytest.mark.covers("I20")
def test_the_note_of_a_refund_that_bounced_stands_for_the_one_that_replaces_it() -> None:
    payment = bought()
    bounced = made(payment, 50_000, "processed", "failed")
    again = made(payment, 50_000)
    assert (bounced.credited, again.credited, again.credit_note_number) == (50_000, 0, None)
    more = made(payment, 70_000)
    assert (more.credited, Refund.objects.exclude(credit_note_number=None).count()) == (70_000, 2)
    again.refresh_from_db()
    assert again.credit_note_number is None
    assert_books_hold()


@pytest.mark.covers("I20")
def test_a_note_credits_what_the_ones_before_it_do_not() -> None:
    payment = bought()
    made(payment, 50_000, "processed", "failed")
    more = made(payment, 70_000)
    assert more.credited == 20_000 == sum(row.total for row in credited(more, Order.objects.get()))
    assert_books_hold()


@pytest.mark.covers("I14", "I20")
def test_no_note_is_above_its_invoice() -> None:
    payment = bought(more=5_000)
    refund = made(payment, payment.amount)
    order = Order.objects.get()
    assert refund.credited == order.total == sum(row.total for row in credited(refund, order))
    assert_books_hold()


@pytest.mark.parametrize("status", ["pending", "processed"])
def test_what_was_on_its_way_before_the_money_had_an_order_is_no_part_of_the_sale(status: str, asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt, 7, order_id=None, amount=attempt.amount + 50_000))
    payment = Payment.objects.get()
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 50_000, status=status))
    judgement.link(payment_id=payment.pk, order=attempt.order, user=asha, reason="by link")
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 50_000))
    assert Refund.objects.get().credit_note_number is None
    payment.refresh_from_db()
    assert payment.fulfils
    assert made(payment, 70_000).credited == 70_000
    assert_books_hold()
