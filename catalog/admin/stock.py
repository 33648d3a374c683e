"""The stock screen of the admin: what is on hand, the stock book, and forms to receive and to adjust.

Nothing here writes by itself: the forms go through `catalog/stock.py`. The list is `stock_listing.py`.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.generic import View
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from catalog import stock
from catalog.admin.stock_listing import EXPORTED, LIST_DISPLAY, BookPolicy, StockFilterSet, StockIndexView, acts
from catalog.models import Stock

NEWEST_MOVEMENTS = 200


class ActForm(forms.Form):
    """What changes on the shelf, once however often it is sent."""

    key = forms.CharField(widget=forms.HiddenInput, initial=uuid.uuid4, max_length=64, required=False)

    def said(self, user: Any) -> dict[str, Any]:
        """Return the arguments that receiving and adjusting share."""
        data = self.cleaned_data
        return {"quantity": data["quantity"], "reason": data["reason"], "user": user, "key": data["key"] or None}

    def save(self, row: Stock, user: Any) -> str:
        """Do it, and return what was done. Raises StockError."""
        raise NotImplementedError


class ReceiveForm(ActForm):
    """New pieces from a maker."""

    quantity = forms.IntegerField(min_value=1, max_value=stock.LIMIT, help_text="Pieces that arrived, such as 24.")
    reason = forms.CharField(max_length=200, help_text="Such as Delivery of 3 March, invoice 118.")

    def save(self, row: Stock, user: Any) -> str:
        """Receive the pieces and return what was done."""
        stock.receive(variant=row.variant, **self.said(user))
        return f"{self.cleaned_data['quantity']} received."


class AdjustForm(ActForm):
    """A correction after counting."""

    quantity = forms.IntegerField(
        label="Difference",
        min_value=-stock.LIMIT,
        max_value=stock.LIMIT,
        help_text="-2 takes two away, 3 adds three. What is reserved for orders cannot be taken away.",
    )
    reason = forms.CharField(max_length=200, help_text="Such as Counted on 3 March, two dropped.")

    def clean_quantity(self) -> int:
        """Refuse an adjustment by nothing."""
        quantity = int(self.cleaned_data["quantity"])
        if quantity == 0:
            raise forms.ValidationError("Zero changes nothing: say by how many pieces the count differs.")
        return quantity

    def save(self, row: Stock, user: Any) -> str:
        """Adjust what is on hand and return what was done. Raises StockError when too many would go."""
        stock.adjust(variant=row.variant, **self.said(user))
        return f"Adjusted by {self.cleaned_data['quantity']:+}."


class StockActView(View):
    """One form for one stock row: shown on GET, carried out on POST, refused without its permission."""

    act = ""
    title = ""
    form_class: type[ActForm] = ReceiveForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse people without the permission of this act."""
        if not BookPolicy(Stock).user_has_permission(request.user, self.act):
            messages.error(request, "Sorry, you do not have permission to change stock.")
            return redirect("wagtailadmin_home")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the empty form."""
        return self._page(request, _row(pk), self.form_class())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry the act out, or show the form with what is wrong."""
        row, form = _row(pk), self.form_class(request.POST)
        if form.is_valid():
            try:
                done = form.save(row, request.user)
            except stock.Repeated:
                messages.info(request, f"{row.variant.sku}: this was booked when it was sent for the first time.")
                return redirect(reverse("stock:inspect", args=[row.pk]))
            except stock.StockError as error:
                form.add_error("quantity", str(error))
            else:
                messages.success(request, f"{row.variant.sku}: {done}")
                return redirect(reverse("stock:inspect", args=[row.pk]))
        return self._page(request, row, form)

    def _page(self, request: HttpRequest, row: Stock, form: forms.Form) -> HttpResponse:
        context = {"row": row, "form": form, "page_title": self.title, "back_url": reverse("stock:index")}
        return TemplateResponse(request, "catalog/admin/stock_form.html", context, status=422 if form.errors else 200)


class ReceiveView(StockActView):
    """Receive pieces."""

    act, title, form_class = "receive", "Receive stock", ReceiveForm


class AdjustView(StockActView):
    """Correct what is on hand."""

    act, title, form_class = "adjust", "Adjust stock", AdjustForm


class StockInspectView(generic.InspectView):
    """One stock row with its lines in the stock book."""

    template_name = "catalog/admin/stock_inspect.html"
    page_title = "Stock"

    def get_page_subtitle(self) -> str:
        """Name the product."""
        variant = self.object.variant
        return f"{variant.title} ({variant.sku})"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the newest movements."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["movements"] = self.object.movements.select_related("user")[:NEWEST_MOVEMENTS]
        return context

    @property
    def header_buttons(self) -> list[Any]:
        """Offer the acts that this person may do."""
        return acts(self.request.user, self.object, HeaderButton)


class StockViewSet(ModelViewSet):
    """The stock screen."""

    model = Stock
    name = "stock"
    icon = "list-ul"
    menu_label = "Stock"
    menu_order = 150
    add_to_admin_menu = True
    form_fields: list[str] = []
    index_view_class = StockIndexView
    inspect_view_enabled = True
    inspect_view_class = StockInspectView
    inspect_template_name = "catalog/admin/stock_inspect.html"
    inspect_view_fields = ["on_hand", "reserved", "available"]
    copy_view_enabled = False
    permission_policy = BookPolicy(Stock)
    ordering = ["variant__sku"]
    list_per_page = 50
    search_fields = ["variant__sku", "variant__option", "variant__page__title"]
    search_backend_name = None
    list_display = LIST_DISPLAY
    filterset_class = StockFilterSet
    list_export = EXPORTED
    export_filename = "stock"

    def get_urlpatterns(self) -> list[Any]:
        """Add the two forms."""
        return [
            *super().get_urlpatterns(),
            path("receive/<int:pk>/", ReceiveView.as_view(), name="receive"),
            path("adjust/<int:pk>/", AdjustView.as_view(), name="adjust"),
        ]


def never_received() -> QuerySet[Stock]:
    """Return the stock of what is for sale, of which no piece ever came, with its product."""
    rows = Stock.objects.filter(variant__is_active=True, movements__isnull=True)
    found: QuerySet[Stock] = rows.select_related("variant__page").order_by("variant__sku")
    return found


def _row(pk: int) -> Stock:
    return get_object_or_404(Stock.objects.select_related("variant__page"), pk=pk)
