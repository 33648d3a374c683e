"""Money that waits for a person: linked, accepted, refunded or written off, and never lost."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from catalog import stock
from checkout import contradictions, disputes, judgement, ledger, orders, payments, refunds
from checkout.facts import dispute_facts
from checkout.judgement import NotAcceptable
from checkout.models import AttentionCase, LedgerEntry, Order, Payment, Refund
from tests.checkout import reports
from tests.checkout.orders import (
    ONCE_PAID,
    assert_books_hold,
    dashboard_refund,
    make_overdue,
    ordered,
    outcome,
    paid,
    refund_of,
    settled,
    stock_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def stray(order: Order, amount: int, number: int = 7) -> Payment:
    """Return captured money that came without an order, such as by a payment link."""
    facts = paid(order.razorpay_orders.get(), number, order_id=None, amount=amount)
    assert payments.record(facts) == "unmatched"
    return Payment.objects.get(razorpay_payment_id=facts.payment_id)


@pytest.mark.covers("F16", "E21")
def test_money_without_an_order_is_linked_by_a_person(asha: User) -> None:
    order = ordered().order
    payment = stray(order, order.total)
    assert AttentionCase.objects.get().closed_at is None
    judgement.link(payment_id=payment.pk, order=order, user=asha, reason="paid by link")
    assert outcome(order) == ONCE_PAID
    payment.refresh_from_db()
    assert (payment.accepted_by, AttentionCase.objects.get().closed_by) == (asha, asha)
    with pytest.raises(NotAcceptable, match="already belongs"):
        judgement.link(payment_id=payment.pk, order=order, user=asha, reason="again")
    assert payments.record(paid(order.razorpay_orders.get(), 7, order_id=None)) == "unmatched"
    assert AttentionCase.objects.filter(closed_at=None).count() == 0
    assert_books_hold()


@pytest.mark.covers("F16", "F17")
def test_linked_money_of_another_amount_waits_for_a_decision(asha: User) -> None:
    order = ordered().order
    payment = stray(order, order.total - 1)
    judgement.link(payment_id=payment.pk, order=order, user=asha, reason="paid by link")
    assert outcome(order)["status"] == "on_hold"
    assert_books_hold()
    judgement.accept(payment_id=payment.pk, user=asha, reason="one paisa is forgiven")
    assert outcome(order) == ONCE_PAID
    assert stock_of() == (9, 0)
    assert_books_hold()


@pytest.mark.covers("F4", "F7")
def test_a_mismatch_is_refunded_and_the_order_ends(asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=100), settled(attempt, amount=100, amount_paid=100))
    payment = Payment.objects.get()
    refund = refunds.request(payment_id=payment.pk, amount=100, reason="wrong amount", user=asha)
    assert AttentionCase.objects.get().resolution == "Refunded"
    with pytest.raises(NotAcceptable, match="way back"):
        judgement.accept(payment_id=payment.pk, user=asha, reason="changed my mind")
    refunds.record(refund_of(refund))
    assert outcome(attempt.order)["status"] == "cancelled"
    assert_books_hold()


def test_what_cannot_be_accepted(asha: User) -> None:
    attempt = ordered(on_hand=1)
    payments.record(paid(attempt, amount=100), settled(attempt, amount=100, amount_paid=100))
    held = Payment.objects.get()
    other = ordered()
    payments.record(paid(other))
    with pytest.raises(NotAcceptable, match="sold"):
        judgement.accept(payment_id=held.pk, user=asha, reason="fine")
    with pytest.raises(NotAcceptable, match="paid before"):
        judgement.accept(payment_id=Payment.objects.get(fulfils=True).pk, user=asha, reason="fine")
    assert_books_hold()


def test_money_dealt_with_elsewhere_is_written_off(asha: User) -> None:
    payment = stray(ordered().order, 500)
    judgement.write_off(payment_id=payment.pk, user=asha, reason="refunded in cash")
    entry = LedgerEntry.objects.get(kind="write_off")
    assert (entry.amount, entry.user) == (500, asha)
    with pytest.raises(NotAcceptable):
        judgement.write_off(payment_id=payment.pk, user=asha, reason="again")
    assert_books_hold()


@pytest.mark.covers("G4", "G6")
def test_linked_money_revives_an_expired_order_and_goes_back_from_a_cancelled_one(asha: User) -> None:
    expired, cancelled = ordered().order, ordered().order
    make_overdue(expired)
    assert orders.expire(expired.pk, now=timezone.now())
    assert orders.cancel(cancelled.pk, text="")
    for order in (expired, cancelled):
        judgement.link(payment_id=stray(order, order.total).pk, order=order, user=asha, reason="late", may_return=True)
    assert outcome(expired) == ONCE_PAID
    assert outcome(cancelled)["status"] == "cancelled"
    assert_books_hold()


@pytest.mark.covers("F16")
def test_a_single_paisa_can_be_linked(asha: User) -> None:
    order = ordered().order
    judgement.link(payment_id=stray(order, 1).pk, order=order, user=asha, reason="all there is")
    assert outcome(order)["status"] == "on_hold"


@pytest.mark.covers("F4", "F7")
def test_held_money_that_is_written_off_ends_its_order(asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=100), settled(attempt, amount=100, amount_paid=100))
    judgement.write_off(payment_id=Payment.objects.get().pk, user=asha, reason="given back in cash")
    assert outcome(attempt.order)["status"] == "cancelled"
    assert_books_hold()


def test_a_decision_moves_the_time_of_its_payment(asha: User) -> None:
    order = ordered().order
    payment = stray(order, order.total - 1)
    decisions = (
        partial(judgement.link, payment_id=payment.pk, order=order, user=asha, reason="by link"),
        partial(judgement.accept, payment_id=payment.pk, user=asha, reason="one paisa"),
    )
    for decide in decisions:
        before = timezone.now()
        Payment.objects.update(updated_at=before - timedelta(days=1))
        decide()
        payment.refresh_from_db()
        assert payment.updated_at >= before


@pytest.mark.covers("F16")
def test_money_linked_to_an_order_that_takes_none_goes_back_only_on_purpose(asha: User) -> None:
    bought, cancelled, late = ordered(on_hand=3), ordered().order, ordered().order
    payments.record(paid(bought))
    assert orders.cancel(cancelled.pk, text="")
    make_overdue(late)
    assert orders.expire(late.pk, now=timezone.now())
    stock.adjust(variant=late.lines.get().variant, quantity=-2, reason="dropped")
    for order, why in (
        (bought.order, "The order was already paid"),
        (cancelled, "The order had been cancelled"),
        (late, "The payment came after the cars were sold"),
    ):
        payment = stray(order, order.total, number=order.pk + 7)
        link = partial(judgement.link, payment_id=payment.pk, order=order, user=asha, reason="by link")
        with pytest.raises(NotAcceptable) as refused:
            link()
        words = f"{order.number} takes no money. {why}. Linked to it, ₹1,998.00 goes back to the payer at once."
        assert refused.value.text == words
        payment.refresh_from_db()
        assert (payment.order, payment.refunds.count()) == (None, 0)
        assert payment.cases.get().closed_at is None
        link(may_return=True)
        assert payment.refunds.get().amount == order.total
    assert_books_hold()


def test_what_became_of_linked_money_is_told(asha: User) -> None:
    fits, late, odd = (ordered().order for _order in range(3))
    assert orders.cancel(late.pk, text="")
    told = []
    for order, amount in ((fits, fits.total), (late, late.total), (odd, 500)):
        payment = stray(order, amount)
        judgement.link(payment_id=payment.pk, order=order, user=asha, reason="by link", may_return=True)
        payment.refresh_from_db()
        told.append(judgement.tell(order, payment))
    assert told == [
        f"{fits.number} is paid with it.",
        f"₹1,998.00 goes back to the buyer of {late.number}. The order had been cancelled.",
        f"It is not what {odd.number} costs, so a new case asks what shall become of it.",
    ]


@pytest.mark.covers("J2", "F16")
@pytest.mark.parametrize("status", ["open", "lost"])
def test_disputed_money_pays_no_order(status: str, asha: User) -> None:
    attempt = ordered()
    held = paid(attempt, amount=100)
    payments.record(held, settled(attempt, amount=100, amount_paid=100))
    other = stray(ordered().order, 500)
    for number, payment_id in enumerate((held.payment_id, other.razorpay_payment_id)):
        entity = reports.dispute_entity(payment_id, status=status, amount=50, id=f"disp_{number:014d}")
        disputes.record(dispute_facts(entity))
    with pytest.raises(NotAcceptable, match="disputes" if status == "open" else "way back"):
        judgement.accept(payment_id=Payment.objects.get(amount=100).pk, user=asha, reason="fine")
    with pytest.raises(NotAcceptable) as refused:
        judgement.link(payment_id=other.pk, order=ordered().order, user=asha, reason="fine")
    words = "The buyer disputes this payment: it pays nothing as long as a bank may take it back."
    assert refused.value.text == words
    other.refresh_from_db()
    assert (other.order, Payment.objects.filter(fulfils=True).exists()) == (None, False)
    assert_books_hold()


@pytest.mark.covers("J2")
def test_only_what_a_bank_left_is_written_off(asha: User) -> None:
    payment = stray(ordered().order, 500)
    for deducted in (400, 500):
        entity = reports.dispute_entity(payment.razorpay_payment_id, status="lost", amount=deducted)
        disputes.record(dispute_facts(entity))
        if deducted == 400:
            judgement.write_off(payment_id=payment.pk, user=asha, reason="in cash")
            assert LedgerEntry.objects.get(kind="write_off").amount == 100
    assert (ledger.lost(payment), ledger.written_off(payment)) == (500, 0), "the bank took that too"
    with pytest.raises(NotAcceptable):
        judgement.write_off(payment_id=payment.pk, user=asha, reason="the bank has it")
    assert_books_hold()


def test_money_that_razorpay_calls_refunded_is_not_linked(asha: User) -> None:
    order = ordered().order
    gone = paid(order.razorpay_orders.get(), 7, order_id=None, status="refunded", captured=True, amount_refunded=1)
    payments.record(gone)
    with pytest.raises(NotAcceptable, match="Nothing of this payment is left"):
        judgement.link(payment_id=Payment.objects.get().pk, order=order, user=asha, reason="by link")


@pytest.mark.covers("I15", "F3")
def test_a_second_payment_that_is_disputed_waits_for_a_person(asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt, 1))
    second = paid(attempt, 2)
    disputes.record(dispute_facts(reports.dispute_entity(second.payment_id, status="open", amount=second.amount)))
    payments.record(second)
    refunds.send_waiting()
    assert Refund.objects.get().status == "failed"
    open_kinds = set(AttentionCase.objects.filter(closed_at=None).values_list("kind", "order"))
    assert open_kinds == {("dispute_open", attempt.order_id), ("refund_failed", attempt.order_id)}
    assert_books_hold()


def test_what_was_going_back_before_a_link_is_no_part_of_the_sale(asha: User) -> None:
    order = ordered().order
    payment = stray(order, order.total + 500)
    for number, status in enumerate(("pending", "failed")):
        refunds.record(dashboard_refund(payment.razorpay_payment_id, 500, number, status=status))
    contradictions.in_refund(payment, None, dashboard_refund(payment.razorpay_payment_id, 10**9, 3))
    judgement.link(payment_id=payment.pk, order=order, user=asha, reason="by link")
    assert list(payment.refunds.values_list("status", "before_sale")) == [("pending", True), ("failed", False)]
    assert AttentionCase.objects.get(kind="report_differs").order == order, "its other cases name the order"
    assert_books_hold()


def test_what_is_left_again_is_written_off_again(asha: User) -> None:
    payment = stray(ordered().order, 500)
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 200))
    judgement.write_off(payment_id=payment.pk, user=asha, reason="in cash")
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 200, status="failed"))
    judgement.write_off(payment_id=payment.pk, user=asha, reason="in cash too")
    entries = LedgerEntry.objects.filter(kind="write_off")
    assert list(entries.values_list("amount", "text")) == [(300, "in cash"), (200, "in cash too")]
    assert not AttentionCase.objects.filter(closed_at=None).exists()
    assert_books_hold()
