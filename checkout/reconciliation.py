"""Catching up with Razorpay: what nobody told the shop is asked for, and what may expire expires.

Every step is safe to repeat, to run twice at once and to kill.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from checkout import disputes, gateway, orders, payments, refunds
from checkout.facts import PaymentFacts
from checkout.gateway import GatewayError
from checkout.models import Order, Payment
from checkout.status import OrderStatus, PaymentStatus

logger = logging.getLogger(__name__)

# Late authorisation runs for three days (https://razorpay.com/docs/payments/payments/late-authorisation/).
LATE_MONEY = timedelta(days=4)
# A buyer who is about to be refused waits at most this long for overdue orders to be asked about.
RESCUE_BUDGET = 3.0
RESCUE_ORDERS = 3


@dataclass
class Report:
    """What a pass of reconciliation did."""

    asked: int = 0
    paid: int = 0
    expired: int = 0
    found_money: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return (
            f"{self.asked} orders asked about, {self.paid} now paid, {self.expired} expired, "
            f"{self.found_money} payments found, {self.failed} calls failed"
        )


def reconcile(
    *,
    since: datetime | None = None,
    minimum_age: timedelta = timedelta(0),
    late_pause: timedelta = timedelta(0),
    tell: Callable[[str], None] = logger.info,
) -> Report:
    """Ask Razorpay about every open order and every late one, expire what may expire, find money without an order.

    `since` is where the search for unknown payments begins (a day ago by default). `minimum_age` leaves younger orders
    to the browser, and `late_pause` passes between two questions about an order that was given up. `tell` gets a line
    for each order that changed.
    """
    report = Report()
    for pk in _open_orders(minimum_age, late_pause):
        _settle(Order.objects.get(pk=pk), report, tell)
    _find_money(since or timezone.now() - timedelta(days=1), report)
    refunds.send_waiting()
    report.failed += refunds.refresh_pending() + disputes.refresh_open()
    return report


def settle(order: Order, *, budget: float = payments.BUDGET) -> Order:
    """Ask Razorpay about an order, expire it when its time is over, and return it as it is now. Raises GatewayError."""
    if order.status in (OrderStatus.PENDING, OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.ON_HOLD):
        payments.check(order, budget=budget)
        orders.expire(order.pk, now=timezone.now())
    return Order.objects.get(pk=order.pk)


def cancel(order: Order) -> bool:
    """Cancel a PENDING order for its buyer, after asking Razorpay; tell whether it worked. Raises GatewayError."""
    payments.check(order)
    return orders.cancel(order.pk, text="Cancelled by the buyer")


def free_overdue(variant_ids: Iterable[int]) -> bool:
    """Ask Razorpay about up to three overdue orders that hold these variants; tell whether any gave its cars back."""
    deadline = time.monotonic() + RESCUE_BUDGET
    overdue = (
        Order.objects.filter(
            status=OrderStatus.PENDING, expires_at__lte=timezone.now(), lines__variant_id__in=list(variant_ids)
        )
        .distinct()
        .order_by("expires_at")[:RESCUE_ORDERS]
    )
    freed = [_try_settle(order, deadline - time.monotonic()) for order in overdue]
    return any(freed)


def supersede(*, order: Order, budget: float = RESCUE_BUDGET) -> bool:
    """Give up the open order of a cart that has changed since, if nobody paid it. Returns whether its cars are free."""
    if budget <= 0:
        return False
    try:
        payments.check(order, budget=min(budget, RESCUE_BUDGET))
    except GatewayError:
        return False
    return orders.cancel(order.pk, text="The cart changed")


def _try_settle(order: Order, budget: float) -> bool:
    if budget <= 0:
        return False
    try:
        return settle(order, budget=budget).status == OrderStatus.EXPIRED
    except GatewayError as error:
        logger.warning("Order %s stays held: %s", order.number, error)
        return False


def _open_orders(minimum_age: timedelta, late_pause: timedelta) -> list[int]:
    now = timezone.now()
    pending = Order.objects.filter(status=OrderStatus.PENDING, created_at__lte=now - minimum_age)
    late = Order.objects.filter(
        Q(checked_at=None) | Q(checked_at__lte=now - late_pause),
        status__in=[OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.ON_HOLD],
        created_at__gte=now - LATE_MONEY,
    )
    return [*pending.order_by("pk").values_list("pk", flat=True), *late.order_by("pk").values_list("pk", flat=True)]


def _settle(order: Order, report: Report, tell: Callable[[str], None]) -> None:
    report.asked += 1
    try:
        after = settle(order)
    except GatewayError as error:
        report.failed += 1
        tell(f"{order.number}: {error}")
        return
    report.paid += after.is_bought
    report.expired += after.status == OrderStatus.EXPIRED and order.status != OrderStatus.EXPIRED
    if after.status != order.status:
        tell(f"{order.number}: {order.status} -> {after.status}")


def _find_money(since: datetime, report: Report) -> None:
    """Record captured payments of the time window that the shop has never heard of."""
    try:
        for facts in _payments_since(since):
            known = Payment.objects.filter(razorpay_payment_id=facts.payment_id, status=facts.status).exists()
            if facts.status == PaymentStatus.CAPTURED and not known:
                report.found_money += 1
                _record_found(facts)
    except GatewayError as error:
        report.failed += 1
        logger.warning("The search for unknown payments stopped: %s", error)


def _payments_since(since: datetime) -> Iterable[PaymentFacts]:
    begin, end = int(since.timestamp()), int(timezone.now().timestamp()) + 60
    skip = 0
    while True:
        page, has_more = gateway.list_payments(since=begin, until=end, skip=skip)
        yield from page
        if not has_more:
            return
        # New payments push old ones down the list while it is read, so that pages overlap instead of meeting.
        skip += 90


def _record_found(facts: PaymentFacts) -> None:
    payments.record(facts, gateway.fetch_order(facts.order_id) if facts.order_id else None)
