"""Reports that cannot be true beside what is known. They move no money, and a person is told.

Razorpay never sends them; somebody with a leaked secret may. Each look opens a case and says whether it did.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.money import exact
from checkout import attention, ledger
from checkout.facts import PaymentFacts, RefundFacts
from checkout.models import Payment, RazorpayOrder, Refund
from checkout.models.attention import CaseKind
from checkout.models.refund import RefundOrigin
from checkout.refunds.asking import lock
from checkout.refunds.bounds import left
from checkout.status import PaymentStatus, RefundStatus
from checkout.transport import GatewayError

TAKEN = frozenset({PaymentStatus.CAPTURED, PaymentStatus.REFUNDED})


def in_payment(payment: Payment, facts: PaymentFacts, attempt: RazorpayOrder | None) -> bool:
    """Look at a report of a payment: what was captured has an amount for good, and a payment one Razorpay order."""
    is_of_another = payment.razorpay_order_id is not None and (
        attempt is None or payment.razorpay_order_id != attempt.pk
    )
    # Money of a Razorpay order that is none of ours pays no order of ours either.
    is_of_stranger = payment.foreign_order_id and facts.order_id not in ("", payment.foreign_order_id)
    if is_of_another or is_of_stranger:
        return _tell(payment, _("reported for another order too"))
    money = (facts.amount, facts.currency)
    if {facts.status, payment.status} <= TAKEN and money != (payment.amount, payment.currency):
        words = {"amount": exact(facts.amount, facts.currency)}
        return _tell(payment, _("reported with %(amount)s too") % words)
    return False


def in_refund(payment: Payment, refund: Refund | None, facts: RefundFacts) -> bool:
    """Look at a report of a refund: it has one payment and one amount, and fits into what was captured."""
    if refund is not None and (refund.payment_id, refund.amount) != (payment.pk, facts.amount):
        return _tell(payment, _("another report of refund %(refund)s") % {"refund": facts.refund_id})
    is_new = refund is None and facts.status != RefundStatus.FAILED
    return is_new and ledger.captured(payment) > 0 and _is_too_much(payment, facts.amount)


def in_refund_before(payment: Payment, refund: Refund) -> bool:
    """Look at a refund that was reported before its payment's capture, now that this is known."""
    return _is_too_much(payment, refund.amount)


def disown(payment_id: int, error: GatewayError) -> None:
    """Give up a payment that a browser has proved and Razorpay does not know: nobody may wait for such money.

    Its signature was good, so either a key has leaked or this is another account.
    """
    with transaction.atomic(durable=True):
        payment = lock(payment_id)
        if payment.status != PaymentStatus.CREATED:
            return
        payment.status, payment.error_description = PaymentStatus.FAILED, error.detail[:255]
        payment.save(update_fields=["status", "error_description", "updated_at"])
        text = f"{payment}: signed, and Razorpay does not know it ({error.detail})"
        attention.open_case(CaseKind.REPORT_DIFFERS, text, payment=payment)


def _is_too_much(payment: Payment, amount: int) -> bool:
    told = payment.refunds.exclude(status=RefundStatus.REQUESTED).exclude(origin=RefundOrigin.AUTO)
    if amount <= left(ledger.captured(payment), told.values_list("status", "amount")):
        return False
    return _tell(payment, _("more is said to be refunded than was captured"))


def _tell(payment: Payment, text: str) -> bool:
    attention.open_case(CaseKind.REPORT_DIFFERS, f"{payment}: {text}", payment=payment, subject=text[:64])
    return True
