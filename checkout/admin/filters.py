"""Filters of the order list. Each is a query parameter, so that every filtered list is a link."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from catalog import shop_time
from catalog.models import ShopSettings
from catalog.states import State
from checkout import shipping
from checkout.models import AttentionCase, Order
from checkout.status import OrderStatus

PERIODS = [("today", "Today"), ("week", "Last 7 days"), ("month", "This month")]


def start_of(period: str) -> datetime:
    """Return the first moment of a period in the shop's time zone. "week" is today and the six days before it."""
    midnight = shop_time.local().replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        return midnight.replace(day=1)
    return midnight - timedelta(days=6) if period == "week" else midnight


def late() -> Q:
    """Match the orders that should have left the shop by the days until dispatch of its settings, or arrived by now."""
    today, days = shop_time.day(), ShopSettings.current().dispatch_days
    paid = today
    while shipping.working_days_after(paid, days) >= today:
        paid -= timedelta(days=1)
    paid_by = start_of("today") - (today - paid - timedelta(days=1))
    overdue = Q(paid_at__lt=paid_by) | Q(promised_from__lte=today)
    return Q(status__in=[OrderStatus.PAID, OrderStatus.PACKED]) & overdue


class LateFilter(django_filters.BooleanFilter):
    """Orders that are late to leave."""

    def filter(self, qs: QuerySet[Order], value: bool | None) -> QuerySet[Order]:
        """Keep the late ones, or the others."""
        if value is None:
            return qs
        return qs.filter(late()) if value else qs.exclude(late())


class AttentionFilter(django_filters.BooleanFilter):
    """Orders with a case that waits for a decision."""

    def filter(self, qs: QuerySet[Order], value: bool | None) -> QuerySet[Order]:
        """Keep those with an open case, or the others."""
        if value is None:
            return qs
        waiting = AttentionCase.objects.filter(closed_at=None, order__isnull=False).values("order")
        return qs.filter(pk__in=waiting) if value else qs.exclude(pk__in=waiting)


class PeriodFilter(django_filters.ChoiceFilter):
    """From the start of a period until now."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=PERIODS, widget=forms.RadioSelect, empty_label="Any time", **kwargs)

    def filter(self, qs: QuerySet[Order], value: str) -> QuerySet[Order]:
        """Keep what happened since the period began."""
        return qs.filter(**{f"{self.field_name}__gte": start_of(value)}) if value else qs


class OrderFilterSet(WagtailFilterSet):
    """Status, period and place of orders."""

    status = django_filters.MultipleChoiceFilter(choices=OrderStatus.choices, widget=forms.CheckboxSelectMultiple)
    late = LateFilter(label="Late to ship")
    attention = AttentionFilter(label="Needs a decision")
    period = PeriodFilter(field_name="created_at", label="Placed")
    placed = django_filters.DateFromToRangeFilter(
        field_name="created_at", label="Placed between", widget=DateRangePickerWidget
    )
    paid = PeriodFilter(field_name="paid_at", label="Paid")
    state = django_filters.MultipleChoiceFilter(
        choices=State.choices, label="Delivery state", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Order
        fields: list[str] = []
