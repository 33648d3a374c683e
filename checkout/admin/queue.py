"""The day's work among the orders: what is to pack, to ship, late, on hold or undecided, and the usual periods."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from checkout.admin.filters import PERIODS, late
from checkout.models import AttentionCase, Order
from checkout.status import OrderStatus

# Who waits longest stands first.
OLDEST_FIRST = {"ordering": "created_at"}
# No filter of the list: who searches from here looks among all orders.
WORK, TO_SEND = "work", "to_send"
QUEUES = {
    "to_send": ("To send", {WORK: TO_SEND}),
    "to_pack": ("To pack", {"status": "paid", **OLDEST_FIRST}),
    "to_ship": ("To ship", {"status": "packed", **OLDEST_FIRST}),
    "late": ("Late", {"late": "true", **OLDEST_FIRST}),
    "on_hold": ("On hold", {"status": "on_hold"}),
    "undecided": ("Needs a decision", {"attention": "true"}),
}
LONGEST_WAIT = ("created_at", "pk")
TO_BE_SENT = Q(status__in=[OrderStatus.PAID, OrderStatus.PACKED])
# The bare address leads to the day's work, so that the whole list has one of its own.
ALL = {"ordering": "-created_at"}
# Remembers the list from which somebody went to an order; a longer one is not worth it.
COOKIE, LONGEST = "orders_list", 1_000


@dataclass(frozen=True)
class Way:
    """A link to a filtered list, and whether that is the list that is shown."""

    words: str
    url: str
    is_here: bool


def count(is_late: Q | None = None) -> dict[str, int]:
    """Count the orders of each queue, reading none that is over. `is_late` is `late()`, if that was worked out."""
    still_open = Order.objects.filter(status__in=[OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.ON_HOLD])
    found: dict[str, int] = still_open.aggregate(
        to_send=Count("pk", filter=TO_BE_SENT),
        to_pack=Count("pk", filter=Q(status=OrderStatus.PAID)),
        to_ship=Count("pk", filter=Q(status=OrderStatus.PACKED)),
        late=Count("pk", filter=is_late or late()),
        on_hold=Count("pk", filter=Q(status=OrderStatus.ON_HOLD)),
    )
    return found


def undecided() -> int:
    """Count the orders with a case that waits for a decision."""
    waiting = AttentionCase.objects.filter(closed_at=None, order__isnull=False)
    return waiting.values("order").distinct().count()


def ways(query: QueryDict, is_late: Q | None = None) -> list[Way]:
    """Return the links above the list of orders, for the address with this query."""
    counts = {**count(is_late), "undecided": undecided()}
    here = {name: query[name] for name in query if query[name]}
    queues = [(f"{words} ({counts[name]})", filters) for name, (words, filters) in QUEUES.items()]
    periods = [(words, {"period": period}) for period, words in PERIODS]
    return [Way(words, url_of(filters), here == filters) for words, filters in [*queues, ("All", ALL), *periods]]


def url_of(filters: dict[str, str]) -> str:
    """Return the address of the orders that these filters leave."""
    return f"{reverse('orders:list')}?{urlencode(filters)}"


def days_work() -> str:
    """Return where staff begin: what is to pack and to ship, with what waits longest first."""
    return url_of(QUEUES["to_send"][1])


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep in the browser which list is looked at."""
    orders, query, secure = reverse("orders:list"), request.GET.urlencode(), settings.SESSION_COOKIE_SECURE
    if len(query) <= LONGEST:
        response.set_cookie(COOKIE, query, path=orders, secure=secure, httponly=True, samesite="Lax")
    return response


def way_back(request: HttpRequest) -> str:
    """Return the list that was looked at last, or the day's work."""
    query = QueryDict(request.COOKIES.get(COOKIE, "")[:LONGEST]).urlencode()
    return f"{reverse('orders:list')}?{query}" if query else days_work()
