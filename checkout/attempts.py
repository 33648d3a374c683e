"""Attempts: making one Razorpay order for a local order, whatever number of clicks and lost answers lie between.

The row with its receipt is committed before Razorpay is called, so that a stranger can find the Razorpay order again.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from checkout import attention, claims, finding, orders, payments
from checkout.facts import OrderFacts
from checkout.gateway import WRONG_ANSWER, GatewayError
from checkout.models import Order, RazorpayOrder
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus
from checkout.transport import places, within

# A web request spends at most this long on Razorpay, and waits this long for somebody else's call.
BUDGET = 8.0
PATIENCE = 5.0
# Longer than any call, so that a claim outlives its holder only when the holder was killed.
LEASE = timedelta(seconds=20)
SUPERSEDED = "superseded"
PAID = "paid"


class NotPayable(Exception):
    """The order is not waiting for money."""


def current(order: Order) -> RazorpayOrder | None:
    """Return the attempt that the buyer may pay now, if it has been opened. Writes nothing, calls nobody."""
    attempt = order.razorpay_orders.exclude(status__in=[SUPERSEDED, PAID]).order_by("-attempt").first()
    if attempt and attempt.razorpay_order_id and attempt.key_id == settings.RAZORPAY_KEY_ID:
        return attempt
    return None


def open_payment(order: Order, *, budget: float = BUDGET) -> RazorpayOrder:
    """Make (or adopt) the Razorpay order of a PENDING order within `budget` seconds. No transaction may be open.

    Raises GatewayError when Razorpay gave no usable answer in time; calling again goes on where this left off.
    Raises NotPayable when the order is not pending, or turns out to be paid.
    """
    with within(budget), places.taken():
        for _attempt in range(3):
            attempt = _opened(_prepare(order.pk))
            if attempt.status not in (SUPERSEDED, PAID):
                return attempt
            if attempt.status == PAID:
                _take_the_money(attempt)
    raise GatewayError(detail="Razorpay orders with our receipts cannot be used", status=409)


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


def _opened(attempt: RazorpayOrder) -> RazorpayOrder:
    """Return the attempt with the id of its Razorpay order, or superseded when that must not be used."""
    if attempt.razorpay_order_id or not _claim(attempt):
        return _wait_for_id(attempt)
    try:
        facts = finding.find_or_create(attempt)
    except GatewayError as error:
        RazorpayOrder.objects.filter(pk=attempt.pk, razorpay_order_id=None).update(claimed_until=None)
        _tell_staff(attempt.order, error)
        raise
    if facts is not None:
        return _keep(attempt, facts)
    return _supersede(attempt)


def _claim(attempt: RazorpayOrder) -> bool:
    now = timezone.now()
    is_free = claims.free(now, LEASE)
    claimed = RazorpayOrder.objects.filter(is_free, pk=attempt.pk, razorpay_order_id=None).update(
        claimed_until=now + LEASE, tries=F("tries") + 1
    )
    attempt.refresh_from_db(fields=["razorpay_order_id", "status", "tries"])
    return bool(claimed)


def _wait_for_id(attempt: RazorpayOrder) -> RazorpayOrder:
    until = time.monotonic() + PATIENCE
    while not attempt.razorpay_order_id and attempt.status != SUPERSEDED:
        if time.monotonic() > until:
            raise GatewayError(detail=f"somebody else is still opening {attempt.receipt}")
        time.sleep(0.1)
        attempt.refresh_from_db()
        if not (attempt.razorpay_order_id or attempt.claimed_until):
            raise GatewayError(detail=f"somebody else could not open {attempt.receipt}")
    return attempt


def _keep(attempt: RazorpayOrder, facts: OrderFacts) -> RazorpayOrder:
    with transaction.atomic(durable=True):
        order = orders.lock(attempt.order_id)
        stored = RazorpayOrder.objects.filter(pk=attempt.pk, razorpay_order_id=None).update(
            razorpay_order_id=facts.order_id, status=facts.status, claimed_until=None
        )
        if stored:
            orders.note(order, "payment_opened", facts.order_id)
        if attempt.tries > 1:
            attention.order_accepted(order)
    attempt.refresh_from_db(fields=["razorpay_order_id", "status"])
    return attempt


def _supersede(attempt: RazorpayOrder) -> RazorpayOrder:
    RazorpayOrder.objects.filter(pk=attempt.pk).update(status=SUPERSEDED, claimed_until=None)
    attempt.refresh_from_db(fields=["status"])
    return attempt


def _take_the_money(attempt: RazorpayOrder) -> None:
    """Record the payment of a Razorpay order that was found paid; what does not pay our order leaves it to the next."""
    payments.check(attempt.order)
    _supersede(attempt)


def _tell_staff(order: Order, error: GatewayError) -> None:
    if error.is_about_our_key:
        attention.key_refused(str(error))
    elif error.is_refusal or error.code == WRONG_ANSWER:
        attention.open_case(CaseKind.RAZORPAY_REFUSED, str(error), order=order)
