"""The money of a time: by day as the ledger has it, refund by refund, code by code. Amounts are paise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from catalog.money import RUPEE
from checkout.models import Coupon, LedgerEntry, Refund, Settlement
from checkout.models.ledger import EntryKind
from checkout.reports.period import Period

FEES = (EntryKind.FEE, EntryKind.FEE_REVERSAL)


@dataclass
class Day:
    """One day at Razorpay: what came and went, in rupees. `settled` is what Razorpay paid to the bank on that day."""

    day: date
    payments: int = 0
    captured: int = 0
    fees: int = 0
    refunded: int = 0
    disputed: int = 0
    settled: int = 0

    @property
    def net(self) -> int:
        """What the day left with Razorpay for the shop."""
        return self.captured - self.fees - self.refunded - self.disputed


# Of which column an entry is a part, and whether it adds to it or takes off. What was written off moved nothing.
PLACES: dict[str, tuple[str, int]] = {
    EntryKind.CAPTURE: ("captured", 1),
    EntryKind.FEE: ("fees", 1),
    EntryKind.FEE_REVERSAL: ("fees", -1),
    EntryKind.REFUND: ("refunded", 1),
    EntryKind.REFUND_REVERSAL: ("refunded", -1),
    EntryKind.DISPUTE: ("disputed", 1),
    EntryKind.DISPUTE_REVERSAL: ("disputed", -1),
}


def by_day(period: Period) -> list[Day]:
    """Return each day on which money moved, in two queries. Money in another currency counts by its fee alone."""
    days: dict[date, Day] = {}
    entries = LedgerEntry.objects.filter(**period.of("at"), kind__in=PLACES).order_by()
    in_rupees = entries.filter(payment__currency=RUPEE) | entries.filter(kind__in=FEES)
    for day, kind, amount, number in _by_day(in_rupees, "at", "kind"):
        row = days.setdefault(day, Day(day))
        column, sign = PLACES[kind]
        setattr(row, column, getattr(row, column) + sign * amount)
        row.payments += number if kind == EntryKind.CAPTURE else 0
    for day, amount, _number in _by_day(Settlement.objects.filter(**period.of("settled_at")).order_by(), "settled_at"):
        days.setdefault(day, Day(day)).settled += amount
    return [days[day] for day in sorted(days, reverse=True)]


def _by_day(rows: QuerySet[LedgerEntry] | QuerySet[Settlement], time: str, *more: str) -> Iterator[tuple[Any, ...]]:
    of_days = rows.annotate(day=TruncDate(time, tzinfo=timezone.get_default_timezone()))
    yield from of_days.values_list("day", *more).annotate(Sum("amount"), Count("pk"))


def refunds(period: Period) -> QuerySet[Refund]:
    """Return the refunds that were asked for in this time, newest first."""
    asked = Refund.objects.filter(**period.of("created_at"))
    return asked.select_related("payment__order", "requested_by").order_by("-created_at", "-pk")


@dataclass(frozen=True)
class CouponUse:
    """What one code gave in a time, in orders that were paid then."""

    code: str
    orders: int
    given: int
    sold: int


def coupons(period: Period) -> list[CouponUse]:
    """Return the codes that were used in orders paid in this time, most used first."""
    paid = Coupon.objects.filter(**period.of("orders__paid_at"), orders__invoice_number__isnull=False)
    sums = paid.values_list("code").annotate(Count("orders"), Sum("orders__discount"), Sum("orders__total"))
    return sorted((CouponUse(*row) for row in sums), key=lambda use: (-use.orders, use.code))
