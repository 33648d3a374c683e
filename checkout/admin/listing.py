"""The list of orders: it opens on the day's work, and is searched, filtered and exported."""

from collections import OrderedDict
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from catalog.admin.columns import RupeesColumn
from catalog.export import NeutralisedExport
from checkout.admin import policy, queue
from checkout.admin.acts import open_acts
from checkout.admin.columns import OrderStatusColumn
from checkout.admin.export import COLUMNS
from checkout.admin.filters import late
from checkout.admin.search import find
from checkout.models import Order

LIST_DISPLAY = [
    "number",
    Column("full_name", label="Buyer", sort_key="full_name", classname="shop-buyer"),
    OrderStatusColumn("status", sort_key="status"),
    RupeesColumn("total", sort_key="total", classname="shop-amount"),
    Column("state_name", label="Delivery state", sort_key="state", classname="shop-state"),
    DateColumn("created_at", label="Placed", sort_key="created_at", classname="shop-age"),
]


class OrderIndexView(NeutralisedExport, snippets.IndexView):
    """Needs the same number of queries for three orders as for one."""

    template_name = "checkout/admin/index.html"
    any_permission_required = list(policy.LOOK)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Begin the day's work with what waits longest."""
        super().setup(request, *args, **kwargs)
        if self._is_days_work():
            self.default_ordering = queue.LONGEST_WAIT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead who asks for nothing in particular to the day's work."""
        if not (request.GET or self.results_only):
            return redirect(queue.days_work())
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response if self.is_export else queue.remember(request, response)

    def get_base_queryset(self) -> QuerySet[Order]:
        """Bring along the code of each order and, for the page, whether it is late."""
        found: QuerySet[Order] = super().get_base_queryset().select_related("coupon")
        if not self.is_export:
            found = found.annotate(is_late=ExpressionWrapper(self.late, output_field=BooleanField()))
        return found.filter(queue.TO_BE_SENT) if self._is_days_work() else found

    @cached_property
    def late(self) -> Q:
        """What makes an order late now."""
        return late()

    def _is_days_work(self) -> bool:
        return bool(self.request.GET.get(queue.WORK) == queue.TO_SEND)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the day's work above the list; what replaces the rows alone does without."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context if self.results_only else {**context, "ways": queue.ways(self.request.GET, self.late)}

    def search_queryset(self, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Find orders also by the ids of their payments, and by a phone number as people write it."""
        return find(queryset, self.search_query) if self.is_searching else queryset

    def _get_title_column(self, field_name: str, **kwargs: Any) -> Any:
        column = super()._get_title_column(field_name, **kwargs)
        column.label, column._get_url_func = "Order", self.get_inspect_url
        return column

    def get_list_more_buttons(self, instance: Order) -> list[Button | MenuItem]:
        """Add what this person can do with the order now."""
        acts = open_acts(instance, self.request.user)
        return [
            *super().get_list_more_buttons(instance),
            *(
                Button(act.label, url=act.url(instance), icon_name=act.icon, priority=40 + place)
                for place, act in enumerate(acts)
            ),
        ]

    def to_row_dict(self, item: Order) -> "OrderedDict[str, Any]":
        """Return the exported columns of an order."""
        return OrderedDict((heading, column(item)) for heading, column in COLUMNS.items())

    def get_heading(self, queryset: QuerySet[Order], field: str) -> str:
        """Return the heading: columns are named by it."""
        return field
