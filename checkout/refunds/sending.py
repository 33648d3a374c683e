"""Having refunds made at Razorpay, each once, whatever answers get lost."""

import logging
from dataclasses import replace
from datetime import timedelta

from django.db.models import Case, Q, When
from django.utils import timezone

from checkout import attention, claims, gateway
from checkout.gateway import GatewayError
from checkout.models import Payment, Refund
from checkout.models.attention import CaseKind
from checkout.refunds.bounds import RefundRefused, check_dispute
from checkout.refunds.recording import record
from checkout.refunds.settling import fail
from checkout.status import RefundStatus

logger = logging.getLogger(__name__)

REFRESH_PAUSE = timedelta(minutes=10)
# What Razorpay does not know will hardly be known soon.
UNKNOWN_PAUSE = timedelta(hours=12)
# The bank's reference comes some days after Razorpay calls a refund processed, and no event tells of it.
REFERENCE_PAUSE, REFERENCE_DAYS = timedelta(hours=12), timedelta(days=14)


def send_waiting(limit: int = 20) -> int:
    """Have the refunds made that were asked for, and return how many were tried. Safe to run many times at once."""
    due = Refund.objects.filter(claims.due(timezone.now()), status=RefundStatus.REQUESTED).order_by("pk")
    tried = 0
    for refund in claims.take_each(due, limit=limit):
        _send(refund)
        tried += 1
    return tried


def send(refund_id: int) -> Refund:
    """Have one requested refund made at Razorpay, unless somebody else is at it. No transaction may be open.

    Never raises for Razorpay's sake: the refund tells by its state and `error` what came of it.
    """
    key = Refund.objects.values_list("key", flat=True).get(pk=refund_id)
    refund = claims.take(Refund.objects.filter(pk=refund_id, status=RefundStatus.REQUESTED))
    if refund:
        _send(refund)
    # An imported row may have taken its place.
    return Refund.objects.get(key=key)


def _send(refund: Refund) -> None:
    payment, key = refund.payment, refund.key or ""
    notes = {"refund": key, "order": payment.order.number if payment.order else ""}
    try:
        # A dispute may have come since somebody asked for the refund.
        check_dispute(payment, despite_dispute=refund.despite_dispute)
        facts = gateway.refund(payment.razorpay_payment_id, amount=refund.amount, key=key, notes=notes)
        record(replace(facts, key=key))
    except RefundRefused as refusal:
        _give_up(refund, refusal.text)
    except GatewayError as error:
        logger.warning("Refund %s was not made: %s", refund.pk, error)
        if error.is_refusal:
            _give_up(refund, error.detail)
        else:
            _put_back(refund, error)


def import_for(payment: Payment) -> None:
    """Ask Razorpay for every refund of a payment and record it. Raises GatewayError."""
    for facts in gateway.fetch_payment_refunds(payment.razorpay_payment_id):
        record(facts)


def refresh_pending(limit: int = 50) -> int:
    """Ask Razorpay about refunds that it has not finished, or whose bank has given no reference yet.

    The unfinished ones come first: a number keeps none of them waiting. Returns how many questions had no answer. One
    that Razorpay does not know was told of by a signed event: a person hears of it, and it delays no other.
    """
    failed, now = 0, timezone.now()
    pending = Q(status=RefundStatus.PENDING, updated_at__lte=now - REFRESH_PAUSE)
    recent = Q(processed_at__gt=now - REFERENCE_DAYS, updated_at__lte=now - REFERENCE_PAUSE)
    unfinished = pending | recent & Q(status=RefundStatus.PROCESSED, arn="")
    is_done = Case(When(status=RefundStatus.PROCESSED, then=1), default=0)
    for refund in Refund.objects.filter(unfinished, next_try_at__lte=now).order_by(is_done, "updated_at")[:limit]:
        try:
            record(gateway.fetch_refund(refund.razorpay_refund_id or ""))
            Refund.objects.filter(pk=refund.pk).update(updated_at=timezone.now())
        except GatewayError as error:
            failed += not error.is_refusal
            logger.warning("Refund %s stays %s: %s", refund, refund.status, error)
            if error.is_refusal:
                _leave_alone(refund, error)
    return failed


def _leave_alone(refund: Refund, error: GatewayError) -> None:
    Refund.objects.filter(pk=refund.pk).update(next_try_at=timezone.now() + UNKNOWN_PAUSE)
    if refund.status == RefundStatus.PROCESSED:
        return
    text = f"{refund.razorpay_refund_id}: reported as on its way, and Razorpay will not speak of it ({error.detail})"
    attention.report_differs(text, payment=refund.payment, subject=f"refund {refund.pk}")


def _give_up(refund: Refund, why: str) -> None:
    """Put a refund before staff that is not made, unless an earlier call had made it."""
    try:
        if refund.attempts == 1 or not _was_made(refund):
            fail(refund, why)
    except GatewayError as silence:
        _put_back(refund, silence)


def _was_made(refund: Refund) -> bool:
    """Look whether an earlier call whose answer was lost had made the refund after all.

    Raises GatewayError when nobody answers. Of a payment that Razorpay refuses to speak of it has made no refund.
    """
    try:
        found = gateway.fetch_payment_refunds(refund.payment.razorpay_payment_id)
    except GatewayError as error:
        if error.is_refusal:
            return False
        raise
    ours = [facts for facts in found if facts.key == refund.key]
    for facts in ours:
        record(facts)
    return bool(ours)


def _put_back(refund: Refund, error: GatewayError) -> None:
    # A report of Razorpay may have been faster than the answer that got lost.
    if not claims.put_back(refund, Q(status=RefundStatus.REQUESTED), error=str(error)[:255]):
        return
    if refund.attempts >= claims.MANY_ATTEMPTS:
        text, subject = f"Refund {refund.pk}: {error}", f"refund {refund.pk}"
        attention.open_case(CaseKind.STUCK, text, payment=refund.payment, subject=subject, happened_again=True)
