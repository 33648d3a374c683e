"""The list of products in the admin: found, filtered, exported, and changed several at once."""

from collections import OrderedDict
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import page_permission_policy

from catalog.admin.columns import PictureColumn, PricesColumn, StateColumn
from catalog.admin.product_rows import COLUMNS, annotated, filled, with_few
from catalog.admin.uploads import may_upload
from catalog.export import NeutralisedExport
from catalog.models import Brand, Genre, ProductPage, ShopSettings, Upload, Variant

STATES = [
    ("live", _("Live")),
    ("sold_out", _("Sold out")),
    ("changed", _("Live, with changes")),
    ("scheduled", _("Scheduled")),
    ("draft", _("Draft")),
]
STOCKS = [("plenty", _("Plenty")), ("low", _("Few left")), ("none", _("None"))]


def in_state(state: str) -> Q:
    """Return the condition that a product is in this state."""
    return {
        "live": Q(live=True, free_pieces__gt=0),
        "sold_out": Q(live=True, free_pieces__lte=0),
        "changed": Q(live=True, has_unpublished_changes=True),
        "scheduled": Q(live=False, _approved_schedule=True),
        "draft": Q(live=False, _approved_schedule=False),
    }[state]


class ProductFilterSet(WagtailFilterSet):
    """State, maker, genre, scale and stock."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=STATES, widget=forms.CheckboxSelectMultiple, method="by_state"
    )
    stock = django_filters.ChoiceFilter(
        label=_("Stock"), choices=STOCKS, widget=forms.RadioSelect, empty_label=_("Any"), method="by_stock"
    )
    brand = django_filters.ModelMultipleChoiceFilter(
        label=_("Maker"), queryset=Brand.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    genre = django_filters.ModelMultipleChoiceFilter(
        label=_("Genre"), queryset=Genre.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    scale = django_filters.MultipleChoiceFilter(
        label=_("Scale"), choices=ProductPage.Scale.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ProductPage
        fields: list[str] = []

    def by_state(self, products: QuerySet[ProductPage], name: str, states: list[str]) -> QuerySet[ProductPage]:
        """Keep what is in one of the states."""
        query = Q()
        for state in states:
            query |= in_state(state)
        return products.filter(query)

    def by_stock(self, products: QuerySet[ProductPage], name: str, value: str) -> QuerySet[ProductPage]:
        """Keep what has so much; from which number on there are few is a setting of the shop, or of the variant."""
        low = F("few_pieces")
        wanted = {
            "plenty": Q(free_pieces__gt=low),
            "low": Q(free_pieces__gt=0, free_pieces__lte=low),
            "none": Q(free_pieces__lte=0),
        }
        return with_few(products, ShopSettings.current().low_stock_threshold).filter(wanted[value])


class ProductIndexView(NeutralisedExport, IndexView):
    """Needs the same number of queries for a thousand products as for ten."""

    template_name = "catalog/admin/products.html"

    def get_base_queryset(self) -> Any:
        """Add price and stock."""
        return annotated(super().get_base_queryset())

    def search_queryset(self, queryset: QuerySet[ProductPage]) -> QuerySet[ProductPage]:
        """Find products by title, of the draft too, and by SKU."""
        if not self.is_searching:
            return queryset
        text = self.search_query
        skus = Variant.objects.filter(page_id=OuterRef("pk"), sku__icontains=text)
        return queryset.filter(Q(title__icontains=text) | Q(draft_title__icontains=text) | Exists(skus))

    def order_queryset(self, queryset: Any) -> Any:
        """Order by the column that was clicked, or by what was edited last; there is no relevance here."""
        column = (self.ordering or self.default_ordering).removeprefix("-")
        order = (
            F(column).desc(nulls_last=True) if str(self.ordering).startswith("-") else F(column).asc(nulls_first=True)
        )
        return queryset.order_by(order, "-pk")

    def get_ordering(self) -> str:
        """Return the column to order by."""
        wanted = self.request.GET.get("ordering", self.default_ordering)
        return str(wanted if wanted in self.get_valid_orderings() else self.default_ordering)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read what the page of the list shows of its products."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        list(filled(context["object_list"]))
        return context

    @property
    def header_buttons(self) -> list[Any]:
        """Offer the upload to people who may add products."""
        found: list[Any] = [*super().header_buttons]
        if may_upload(self.request.user, Upload.Kind.PRODUCTS):
            url = reverse("uploads:start", args=[Upload.Kind.PRODUCTS])
            found.append(HeaderButton(_("Import products"), url=url, icon_name="upload"))
        return found

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        """Export the products with what the list shows of them."""
        return super().as_spreadsheet(filled(queryset, "brand", "genre", "hsn"), spreadsheet_format)

    def to_row_dict(self, item: Any) -> "OrderedDict[str, Any]":
        """Return the exported columns of a product."""
        return OrderedDict((heading, column(item)) for heading, column in COLUMNS.items())

    def get_heading(self, queryset: Any, field: str) -> str:
        """Return the heading: columns are named by it."""
        return field


class ProductMenuItem(MenuItem):
    """Shown to people who may do something with pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask what the list itself asks."""
        wanted = ProductIndexView.any_permission_required
        return bool(page_permission_policy.user_has_any_permission(request.user, wanted))


class ProductListing(PageListingViewSet):
    """The products."""

    model = ProductPage
    name = "products"
    icon = "pick"
    menu_label = _("Products")
    menu_order = 140
    add_to_admin_menu = True
    menu_item_class = ProductMenuItem
    index_view_class = ProductIndexView
    filterset_class = ProductFilterSet
    list_export = list(COLUMNS)
    export_filename = "products"
    columns = [
        BulkActionsColumn("bulk_actions"),
        PictureColumn("picture", label=_("Picture")),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("skus", label=_("SKU"), classname="shop-skus"),
        PricesColumn("lowest_price", label=_("Price"), sort_key="lowest_price", classname="shop-amount"),
        Column("free_pieces", label=_("Available"), sort_key="free_pieces", classname="shop-amount"),
        StateColumn("state", label=_("State")),
        DateColumn("latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at"),
    ]
