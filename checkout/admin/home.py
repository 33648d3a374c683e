"""The figures of the day on the admin's first page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.search import SearchArea
from wagtail.admin.site_summary import SummaryItem

from catalog.money import rupees
from checkout import attention
from checkout.admin import policy
from checkout.admin.filters import start_of
from checkout.models import Order
from checkout.status import OrderStatus


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


def figures(user: Any) -> list[Figure]:
    """Return the figures that this person may see. Amounts are orders paid since midnight in the shop's time zone."""
    if not policy.ORDERS.user_has_any_permission(user, policy.LOOK):
        return []
    sums = Order.objects.aggregate(
        paid=Sum("total", filter=Q(paid_at__gte=start_of("today"))),
        to_pack=Count("pk", filter=Q(status=OrderStatus.PAID)),
    )
    orders = reverse("orders:list")
    found = [
        Figure("clipboard-list", rupees(sums["paid"] or 0, always_paise=True), "paid today", f"{orders}?paid=today"),
        Figure("check", str(sums["to_pack"]), "to pack", f"{orders}?status=paid"),
    ]
    if policy.CASES.user_has_any_permission(user, policy.LOOK):
        waiting = attention.count_open()
        words = "needs attention" if waiting == 1 else "need attention"
        found.append(Figure("warning", str(waiting), words, f"{reverse('attention:index')}?state=open"))
    return found


class OrderSearchArea(SearchArea):
    """Orders among the things that the admin's search finds."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to people who may see orders."""
        return policy.ORDERS.user_has_any_permission(request.user, policy.LOOK)
