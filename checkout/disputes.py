"""Disputes: believing every report of one, its deadline before staff, and what it cost in the ledger."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from catalog.money import exact
from checkout import attention, gateway, ledger, orders, refunds
from checkout.facts import DisputeFacts
from checkout.gateway import GatewayError
from checkout.models import Dispute, Order, Payment
from checkout.models.attention import CaseKind
from checkout.models.changing import take_over
from checkout.models.dispute import AT_STAKE, DisputeStatus
from checkout.models.ledger import EntryKind
from checkout.status import OrderStatus, PaymentStatus

logger = logging.getLogger(__name__)

# A dispute only moves forward; what was decided stays decided.
RANK: dict[str, int] = {"open": 0, "under_review": 1, "closed": 2, "won": 2, "lost": 2}
REFRESH_PAUSE = timedelta(minutes=30)


def record(facts: DisputeFacts) -> str:
    """Record what is known of a dispute: `applied`, `unchanged` or `unmatched`. Safe to repeat, in any order."""
    try:
        return _record(facts)
    except IntegrityError:
        # Another report of the same new dispute was first by a hair; now it is there to be found.
        return _record(facts)


def refresh_open(limit: int = 50) -> int:
    """Ask Razorpay about the disputes that are not decided. Returns how many questions had no answer."""
    failed = 0
    undecided = Q(status__in=[DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW])
    due = Dispute.objects.filter(undecided, updated_at__lte=timezone.now() - REFRESH_PAUSE)
    for dispute in due.order_by("updated_at")[:limit]:
        try:
            record(gateway.fetch_dispute(dispute.razorpay_dispute_id))
            Dispute.objects.filter(pk=dispute.pk).update(updated_at=timezone.now())
        except GatewayError as error:
            failed += not error.is_refusal
            logger.warning("Dispute %s was not refreshed: %s", dispute, error)
            if error.is_refusal:
                _leave_alone(dispute, error)
    return failed


def _leave_alone(dispute: Dispute, error: GatewayError) -> None:
    # A signed event told of it. A person hears of it once, and it waits behind the others.
    Dispute.objects.filter(pk=dispute.pk).update(updated_at=timezone.now())
    subject = dispute.razorpay_dispute_id
    text = f"{subject}: reported, and Razorpay will not speak of it ({error.detail})"
    attention.report_differs(text, payment=dispute.payment, subject=subject)


def before_dispatch(orders: Iterable[Order]) -> list[Dispute]:
    """Return what speaks against sending these orders: disputes that a bank may yet decide for the buyer, or has.

    Orders whose parcel has left the shop are none of them.
    """
    here = [order.pk for order in orders if order.address_may_change]
    found = Dispute.objects.filter(payment__order__in=here, status__in=AT_STAKE)
    return list(found.select_related("payment__order").order_by("payment__order_id", "pk"))


def _record(facts: DisputeFacts) -> str:
    with transaction.atomic(durable=True):
        # As with refunds, a payment that is not heard of yet gets its row now: who tells of it later finds the dispute.
        known, _is_new = Payment.objects.get_or_create(razorpay_payment_id=facts.payment_id)
        payment = refunds.lock(known.pk)
        dispute = Dispute.objects.select_for_update(of=("self",)).filter(razorpay_dispute_id=facts.dispute_id).first()
        old = dispute.status if dispute else ""
        dispute = dispute or Dispute(razorpay_dispute_id=facts.dispute_id, payment=payment)
        if (old and RANK[facts.status] < RANK[old]) or (old != facts.status and RANK.get(old) == 2):
            return "unchanged"
        _copy(facts, dispute, payment)
        if old != facts.status:
            _tell(dispute)
        if payment.status == PaymentStatus.CREATED:
            return "unmatched"
        return "applied" if old != facts.status else "unchanged"


def _copy(facts: DisputeFacts, dispute: Dispute, payment: Payment) -> None:
    take_over(
        dispute,
        status=facts.status,
        phase=facts.phase,
        amount=facts.amount,
        amount_deducted=facts.amount_deducted,
        currency=facts.currency,
        reason_code=facts.reason_code,
        respond_by=datetime.fromtimestamp(facts.respond_by, UTC) if facts.respond_by else None,
    )
    if dispute.status == DisputeStatus.LOST:
        ledger.correct(EntryKind.DISPUTE, payment, dispute.amount_deducted, entity_id=dispute.razorpay_dispute_id)
        refunds.settle(payment)


def _tell(dispute: Dispute) -> None:
    """Tell staff once of each change: what is undecided waits with its deadline, what was lost is a case of its own."""
    payment, subject = dispute.payment, dispute.razorpay_dispute_id
    order = payment.order
    if order:
        orders.note(order, f"dispute_{dispute.status}", exact(dispute.amount, dispute.currency))
    if dispute.is_open:
        attention.open_case(CaseKind.DISPUTE_OPEN, _deadline(dispute), order=order, payment=payment, subject=subject)
        return
    attention.close_dispute(subject, str(dispute.get_status_display()))
    if dispute.status == DisputeStatus.LOST:
        text = f"{exact(dispute.amount_deducted, dispute.currency)} were taken back by the buyer’s bank"
        attention.open_case(CaseKind.DISPUTE_LOST, text, order=order, payment=payment, subject=subject)
    elif order and order.status == OrderStatus.CANCELLED and refunds.refundable(payment) > 0:
        text = f"{order} is cancelled, and the dispute left its money here"
        attention.open_case(CaseKind.UNMATCHED_MONEY, text, order=order, payment=payment, subject=subject)


def _deadline(dispute: Dispute) -> str:
    text = f"{exact(dispute.amount, dispute.currency)}, {dispute.reason_code.replace('_', ' ')}"
    if dispute.respond_by is None:
        return text
    until = date_format(timezone.localtime(dispute.respond_by), "j F Y, H:i")
    return f"{text}: answer in Razorpay’s dashboard until {until}"
