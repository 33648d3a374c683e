"""Reports that cannot be true beside what is known change nothing, and a person is told.

The controls, as they were seen: without each look of `contradictions` its test here fails, and the random events of
tests/webhooks end with refunds beyond their captures, ledgers of other amounts and orders paid by strangers' payments.
"""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from checkout import contradictions, ledger, payments, refunds
from checkout.facts import RefundFacts
from checkout.models import AttentionCase, Payment, RazorpayOrder, Refund
from checkout.models.attention import CaseKind
from checkout.models.ledger import EntryKind
from checkout.status import RefundStatus
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, assert_books_hold, ordered, outcome, paid

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def refunded(attempt: RazorpayOrder, amount: int, number: int = 1, **changes: str) -> RefundFacts:
    """Return the facts of a processed refund of the payment of an attempt."""
    facts = RefundFacts(
        refund_id=f"rfnd_{number:014d}",
        payment_id=paid(attempt).payment_id,
        status=RefundStatus.PROCESSED,
        amount=amount,
        currency="INR",
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def assert_told(times: int = 1) -> None:
    """The case is there, once however often the report comes, and the books hold."""
    assert AttentionCase.objects.filter(kind=CaseKind.REPORT_DIFFERS, closed_at=None).count() == times
    assert_books_hold()


@pytest.mark.parametrize("changes", [{"amount": 1}, {"currency": "USD"}, {"amount": 5, "status": "refunded"}])
def test_a_capture_has_its_amount_for_good(changes: dict[str, Any]) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    for _time in range(2):
        assert payments.record(paid(attempt, **changes)) == "unchanged"
    assert (Payment.objects.get().amount, outcome(attempt.order)) == (attempt.amount, ONCE_PAID)
    assert_told()


def test_what_was_only_authorized_may_have_had_another_amount() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    for status, amount in (("authorized", 1), ("failed", 1), ("captured", attempt.amount)):
        facts = paid(attempt, status=status, amount=amount)
        assert contradictions.in_payment(Payment.objects.get(), facts, attempt) is False
    assert contradictions.in_payment(Payment.objects.get(), paid(attempt, amount=100), attempt) is True
    assert AttentionCase.objects.get().text == f"{paid(attempt).payment_id}: reported with ₹1.00 too"


def test_a_payment_belongs_to_one_razorpay_order() -> None:
    mine, other = ordered(), ordered("CG18-B")
    assert payments.record(paid(mine, status="failed")) == "applied"
    stolen = replace(paid(other), payment_id=paid(mine).payment_id)
    assert payments.record(stolen) == "unchanged"
    assert payments.record(replace(stolen, order_id="order_ABCDEFGHIJKLMN")) == "unchanged"
    assert outcome(mine.order) == outcome(other.order) == NEVER_PAID
    assert_told()


def test_money_of_a_stranger_s_order_pays_none_of_ours() -> None:
    attempt = ordered()
    stranger = replace(paid(attempt), order_id="order_ABCDEFGHIJKLMN")
    assert payments.record(stranger) == "unmatched"
    for status in ("failed", "captured"):
        assert payments.record(paid(attempt, status=status)) == "unchanged"
    assert outcome(attempt.order) == NEVER_PAID
    assert payments.record(stranger) == "unmatched"
    assert_told()


def test_a_report_that_leaves_the_order_out_is_of_the_order_that_is_known() -> None:
    attempt = ordered()
    payments.record(paid(attempt, status="authorized"))
    assert payments.record(replace(paid(attempt), order_id="")) == "applied"
    assert outcome(attempt.order) == ONCE_PAID
    assert_told(0)


def test_an_older_report_brings_the_order_of_money_that_had_none() -> None:
    attempt = ordered()
    assert payments.record(replace(paid(attempt), order_id="")) == "unmatched"
    assert payments.record(paid(attempt, status="authorized")) == "applied"
    assert outcome(attempt.order) == ONCE_PAID
    assert_told(0)


def test_refunds_fit_into_the_capture() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    assert refunds.record(refunded(attempt, attempt.amount - 10)) == "applied"
    assert refunds.record(refunded(attempt, 11, number=2)) == "unchanged"
    assert refunds.record(refunded(attempt, 10, number=3)) == "applied"
    assert sum(Refund.objects.values_list("amount", flat=True)) == attempt.amount
    assert_told()


def test_a_known_refund_and_one_that_failed_contradict_nothing() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    payment = Payment.objects.get()
    refunds.record(refunded(attempt, attempt.amount))
    refund = Refund.objects.get()
    for status in RefundStatus.PROCESSED, RefundStatus.FAILED:
        assert contradictions.in_refund(payment, refund, refunded(attempt, attempt.amount, status=status)) is False
    failed = refunded(attempt, 5, number=2, status=RefundStatus.FAILED)
    assert contradictions.in_refund(payment, None, failed) is False
    assert_told(0)


def test_a_refund_of_a_paisa_more_is_told_whatever_was_captured() -> None:
    attempt = ordered()
    payments.record(paid(attempt, status="authorized"))
    payment, facts = Payment.objects.get(), refunded(attempt, 2, refund_id=f"rfnd_{'x' * 35}")
    assert contradictions.in_refund(payment, None, facts) is False, "nothing is known of its capture yet"
    ledger.book(EntryKind.CAPTURE, payment, 1)
    assert contradictions.in_refund(payment, None, replace(facts, amount=1)) is False
    assert contradictions.in_refund(payment, None, facts) is True
    assert contradictions.in_refund(payment, Refund(payment=payment, amount=1), facts) is True
    subjects = set(AttentionCase.objects.values_list("subject", flat=True))
    assert subjects == {
        "more is said to be refunded than was captured",
        f"another report of refund {facts.refund_id}"[:64],
    }


def test_a_refund_has_one_amount_and_one_payment() -> None:
    attempt, other = ordered(), ordered("CG18-B")
    payments.record(paid(attempt))
    payments.record(paid(other))
    refunds.record(refunded(attempt, 10))
    assert refunds.record(refunded(attempt, 11)) == "unchanged"
    assert refunds.record(refunded(attempt, 10, payment_id=paid(other).payment_id)) == "unchanged"
    assert list(Refund.objects.values_list("amount", flat=True)) == [10]
    assert_told(2)


def test_refunds_reported_before_their_capture_are_looked_at_when_it_comes() -> None:
    attempt = ordered()
    refunds.record(refunded(attempt, attempt.amount))
    refunds.record(refunded(attempt, 10, number=2))
    payments.record(paid(attempt))
    assert sorted(Refund.objects.values_list("origin", flat=True)) == ["auto", "dashboard"]
    assert outcome(attempt.order) == ONCE_PAID
    assert_told()


@pytest.mark.covers("F3", "F16")
@pytest.mark.parametrize("kind", ["second", "stray"])
def test_a_refund_that_cannot_be_true_keeps_no_money_from_its_buyer(kind: str, asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    second = paid(attempt, 2, amount=19_072)
    told = replace(refunded(attempt, attempt.amount), payment_id=second.payment_id, status=RefundStatus.PENDING)
    assert refunds.record(told) == "applied"
    payments.record(second if kind == "second" else replace(second, order_id=""))
    payment = Payment.objects.get(amount=19_072)
    if kind == "stray":
        assert payment.cases.filter(kind=CaseKind.UNMATCHED_MONEY, closed_at=None).exists(), "somebody is asked"
        refunds.request(payment_id=payment.pk, amount=19_072, reason="not ours", user=asha)
    assert payment.refunds.get(amount=19_072).status == RefundStatus.REQUESTED
    assert refunds.refundable(payment) == 0
    assert_told()


@pytest.mark.covers("F3")
def test_a_rest_of_money_that_is_called_refunded_waits_for_a_person() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    second = paid(attempt, 2, amount=500, status="refunded", captured=True)
    payments.record(replace(second, amount_refunded=500))
    assert not AttentionCase.objects.exists()
    third = replace(paid(attempt, 3, amount=500, status="refunded", captured=True), amount_refunded=200)
    for _time in range(2):
        payments.record(third)
    refunds.record(replace(refunded(attempt, 200), payment_id=third.payment_id))
    case = AttentionCase.objects.get(closed_at=None)
    assert case.text == f"{attempt.order.number}: Razorpay calls this payment refunded, and names ₹2.00 of ₹5.00"
    assert_books_hold()
    refunds.record(replace(refunded(attempt, 300, 2), payment_id=third.payment_id))
    assert not AttentionCase.objects.filter(closed_at=None).exists()
    assert_books_hold()


def test_razorpay_is_asked_before_a_person_about_a_rest() -> None:
    attempt = ordered()
    odd = attempt.amount + 4_715
    payments.record(paid(attempt, status="refunded", captured=False, amount=odd, amount_refunded=200))
    assert payments.record(paid(attempt, amount=odd)) == "ask_razorpay"
    assert not AttentionCase.objects.exists()
    assert_books_hold()
