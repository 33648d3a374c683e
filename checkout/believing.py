"""What a report of a payment changes in its row and in the ledger."""

from checkout import attention, ledger, refunds
from checkout.facts import PaymentFacts
from checkout.models import Payment
from checkout.models.changing import take_over
from checkout.models.ledger import EntryKind
from checkout.status import PAYMENT_RANK, PaymentStatus

PAID_WORDS = frozenset({PaymentStatus.CAPTURED, PaymentStatus.REFUNDED})


def believe(facts: PaymentFacts, payment: Payment) -> None:
    """Take over what a report says of a locked payment. Reports come out of order: they only move it forward."""
    if PAYMENT_RANK[facts.status] >= PAYMENT_RANK[PaymentStatus(payment.status)]:
        _take_over(facts, payment)
    elif payment.fee is None and facts.fee is not None:
        take_over(payment, fee=facts.fee, tax=facts.tax)
    if facts.status in PAID_WORDS:
        attention.close_captured(payment)
    if facts.was_captured and ledger.book(EntryKind.CAPTURE, payment, facts.amount):
        refunds.recognise(payment)
    if ledger.captured(payment):
        ledger.correct(EntryKind.FEE, payment, payment.fee or 0)


def _take_over(facts: PaymentFacts, payment: Payment) -> None:
    # A buyer who was forgotten stays so.
    may_know = payment.order is None or payment.order.email
    take_over(
        payment,
        status=facts.status,
        amount=facts.amount,
        currency=facts.currency,
        method=facts.method or payment.method,
        fee=facts.fee if facts.fee is not None else payment.fee,
        tax=facts.tax if facts.tax is not None else payment.tax,
        amount_refunded=min(max(facts.amount_refunded, payment.amount_refunded), facts.amount),
        error_reason=facts.error_reason,
        error_description=facts.error_description,
        email=(may_know and facts.email) or payment.email,
        contact=(may_know and facts.contact) or payment.contact,
    )
