"""The day's work among the orders: what is to pack, to ship, late, on hold or undecided, and the usual periods."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse

from checkout.admin.filters import PERIODS, late
from checkout.models import AttentionCase, Order
from checkout.status import OrderStatus

# Who waits longest stands first.
OLDEST_FIRST = {"ordering": "created_at"}
QUEUES = {
    "to_pack": ("To pack", {"status": "paid", **OLDEST_FIRST}),
    "to_ship": ("To ship", {"status": "packed", **OLDEST_FIRST}),
    "late": ("Late", {"late": "true", **OLDEST_FIRST}),
    "on_hold": ("On hold", {"status": "on_hold"}),
    "undecided": ("Needs a decision", {"attention": "true"}),
}


@dataclass(frozen=True)
class Way:
    """A link to a filtered list, and whether that is the list that is shown."""

    words: str
    url: str
    is_here: bool


def count() -> dict[str, int]:
    """Count the orders of each queue, reading none that is over."""
    still_open = Order.objects.filter(status__in=[OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.ON_HOLD])
    found: dict[str, int] = still_open.aggregate(
        to_pack=Count("pk", filter=Q(status=OrderStatus.PAID)),
        to_ship=Count("pk", filter=Q(status=OrderStatus.PACKED)),
        late=Count("pk", filter=late()),
        on_hold=Count("pk", filter=Q(status=OrderStatus.ON_HOLD)),
    )
    return found


def undecided() -> int:
    """Count the orders with a case that waits for a decision."""
    waiting = AttentionCase.objects.filter(closed_at=None, order__isnull=False)
    return waiting.values("order").distinct().count()


def ways(query: QueryDict) -> list[Way]:
    """Return the links above the list of orders, for the address with this query."""
    counts = {**count(), "undecided": undecided()}
    here = {name: query[name] for name in query if query[name]}
    queues = [(f"{words} ({counts[name]})", filters) for name, (words, filters) in QUEUES.items()]
    periods = [(words, {"period": period}) for period, words in PERIODS]
    orders = reverse("orders:list")
    return [
        Way(words, f"{orders}?{urlencode(filters)}", here == filters)
        for words, filters in [("All", {}), *queues, *periods]
    ]
