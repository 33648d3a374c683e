"""The figures of the day and the sales of the last weeks on the admin's first page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.search import SearchArea
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from catalog import shop_time
from catalog.money import rupees
from checkout.admin import desk, policy, queue
from checkout.admin.filters import start_of
from checkout.models import Order
from checkout.reports import sales
from checkout.reports.period import Period

# Of the chart: days, and its size in units of its own.
DAYS, WIDTH, HEIGHT = 30, 600, 80


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and where the counted things are listed (nothing for people who may not see them)."""

    icon: str
    number: str
    words: str
    url: str


class FigureItem(SummaryItem):
    """One figure among the page's summary."""

    template_name = "checkout/admin/figure.html"

    def __init__(self, request: HttpRequest, figure: Figure, order: int) -> None:
        super().__init__(request)
        self.figure, self.order = figure, order

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the figure."""
        return {"figure": self.figure}


def figures(request: HttpRequest) -> list[Figure]:
    """Return the figures that this person may see. Amounts are orders paid since midnight in the shop's time zone."""
    user = request.user
    if not policy.ORDERS.user_has_any_permission(user, policy.LOOK):
        return []
    sums = Order.objects.filter(paid_at__gte=start_of("today")).aggregate(paid=Sum("total"))
    sums |= queue.count()
    orders = reverse("orders:list")
    found = [
        Figure("clipboard-list", rupees(sums["paid"] or 0, always_paise=True), "paid today", f"{orders}?paid=today"),
        Figure("check", str(sums["to_pack"]), "to pack", f"{orders}?status=paid"),
        Figure("calendar-alt", str(sums["late"]), "late", f"{orders}?late=true"),
    ]
    if policy.CASES.user_has_any_permission(user, policy.LOOK):
        waiting = desk.count(request)
        words = "needs attention" if waiting == 1 else "need attention"
        found.append(Figure("warning", str(waiting), words, reverse("attention:desk")))
    return found


@dataclass(frozen=True)
class Bar:
    """A day of the chart: where its bar stands, and its words."""

    x: int
    y: int
    height: int
    words: str


class SalesPanel(Component):
    """What was paid on each of the last thirty days, as bars, with the sums of today, a week and all of them."""

    name = "sales"
    template_name = "checkout/admin/sales.html"
    order = 80

    @staticmethod
    def is_shown(user: Any) -> bool:
        """Whether this person may read the books."""
        return policy.BOOKS.user_has_permission(user, "view")

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return bars and sums."""
        today = shop_time.day()
        days = sales.by_day(Period(today - timedelta(days=DAYS - 1), today))
        amounts = list(days.values())
        sums = [("Today", amounts[-1]), ("Last 7 days", sum(amounts[-7:])), (f"Last {DAYS} days", sum(amounts))]
        return {
            "bars": bars(days),
            "width": WIDTH,
            "height": HEIGHT,
            "step": WIDTH // DAYS,
            "sums": [(words, rupees(amount, always_paise=True)) for words, amount in sums],
            "first": min(days),
            "best": rupees(max(amounts)),
            "has_sales": any(amounts),
            "url": reverse("shop_report_products"),
        }


def bars(days: dict[date, int]) -> list[Bar]:
    """Return a bar for each day, the best day's as high as the chart. What is more than nothing can be seen."""
    best = max(days.values()) or 1
    found = []
    for place, (day, amount) in enumerate(days.items()):
        height = max(HEIGHT * amount // best, 2 if amount else 0)
        words = f"{day:%-d %b}: {rupees(amount, always_paise=True)}"
        found.append(Bar(place * (WIDTH // len(days)), HEIGHT - height, height, words))
    return found


class OrderSearchArea(SearchArea):
    """Orders among the things that the admin's search finds."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to people who may see orders."""
        return policy.ORDERS.user_has_any_permission(request.user, policy.LOOK)
