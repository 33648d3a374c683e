"""Attempts: making one Razorpay order for a local order, whatever number of clicks and lost answers lie between.

The row with its receipt is committed before Razorpay is called, so that a stranger can find the Razorpay order again.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from checkout import attention, gateway, orders
from checkout.facts import OrderFacts
from checkout.gateway import GatewayError
from checkout.models import Order, RazorpayOrder
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus

# A web request spends at most this long on Razorpay, and waits this long for somebody else's call.
BUDGET = 8.0
PATIENCE = 5.0
# Longer than any call, so that a claim outlives its holder only when the holder was killed.
LEASE = timedelta(seconds=20)
SUPERSEDED = "superseded"


class NotPayable(Exception):
    """The order is not waiting for money."""


def current(order: Order) -> RazorpayOrder | None:
    """Return the attempt that the buyer may pay now, if it has been opened. Writes nothing, calls nobody."""
    attempt = order.razorpay_orders.exclude(status=SUPERSEDED).order_by("-attempt").first()
    if attempt and attempt.razorpay_order_id and attempt.key_id == settings.RAZORPAY_KEY_ID:
        return attempt
    return None


def open_payment(order: Order) -> RazorpayOrder:
    """Make (or adopt) the Razorpay order of a PENDING order. No transaction may be open.

    Raises GatewayError when Razorpay gave no usable answer in time; calling again goes on where this left off.
    Raises NotPayable when the order is not pending.
    """
    deadline = time.monotonic() + BUDGET
    for _attempt in range(3):
        attempt = _prepare(order.pk)
        if attempt.razorpay_order_id or not _claim(attempt):
            return _wait_for_id(attempt)
        try:
            facts = _find_or_create(attempt, deadline)
        except GatewayError as error:
            _release(attempt)
            _tell_staff(order, error)
            raise
        if facts is not None:
            return _keep(attempt, facts)
        RazorpayOrder.objects.filter(pk=attempt.pk).update(status=SUPERSEDED, claimed_until=None)
    raise GatewayError(detail="Razorpay orders with our receipts have other amounts", status=409)


def _prepare(order_id: int) -> RazorpayOrder:
    with transaction.atomic(durable=True):
        order = orders.lock(order_id)
        if order.status != OrderStatus.PENDING:
            raise NotPayable(order.number)
        last = order.razorpay_orders.order_by("-attempt").first()
        if last and last.status != SUPERSEDED and last.key_id == settings.RAZORPAY_KEY_ID:
            return last
        number = last.attempt + 1 if last else 1
        return RazorpayOrder.objects.create(
            order=order,
            attempt=number,
            key_id=settings.RAZORPAY_KEY_ID,
            amount=order.total,
            currency=order.currency,
            receipt=f"{order.number}-{number}",
        )


def _claim(attempt: RazorpayOrder) -> bool:
    now = timezone.now()
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    claimed = RazorpayOrder.objects.filter(is_free, pk=attempt.pk, razorpay_order_id=None).update(
        claimed_until=now + LEASE, tries=F("tries") + 1
    )
    attempt.refresh_from_db(fields=["razorpay_order_id", "tries"])
    return bool(claimed)


def _wait_for_id(attempt: RazorpayOrder) -> RazorpayOrder:
    until = time.monotonic() + PATIENCE
    while not attempt.razorpay_order_id:
        if time.monotonic() > until:
            raise GatewayError(detail=f"somebody else is still opening {attempt.receipt}")
        time.sleep(0.1)
        attempt.refresh_from_db()
    return attempt


def _find_or_create(attempt: RazorpayOrder, deadline: float) -> OrderFacts | None:
    """Return the Razorpay order of this attempt, or None when one with its receipt exists that must not be used."""
    if attempt.tries > 1:
        found = _look_up(attempt, deadline)
        if found is not None:
            return _usable(attempt, found)
    notes = {"order": attempt.order.number}
    try:
        facts = gateway.create_order(
            amount=attempt.amount, receipt=attempt.receipt, notes=notes, timeout=_left(deadline)
        )
    except GatewayError as error:
        # The order may exist all the same: a lost answer, or an account that refuses a receipt that it has seen.
        if not (error.ambiguous or error.status == 400):
            raise
        found = _after_error(attempt, error, deadline)
        if found is None:
            raise
        return _usable(attempt, found)
    if _usable(attempt, facts) is None:
        raise GatewayError(detail="the created order differs from what was asked for", status=200)
    return facts


def _after_error(attempt: RazorpayOrder, error: GatewayError, deadline: float) -> OrderFacts | None:
    if error.order_id:
        facts = gateway.fetch_order(error.order_id, timeout=_left(deadline))
        return facts if facts.receipt == attempt.receipt else None
    if _left(deadline) <= 0.5 or (error.status == 400 and "receipt" not in error.detail.lower()):
        return None
    return _look_up(attempt, deadline)


def _look_up(attempt: RazorpayOrder, deadline: float) -> OrderFacts | None:
    found = gateway.find_orders(attempt.receipt, timeout=_left(deadline))
    return next((facts for facts in found if _usable(attempt, facts)), found[0] if found else None)


def _usable(attempt: RazorpayOrder, facts: OrderFacts) -> OrderFacts | None:
    same = (facts.amount, facts.currency, facts.receipt) == (attempt.amount, attempt.currency, attempt.receipt)
    return facts if same else None


def _keep(attempt: RazorpayOrder, facts: OrderFacts) -> RazorpayOrder:
    with transaction.atomic(durable=True):
        order = orders.lock(attempt.order_id)
        stored = RazorpayOrder.objects.filter(pk=attempt.pk, razorpay_order_id=None).update(
            razorpay_order_id=facts.order_id, status=facts.status, claimed_until=None
        )
        if stored:
            orders.note(order, "payment_opened", facts.order_id)
    attempt.refresh_from_db(fields=["razorpay_order_id", "status"])
    return attempt


def _release(attempt: RazorpayOrder) -> None:
    RazorpayOrder.objects.filter(pk=attempt.pk, razorpay_order_id=None).update(claimed_until=None)


def _tell_staff(order: Order, error: GatewayError) -> None:
    if error.is_refusal or error.status in (401, 403):
        attention.open_case(CaseKind.RAZORPAY_REFUSED, str(error), order=order)


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.1)
