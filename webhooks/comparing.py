"""What webhooks said, against what Razorpay says when asked.

A signature proves who wrote an event as long as its secret is one. So each payment that an event calls captured is
looked at in Razorpay's own lists, or asked about, and a difference is put before staff.
"""

import logging

from django.db.models import QuerySet
from django.utils import timezone

from catalog.money import exact
from checkout import attention, gateway
from checkout.facts import PaymentFacts
from checkout.gateway import GatewayError
from checkout.models import Payment
from checkout.patience import Patience
from checkout.reconciliation import LATE_MONEY
from webhooks.models import Outcome, WebhookEvent

logger = logging.getLogger(__name__)

CAPTURED_EVENTS = ("payment.captured", "order.paid")


def agree(page: list[PaymentFacts]) -> None:
    """Note the events that these payments confirm. Payments that differ are left to `compare`."""
    captured = {facts.payment_id: (facts.amount, facts.currency) for facts in page if facts.was_captured}
    rows = Payment.objects.filter(razorpay_payment_id__in=captured).values_list(
        "razorpay_payment_id", "amount", "currency"
    )
    same = [payment_id for payment_id, *money in rows if tuple(money) == captured[payment_id]]
    if _unconfirmed().filter(payment_id__in=same).update(compared_at=timezone.now()):
        attention.close_confirmed(same)


def compare(patience: Patience, limit: int = 100) -> int:
    """Ask about payments that nothing but events called captured. Returns how many questions had no answer."""
    failed = 0
    for payment_id in _unconfirmed().values_list("payment_id", flat=True).distinct().order_by("payment_id")[:limit]:
        if patience.is_over:
            return failed + 1
        try:
            facts = gateway.fetch_payment(payment_id)
        except GatewayError as error:
            patience.failed(error)
            failed += not error.is_refusal
            if error.is_refusal:
                _differs(payment_id, f"Razorpay does not know it ({error.detail})")
            continue
        patience.answered()
        agree([facts])
        if _unconfirmed().filter(payment_id=payment_id).exists():
            _differs(payment_id, f"Razorpay says {facts.status}, {exact(facts.amount, facts.currency)}")
    return failed


def _unconfirmed() -> QuerySet[WebhookEvent]:
    events = WebhookEvent.objects.filter(event__in=CAPTURED_EVENTS, compared_at=None)
    recent = events.filter(received_at__gte=timezone.now() - LATE_MONEY)
    unused = [Outcome.QUARANTINED, Outcome.FOREIGN, Outcome.WAITING, Outcome.FAILED]
    return recent.exclude(payment_id="").exclude(outcome__in=unused)


def _differs(payment_id: str, what: str) -> None:
    payment = Payment.objects.filter(razorpay_payment_id=payment_id).first()
    text = f"{payment_id}: a signed event says captured. {what}"
    if attention.report_differs(text, payment=payment, subject="" if payment else payment_id):
        logger.error("%s", text)
