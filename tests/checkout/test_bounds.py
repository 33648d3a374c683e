"""How much may be refunded, to the paisa."""

import pytest

from checkout import ledger, payments, refunds
from checkout.models import Dispute, Payment, Refund
from checkout.models.ledger import EntryKind
from checkout.refunds import RefundRefused, check_amount, left
from checkout.refunds.bounds import check_dispute
from checkout.status import RefundStatus
from tests.checkout.orders import dashboard_refund, ordered, paid

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("refunds", "expected"),
    [
        ([], 1000),
        ([("requested", 300)], 700),
        ([("pending", 300)], 700),
        ([("processed", 300)], 700),
        ([("failed", 300)], 1000),
        ([("requested", 1), ("pending", 2), ("processed", 4), ("failed", 8)], 993),
        ([("processed", 1000)], 0),
        ([("processed", 1001)], -1),
    ],
)
def test_what_is_left_of_a_capture(refunds: list[tuple[str, int]], expected: int) -> None:
    assert left(1000, refunds) == expected


@pytest.mark.parametrize("amount", [100, 101, 900, 1000])
def test_what_may_be_refunded(amount: int) -> None:
    check_amount(amount, 1000)


@pytest.mark.parametrize(
    ("amount", "available", "text"),
    [
        (0, 1000, "Razorpay refunds at least ₹1.00."),
        (-1, 1000, "Razorpay refunds at least ₹1.00."),
        (1.5, 1000, "Razorpay refunds at least ₹1.00."),
        ("1", 1000, "Razorpay refunds at least ₹1.00."),
        (True, 1000, "Razorpay refunds at least ₹1.00."),
        (1, 0, "Nothing of this payment is left to refund."),
        (1, -1, "Nothing of this payment is left to refund."),
        (99, 1000, "Razorpay refunds at least ₹1.00."),
        (100, 1, "At most ₹0.01 of this payment can be refunded."),
        (200, 100, "At most ₹1.00 of this payment can be refunded."),
        (901, 1000, "That leaves ₹0.99, which Razorpay could not refund any more: refund all ₹10.00, or less."),
        (999, 1000, "That leaves ₹0.01, which Razorpay could not refund any more: refund all ₹10.00, or less."),
        (1001, 1000, "At most ₹10.00 of this payment can be refunded."),
    ],
)
def test_what_may_not(amount: int, available: int, text: str) -> None:
    with pytest.raises(RefundRefused) as refused:
        check_amount(amount, available)
    assert refused.value.text == str(refused.value) == text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "expected"),
    [("", False), ("open", True), ("under_review", True), ("lost", True), ("won", False), ("closed", False)],
)
def test_money_is_at_stake_until_its_dispute_is_over(status: str, expected: bool) -> None:
    payments.record(paid(ordered()))
    payment = Payment.objects.get()
    if status:
        Dispute.objects.create(payment=payment, razorpay_dispute_id="disp_1", status=status, amount=1, currency="INR")
    assert refunds.is_at_stake(payment) is expected
    check_dispute(payment, despite_dispute=True)
    if not expected:
        check_dispute(payment, despite_dispute=False)
        return
    with pytest.raises(RefundRefused) as refused:
        check_dispute(payment, despite_dispute=False)
    assert refused.value.text == "The buyer disputes this payment: a refund could pay the same money twice."


@pytest.mark.django_db
def test_of_a_payment_as_much_is_left_as_was_captured_and_not_returned() -> None:
    attempt = ordered()
    payments.record(paid(attempt, status="authorized"))
    payment = Payment.objects.get()
    assert refunds.refundable(payment) == 0
    payments.record(paid(attempt))
    assert refunds.refundable(payment) == attempt.amount
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 300))
    ledger.book(EntryKind.WRITE_OFF, payment, 7)
    assert refunds.refundable(payment) == attempt.amount - 307
    Refund.objects.update(status=RefundStatus.FAILED)
    assert refunds.refundable(payment) == attempt.amount - 7
    ledger.book(EntryKind.DISPUTE, payment, 20)
    assert refunds.refundable(payment) == attempt.amount - 27
