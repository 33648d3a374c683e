"""The list of stock: every SKU with what is on hand, what is short first when it is asked for, and its export."""

from collections import OrderedDict
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import ButtonsColumnMixin, Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import BaseButton, HeaderButton, ListingButton
from wagtail.permission_policies import ModelPermissionPolicy

from catalog.admin.columns import Shown, StateColumn
from catalog.admin.uploads import may_upload
from catalog.availability import availability, few
from catalog.export import NeutralisedExport
from catalog.models import ShopSettings, Stock, StockMovement, Upload

TONES = {"ok": "delivered", "warn": "pending", "danger": "failed"}
EXPORTED = ["SKU", "Product", "On hand", "Reserved", "Free"]


class BookPolicy(ModelPermissionPolicy):
    """Nobody adds, changes or deletes stock rows by form, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Allow to look, and the two named acts."""
        return action in ("view", "receive", "adjust") and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Return whether one of the actions is allowed."""
        return any(self.user_has_permission(user, action) for action in actions)


def acts(user: Any, row: Stock, button: type[BaseButton]) -> list[Any]:
    """Return a button for each act that this person may do with a row."""
    allowed, sku = BookPolicy(Stock), row.variant.sku
    known = [("receive", _("Receive")), ("adjust", _("Adjust"))]
    return [
        button(
            words,
            url=reverse(f"stock:{act}", args=[row.pk]),
            attrs={"aria-label": f"{words} {sku}"},
            priority=place,
        )
        for place, (act, words) in enumerate(known)
        if allowed.user_has_permission(user, act)
    ]


class SkuColumn(ButtonsColumnMixin, TitleColumn):
    """The SKU, and below it what may be done: a telephone shows the first column alone."""

    def get_buttons(self, instance: Any, parent_context: Any) -> list[Any]:
        """Return the acts of this row."""
        return list(instance.acts)


class StockFilterSet(WagtailFilterSet):
    """What is short. From which number on there are few is a setting of the shop."""

    level = django_filters.ChoiceFilter(
        label=_("Stock"),
        choices=[("low", _("Few left")), ("none", _("None")), ("short", _("Few or none"))],
        widget=forms.RadioSelect,
        empty_label=_("Any"),
        method="by_level",
    )
    for_sale = django_filters.BooleanFilter(label=_("For sale"), method="by_sale")

    class Meta:
        model = Stock
        fields: list[str] = []

    def by_level(self, rows: QuerySet[Stock], name: str, value: str) -> QuerySet[Stock]:
        """Keep what has so few free pieces. What never had stock has not run short."""
        low = few(ShopSettings.current().low_stock_threshold, "variant__")
        has_come = Exists(StockMovement.objects.filter(stock=OuterRef("pk")))
        wanted = {"low": Q(free__gt=0, free__lte=low), "none": Q(free__lte=0), "short": Q(has_come, free__lte=low)}
        return rows.filter(wanted[value])

    def by_sale(self, rows: QuerySet[Stock], name: str, value: bool) -> QuerySet[Stock]:
        """Keep what shoppers can see, or what they cannot."""
        seen = Q(variant__is_active=True, variant__page__live=True)
        return rows.filter(seen if value else ~seen)


class StockIndexView(NeutralisedExport, generic.IndexView):
    """The list of everything that can be sold, with what is on hand."""

    def get_base_queryset(self) -> QuerySet[Stock]:
        """Read SKU and product with the row."""
        rows: QuerySet[Stock] = super().get_base_queryset().select_related("variant__page")
        return rows.annotate(free=F("on_hand") - F("reserved"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say of each row what shoppers would read, and what this person may do."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        threshold = ShopSettings.for_request(self.request).low_stock_threshold
        for row in context["object_list"]:
            words = availability(row, threshold=threshold)
            row.level = Shown(TONES[words.tone], words.text)
            row.acts = acts(self.request.user, row, ListingButton)
        return context

    @property
    def header_buttons(self) -> list[Any]:
        """Offer the upload to people who may adjust stock."""
        found: list[Any] = [*super().header_buttons]
        if may_upload(self.request.user, Upload.Kind.STOCKTAKE):
            url = reverse("uploads:start", args=[Upload.Kind.STOCKTAKE])
            found.append(HeaderButton(_("Stocktake"), url=url, icon_name="clipboard-list"))
        return found

    def to_row_dict(self, item: Any) -> "OrderedDict[str, Any]":
        """Return the exported columns: a sheet on which shelves can be counted."""
        values = [item.variant.sku, item.variant.title, item.on_hand, item.reserved, item.available]
        return OrderedDict(zip(EXPORTED, values, strict=True))

    def get_heading(self, queryset: QuerySet[Stock], field: str) -> str:
        """Return the heading: columns are named by it."""
        return field


LIST_DISPLAY = [
    SkuColumn(
        "sku",
        label="SKU",
        accessor="variant.sku",
        sort_key="variant__sku",
        get_url=lambda row: reverse("stock:inspect", args=[row.pk]),
    ),
    Column("title", label=_("Product"), accessor="variant.title", sort_key="variant__page__title"),
    Column("on_hand", label=_("On hand"), sort_key="on_hand"),
    Column("reserved", label=_("Reserved"), sort_key="reserved"),
    Column("free", label=_("Free"), sort_key="free"),
    StateColumn("level", label=_("Shoppers read")),
]
