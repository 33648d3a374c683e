"""What follows from money that left: what no longer fits gives way, and what is over waits for nobody."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from checkout import attention, claims, disputes, gateway, judgement, ledger, payments, reconciliation, refunds
from checkout.facts import dispute_facts
from checkout.gateway import GatewayError
from checkout.models import AttentionCase, LedgerEntry, Order, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.refunds import RefundRefused
from tests.checkout import reports
from tests.checkout.orders import assert_books_hold, dashboard_refund, ordered, paid, refund_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def bought() -> Payment:
    attempt = ordered()
    payments.record(paid(attempt))
    return Payment.objects.get(razorpay_order=attempt)


def stray() -> Payment:
    payments.record(paid(ordered(), 7, order_id=None))
    return Payment.objects.get()


def dispute(payment: Payment, status: str = "lost", amount: int = 0) -> None:
    entity = reports.dispute_entity(payment.razorpay_payment_id, status=status, amount=amount or payment.amount)
    disputes.record(dispute_facts(entity))


def refund(payment: Payment, amount: int = 0, **more: Any) -> Refund:
    return refunds.request(payment_id=payment.pk, amount=amount or payment.amount, reason="a dent", **more)


def still_open() -> list[str]:
    return list(AttentionCase.objects.filter(closed_at=None).values_list("kind", flat=True))


@pytest.mark.covers("I15", "J2")
def test_what_a_bank_took_back_is_not_here_to_refund() -> None:
    payment = bought()
    dispute(payment, amount=30_000)
    assert refunds.refundable(payment) == payment.amount - 30_000
    with pytest.raises(RefundRefused, match="At most"):
        refund(payment, despite_dispute=True)
    refund(payment, payment.amount - 30_000, despite_dispute=True)
    assert_books_hold()


@pytest.mark.covers("I15")
def test_a_request_gives_way_to_a_lost_dispute() -> None:
    payment = bought()
    asked = refund(payment, despite_dispute=True)
    dispute(payment)
    asked.refresh_from_db()
    assert (asked.status, refunds.refundable(payment)) == ("failed", 0)
    assert still_open() == [CaseKind.DISPUTE_LOST]
    assert_books_hold()


@pytest.mark.covers("J2")
def test_money_that_left_twice_is_told() -> None:
    payment = bought()
    refunds.record(refund_of(refund(payment)))
    dispute(payment, amount=30_000)
    case = AttentionCase.objects.get(subject=attention.TWICE)
    assert (case.kind, case.text[:7]) == (CaseKind.DISPUTE_LOST, "₹300.00")
    assert_books_hold()


@pytest.mark.covers("J2")
def test_a_bank_that_takes_the_same_money_twice_is_told() -> None:
    payment = bought()
    for number in (1, 2):
        entity = reports.dispute_entity(
            payment.razorpay_payment_id, status="lost", amount=payment.amount, id=f"disp_{number:014d}"
        )
        disputes.record(dispute_facts(entity))
    case = AttentionCase.objects.get(subject=attention.TWICE)
    assert (case.kind, case.closed_at, ledger.lost(payment)) == (CaseKind.DISPUTE_LOST, None, 2 * payment.amount)
    assert_books_hold()


@pytest.mark.covers("J2")
def test_a_lost_dispute_that_takes_more_or_less_is_corrected() -> None:
    payment = bought()
    for deducted in (10_000, 30_000, 20_000):
        entity = reports.dispute_entity(payment.razorpay_payment_id, status="lost", amount_deducted=deducted)
        disputes.record(dispute_facts(entity))
        assert ledger.lost(payment) == deducted
        assert_books_hold()


def test_a_fee_that_razorpay_corrects_is_corrected() -> None:
    attempt = ordered()
    for fee in (100, 400, 400, 300):
        payments.record(paid(attempt, fee=fee, tax=10))
        assert_books_hold()
    fees = LedgerEntry.objects.filter(kind__startswith="fee")
    assert list(fees.values_list("kind", "amount")) == [("fee", 100), ("fee", 300), ("fee_reversal", 100)]
    assert Payment.objects.get().fee == 300


@pytest.mark.parametrize("status", ["pending", "processed"])
def test_what_was_written_off_and_went_back_is_booked_once(status: str, asha: User) -> None:
    payment = stray()
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 500, 1))
    judgement.write_off(payment_id=payment.pk, user=asha, reason="in cash")
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 1_000, 2, status=status))
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 1_000, 2))
    assert (ledger.written_off(payment), ledger.returned(payment)) == (payment.amount - 1_500, 1_500)
    assert still_open() == [CaseKind.REPORT_DIFFERS]
    assert "₹10.00 were written off" in AttentionCase.objects.get(closed_at=None).text
    assert_books_hold()


@pytest.mark.covers("I8")
@pytest.mark.parametrize("has_key", [False, True])
def test_our_refund_that_is_reported_without_its_key_is_one(has_key: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = bought()
    line = Order.objects.get().lines.get()
    asked = refund(payment, 10_000, lines={line.pk: 1}, restock=True)
    answer = refund_of(asked)
    refunds.record(answer if has_key else replace(answer, key=""))
    monkeypatch.setattr(gateway, "refund", lambda *_args, **_options: answer)
    assert refunds.send(asked.pk).status == "processed"
    made = Refund.objects.get()
    assert (made.key, made.origin, made.reason) == (asked.key, "staff", "a dent")
    assert (made.lines.get().order_line, refunds.refundable(payment)) == (line, payment.amount - 10_000)
    assert_books_hold()


def silent(*_args: Any, **_options: Any) -> None:
    raise GatewayError(detail="Timeout")


def test_a_stuck_refund_that_gets_through_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = refund(bought(), 10_000)
    with monkeypatch.context() as patch:
        patch.setattr(gateway, "refund", silent)
        for _time in range(claims.MANY_ATTEMPTS):
            refunds.send(asked.pk)
    assert still_open() == [CaseKind.STUCK]
    refunds.record(refund_of(asked))
    assert still_open() == []


def test_a_refused_refund_that_was_made_after_all_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise GatewayError(detail="no balance", status=400, code="BAD_REQUEST_ERROR")

    asked = refund(bought(), 10_000)
    monkeypatch.setattr(gateway, "refund", refuse)
    assert refunds.send(asked.pk).status == "failed"
    assert still_open() == [CaseKind.REFUND_FAILED]
    refunds.record(refund_of(asked))
    assert still_open() == []


def test_a_capture_that_came_late_waits_for_nobody() -> None:
    attempt = ordered()
    payments.record(paid(attempt, status="authorized"))
    Payment.objects.update(created_at=timezone.now() - timedelta(days=2, hours=1))
    reconciliation.follow_up()
    assert still_open() == [CaseKind.STUCK]
    payments.record(paid(attempt))
    assert still_open() == []


@pytest.mark.parametrize("is_stray", [True, False])
def test_money_that_all_went_back_waits_for_nobody(is_stray: bool) -> None:
    payment = stray() if is_stray else bought()
    if not is_stray:
        refunds.record(refund_of(refund(payment), status="failed"))
    assert len(still_open()) == 1
    refunds.record(dashboard_refund(payment.razorpay_payment_id, payment.amount))
    assert still_open() == []
    assert_books_hold()
