"""What shoppers wait for, as a report: it tells an editor what to buy again, and names nobody."""

from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from catalog.admin.columns import RupeesColumn
from catalog.export import neutralised
from catalog.models import Variant
from catalog.money import decimal_rupees
from checkout.admin.export import local
from checkout.admin.policy import NamedActsPolicy
from home.models import StockRequest

POLICY = NamedActsPolicy(StockRequest, {"view"})


class WantedReport(ReportView):
    """Variants that somebody waits for, what is worth most first."""

    page_title = _("Waited for")
    header_icon = "time"
    index_url_name = "wanted_report"
    index_results_url_name = "wanted_report_results"
    permission_policy = POLICY
    any_permission_required = ["view"]
    is_searchable = False
    columns = [
        TitleColumn(
            "title",
            label=_("Model"),
            get_url=lambda variant: reverse("wagtailadmin_pages:edit", args=[variant.page_id]),
        ),
        Column("sku", label=_("SKU")),
        Column("waiting", label=_("Waiting")),
        DateColumn("since", label=_("Since")),
        RupeesColumn("price", label=_("Price")),
        RupeesColumn("worth", label=_("Price × waiting")),
    ]
    list_export = ["sku", "title", "waiting", "since", "price", "worth"]
    export_headings = {
        "sku": _("SKU"),
        "title": _("Model"),
        "waiting": _("Waiting"),
        "since": _("Since"),
        "price": _("Price"),
        "worth": _("Price × waiting"),
    }
    export_filename = "waited-for"

    def get_queryset(self) -> QuerySet[Variant]:
        """Return the variants with how many wait, since when, and for how many paise."""
        open_requests = Q(requests__isnull=False, requests__sent_at=None)
        counted = Variant.objects.annotate(
            waiting=Count("requests", filter=open_requests), since=Min("requests__created_at", filter=open_requests)
        )
        found: QuerySet[Variant] = counted.filter(waiting__gt=0).annotate(worth=F("waiting") * F("price"))
        return found.select_related("page").order_by("-worth", "sku")

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Write rupees and the shop's time, and no text that a spreadsheet would calculate with."""
        if field in ("price", "worth"):
            return decimal_rupees(value)
        return (
            local(value)
            if field == "since"
            else neutralised(super().preprocess_field_value(field, value, export_format))
        )


class WantedMenuItem(MenuItem):
    """The report in the menu, for people who may see it."""

    def is_shown(self, request: Any) -> bool:
        """Return whether this person may see the report."""
        return POLICY.user_has_permission(request.user, "view")


def menu_item() -> MenuItem:
    """Return the report's entry in the menu."""
    return WantedMenuItem(WantedReport.page_title, reverse("wanted_report"), icon_name="time", order=850)


def urls() -> list[Any]:
    """Return the report's addresses."""
    return [
        path("reports/waited-for/", WantedReport.as_view(), name="wanted_report"),
        path("reports/waited-for/results/", WantedReport.as_view(results_only=True), name="wanted_report_results"),
    ]
