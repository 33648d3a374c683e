"""Catching up with Razorpay: what nobody told the shop is asked for, and what may expire expires.

Every step is safe to repeat, to run twice at once and to kill.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from checkout import attention, claims, disputes, orders, payments, refunds
from checkout.gateway import GatewayError
from checkout.models import Order, Payment
from checkout.models.attention import CaseKind
from checkout.models.refund import RefundOrigin
from checkout.patience import Patience
from checkout.status import OrderStatus, PaymentStatus
from checkout.sweep import Sweep, windows

logger = logging.getLogger(__name__)

# Late authorisation runs for three days (https://razorpay.com/docs/payments/payments/late-authorisation/).
LATE_MONEY = timedelta(days=4)
# A bank may return a refund weeks after it was processed, to an account that was closed. Razorpay names no limit.
RETURNED_REFUNDS = timedelta(days=30)
# Razorpay returns after three days what was not captured: before that a person should look.
CAPTURE_BY = timedelta(days=2)
# An order that Razorpay does not speak of, or of which it says nothing final, cannot expire by itself.
STUCK_AFTER = timedelta(hours=1)
# How long workers leave an order alone after a question: one that may be paid at any moment, and one given up.
OPEN_PAUSE = timedelta(seconds=55)
LATE_PAUSE = timedelta(minutes=30)
# The browser of a buyer who is paying right now does the asking itself.
LEAVE_TO_BROWSER = timedelta(minutes=2)
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


@dataclass
class Pass:
    """One pass over orders: one that fails stops no other. `tell` hears of changes."""

    patience: Patience = field(default_factory=Patience)
    tell: Callable[[str], None] = logger.info
    report: Report = field(default_factory=Report)

    def settle(self, order: Order) -> bool:
        """Settle one order; tell whether there is no need to ask again in this pass."""
        if self.patience.is_over:
            return False
        try:
            after = settle(order)
        except GatewayError as error:
            self.patience.failed(error)
            self.tell(f"{order.number}: {error}")
            _tell_of_stuck(order, str(error))
            self.report.failed += error.is_refusal
            return error.is_refusal
        except Exception as error:
            logger.exception("Order %s could not be settled; the pass goes on", order.number)
            _tell_of_stuck(order, type(error).__name__)
            return False
        self.patience.answered()
        self._count(order, after)
        _tell_of_stuck(after, "a payment of it is neither captured nor over")
        return True

    def _count(self, before: Order, after: Order) -> None:
        self.report.asked += 1
        self.report.paid += after.is_bought
        self.report.expired += after.status == OrderStatus.EXPIRED and before.status != OrderStatus.EXPIRED
        if after.status != before.status:
            self.tell(f"{before.number}: {before.status} -> {after.status}")


def untracked(label: str, items: Sequence[Any]) -> Iterable[Any]:
    """Go through the items without telling anybody how far."""
    return items


def reconcile(
    *,
    since: datetime | None = None,
    budget: float | None = None,
    tell: Callable[[str], None] = logger.info,
    track: Callable[[str, Sequence[Any]], Iterable[Any]] = untracked,
    sweep: Sweep | None = None,
) -> Report:
    """Ask Razorpay about every open order and every late one, expire what may expire, find money without an order.

    Asks whoever has claimed an order. `since` is where the search for unknown payments begins (a day ago by default),
    and `budget` how many seconds the pass may take. `tell` gets a line for each order that changed; `track` goes
    through orders and days and may show how far. Give `sweep` to learn more of the search.
    """
    orders_pass = Pass(patience=Patience(budget), tell=tell)
    pks = list(_watched().order_by("pk").values_list("pk", flat=True))
    for label in ("Orders", "Once more"):
        pks = [pk for pk in track(label, pks) if not orders_pass.settle(Order.objects.get(pk=pk))] if pks else []
    report = orders_pass.report
    report.failed += len(pks)
    sweep = sweep or Sweep()
    sweep.patience = orders_pass.patience
    now = timezone.now()
    sweep.run(track("Days", windows(since or now - timedelta(days=1), now)))
    report.found_money = sweep.found
    # Each of these asks in turn: somebody who waits for the pass cannot wait for fifty that do not answer.
    report.failed += sweep.failed + (follow_up() if budget is None else follow_up(limit=3))
    return report


def settle_due(*, budget: float) -> Report:
    """Ask about the orders whose time has come, the one asked longest ago first, for up to `budget` seconds.

    Many workers share them. The youngest are left to their buyers' browsers.
    """
    share = Pass(patience=Patience(budget))
    due = _watched().filter(_due(timezone.now())).order_by(F("checked_at").asc(nulls_first=True), "pk")
    while not share.patience.is_over:
        order = claims.take(due)
        if order is None:
            break
        if not share.settle(order):
            share.report.failed += 1
        # Without an answer the order goes to the end of the queue, so that it keeps nobody else from being asked about.
        claims.done(order, checked_at=timezone.now())
    return share.report


def follow_up(limit: int = 50) -> int:
    """Have refunds made, ask about refunds and disputes, and warn of money that nobody captures.

    Asks about up to `limit` of each kind, and returns how many questions had no answer.
    """
    refunds.send_waiting(limit)
    overdue = Payment.objects.filter(
        status=PaymentStatus.AUTHORIZED,
        order__status=OrderStatus.PENDING,
        created_at__lte=timezone.now() - CAPTURE_BY,
    )
    for payment in overdue.select_related("order"):
        text = f"{payment.order}: authorized, and could not be captured; Razorpay returns it on the third day"
        attention.open_case(CaseKind.STUCK, text, payment=payment, subject=attention.CAPTURE)
    return refunds.refresh_pending(limit) + disputes.refresh_open(limit)


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


def _watched() -> QuerySet[Order]:
    """Return the orders for which money may still come, and those with money of which nothing is decided yet."""
    undecided = Payment.objects.filter(status=PaymentStatus.CAPTURED, fulfils=False, order__isnull=False)
    undecided = undecided.exclude(cases__kind=CaseKind.AMOUNT_MISMATCH).exclude(refunds__origin=RefundOrigin.SHOP)
    late = Q(created_at__gte=timezone.now() - LATE_MONEY) | Q(pk__in=undecided.values("order_id"))
    is_given_up = Q(status__in=[OrderStatus.EXPIRED, OrderStatus.CANCELLED])
    return Order.objects.filter(Q(status__in=[OrderStatus.PENDING, OrderStatus.ON_HOLD]) | is_given_up & late)


def _due(now: datetime) -> Q:
    """Match the orders that a worker should ask about."""
    pause_is_over = Q(checked_at__lte=now - LATE_PAUSE) | Q(
        checked_at__lte=now - OPEN_PAUSE, status=OrderStatus.PENDING
    )
    # A question in the future was asked before the clock was set back.
    is_time = Q(checked_at=None) | pause_is_over | Q(checked_at__gt=now + OPEN_PAUSE)
    return is_time & (Q(created_at__lte=now - LEAVE_TO_BROWSER) | Q(created_at__gt=now))


def _tell_of_stuck(order: Order, why: str) -> None:
    overdue = Order.objects.filter(status=OrderStatus.PENDING, expires_at__lt=timezone.now() - STUCK_AFTER)
    # What was recorded before the question failed may have moved the order.
    if order.status == OrderStatus.PENDING and overdue.filter(pk=order.pk).exists():
        text = f"{order.number} holds its cars and cannot expire: {why}"
        attention.open_case(CaseKind.STUCK, text, order=order)
