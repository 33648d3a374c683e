"""The reports in the admin's Reports menu: each a table for a time, with its sums, as a page and as a spreadsheet."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView

from catalog.export import NeutralisedExport
from checkout.admin.reports import REPORTS, Report
from checkout.models import LedgerEntry
from checkout.reports.period import NAMED, Period, TooLong, named

USUAL = "month"


def unfiltered(queryset: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
    """Leave the choice of rows to the report, which is given the period."""
    return queryset


class PeriodFilterSet(WagtailFilterSet):
    """A named period, or two dates. The dates win."""

    period = django_filters.ChoiceFilter(
        choices=NAMED, label="Time", widget=forms.RadioSelect, empty_label=None, method=unfiltered
    )
    days = django_filters.DateFromToRangeFilter(label="Between", widget=DateRangePickerWidget, method=unfiltered)

    class Meta:
        model = LedgerEntry
        fields: list[str] = []

    def chosen(self) -> Period:
        """Return the period that was asked for. Raises TooLong."""
        values = self.form.cleaned_data if self.is_valid() else {}
        days = values.get("days")
        if days and (days.start or days.stop):
            first = (days.start or days.stop).date()
            last = (days.stop or days.start).date()
            return Period(min(first, last), max(first, last))
        return named(values.get("period") or USUAL)


class ShopReportView(NeutralisedExport, ReportView):
    """One report. A time that is too long is told, and shown is this month."""

    report: Report = REPORTS[0]
    results_template_name = "checkout/admin/report_results.html"
    any_permission_required = ["view"]
    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take title and rules from the report."""
        super().setup(request, *args, **kwargs)
        self.permission_policy = self.report.policy
        self.page_title, self.header_icon = self.report.title, self.report.icon
        self.columns = [field.column() for field in self.report.fields]
        self.list_export = [field.label for field in self.report.fields]
        self.filterset_class = PeriodFilterSet if self.report.has_period else None
        self.index_url_name = f"shop_report_{self.report.slug}"
        self.index_results_url_name = f"{self.index_url_name}_results"
        self.problem = ""

    @cached_property
    def period(self) -> Period:
        """The time that it is about."""
        try:
            return self.filters.chosen() if self.filters else named(USUAL)
        except TooLong as error:
            self.problem = str(error)
            return named(USUAL)

    def get_filtered_queryset(self) -> Sequence[Any] | QuerySet[Any]:
        """Return the rows of the time."""
        return self.report.rows(self.period)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what it is about and its sums."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        summed = [field for field in self.report.fields if field.is_summed]
        sums = [
            (field.label, field.shown(sum(getattr(row, field.name) for row in self.object_list))) for field in summed
        ]
        return {
            **context,
            "about": self.report.about,
            "period": self.period if self.report.has_period else "",
            "problem": self.problem,
            "sums": sums if self.object_list else [],
        }

    def get_filename(self) -> str:
        """Return a name that tells report and time apart."""
        days = f"-{self.period.first}-to-{self.period.last}" if self.report.has_period else ""
        return f"{self.report.slug}{days}"

    def to_row_dict(self, item: Any) -> "OrderedDict[str, Any]":
        """Return the exported cells of a row."""
        row = zip(self.report.fields, self.columns, strict=True)
        return OrderedDict((field.label, field.exported(Column.get_value(column, item))) for field, column in row)

    def get_heading(self, queryset: Any, field: str) -> str:
        """Return the heading: columns are named by it."""
        return field


class ReportMenuItem(MenuItem):
    """A report in the menu, for those who may read it."""

    def __init__(self, report: Report, order: int) -> None:
        super().__init__(report.title, report.url, name=f"shop-{report.slug}", icon_name=report.icon, order=order)
        self.report = report

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person may read it."""
        return bool(self.report.policy.user_has_any_permission(request.user, ["view"]))


def urls() -> list[URLPattern]:
    """Return the addresses of all reports."""
    found = []
    for report in REPORTS:
        name, base = f"shop_report_{report.slug}", f"reports/shop/{report.slug}/"
        found += [
            path(base, ShopReportView.as_view(report=report), name=name),
            path(f"{base}results/", ShopReportView.as_view(report=report, results_only=True), name=f"{name}_results"),
        ]
    return found
