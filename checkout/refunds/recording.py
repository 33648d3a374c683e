"""Believing every report of a refund once."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout import attention, contradictions, emails
from checkout.facts import RefundFacts
from checkout.models import Payment, Refund
from checkout.models.refund import RefundOrigin
from checkout.refunds.asking import lock
from checkout.refunds.settling import settle
from checkout.status import REFUND_RANK, RefundStatus


def record(facts: RefundFacts) -> str:
    """Record what is known of a refund: `applied` or `unchanged`. Safe to repeat, in any order.

    A refund that the shop never asked for is imported: somebody made it in Razorpay's dashboard, or Razorpay itself
    gave back what was never captured.
    """
    try:
        return _record(facts)
    except IntegrityError:
        # Another report of the same new refund was first by a hair; now it is there to be found.
        return _record(facts)


def _record(facts: RefundFacts) -> str:
    with transaction.atomic(durable=True):
        known, _new = Payment.objects.get_or_create(razorpay_payment_id=facts.payment_id)
        payment = lock(known.pk)
        found = _find(facts, payment)
        if contradictions.in_refund(payment, found, facts):
            return "unchanged"
        refund = found or Refund(payment=payment, amount=facts.amount, origin=RefundOrigin.AUTO)
        is_changed = _merge(refund, facts)
        settle(payment)
        return "applied" if is_changed else "unchanged"


def _find(facts: RefundFacts, payment: Payment) -> Refund | None:
    known = Refund.objects.filter(razorpay_refund_id=facts.refund_id).first()
    if not facts.key:
        return known
    ours = payment.refunds.filter(key=facts.key, razorpay_refund_id=None, amount=facts.amount).first()
    if known and ours and not known.key and (known.payment_id, known.amount) == (payment.pk, facts.amount):
        _unite(known, ours)
    return known or ours


def _unite(known: Refund, ours: Refund) -> None:
    """Let a refund that was imported, because its first report lacked our key, be the one that we asked for."""
    attention.refund_made(ours)
    ours.lines.update(refund=known)
    emails.hand_over(ours, known)
    ours.delete()
    for name in ("key", "origin", "reason", "requested_by", "despite_dispute"):
        setattr(known, name, getattr(ours, name))
    known.save()


def _merge(refund: Refund, facts: RefundFacts) -> bool:
    is_new = refund.pk is None or refund.razorpay_refund_id is None
    if not is_new and REFUND_RANK[facts.status] <= REFUND_RANK[RefundStatus(refund.status)]:
        return _fill_in(refund, facts)
    refund.razorpay_refund_id = facts.refund_id
    refund.status = facts.status
    refund.speed, refund.arn = facts.speed or refund.speed, facts.arn or refund.arn
    refund.claimed_until, refund.error = None, ""
    if facts.status == RefundStatus.PROCESSED:
        refund.processed_at = timezone.now()
    if facts.status == RefundStatus.FAILED:
        refund.error = _("The bank did not take the money back.")
    refund.save()
    if facts.status == RefundStatus.FAILED:
        attention.refund_failed(refund)
    else:
        attention.refund_made(refund)
    return True


def _fill_in(refund: Refund, facts: RefundFacts) -> bool:
    """Take over what changes without moving a refund: the bank's reference and the speed."""
    speed, arn = facts.speed or refund.speed, facts.arn or refund.arn
    if (speed, arn) == (refund.speed, refund.arn):
        return False
    refund.speed, refund.arn = speed, arn
    refund.save(update_fields=["speed", "arn", "updated_at"])
    return True
