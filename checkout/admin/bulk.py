"""Packing and shipping several orders at once, each in a transaction of its own."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect
from django.urls import reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from checkout import disputes, orders, pieces
from checkout.admin import policy
from checkout.admin.acts import PACK, SHIP, Act, CarrierInput, parcel
from checkout.fields import LinesField, OneLineField
from checkout.models import Order
from checkout.papers import labels, packing_slips


def forbid_bulk_delete(*names: str) -> None:
    """Take Wagtail's bulk deletion away from models of `checkout`: its button stands there whatever the policy says."""
    bulk_action_registry.get_bulk_actions_for_model("checkout", "")  # Makes the registry read the hooks.
    for name in names:
        bulk_action_registry.actions.get("checkout", {}).get(name, {}).pop("delete", None)


class ParcelsForm(forms.Form):
    """One carrier, and a tracking number for each order: typed into its row, or pasted with the others as a column."""

    use_required_attribute = False
    carrier = OneLineField(max_length=60, widget=CarrierInput)
    pasted = LinesField(
        label="Or paste all tracking numbers",
        max_length=5000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="One on each line, in the order of the rows. They are put there for you to look at first.",
    )

    def __init__(self, *args: Any, orders: list[Order], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orders = orders
        for order in orders:
            label = f"Tracking number of {order.number}"
            self.fields[name_of(order)] = OneLineField(label=label, max_length=60, required=False)

    def rows(self) -> list[tuple[Order, BoundField]]:
        """Return each order with the field for its number."""
        return [(order, self[name_of(order)]) for order in self.orders]

    def clean(self) -> dict[str, Any]:
        """Put what was pasted into the rows, and refuse one number for the parcels of two addresses."""
        data: dict[str, Any] = super().clean() or {}
        if lines := [line.strip() for line in data.get("pasted", "").split("\n")]:
            self._put_into_rows(lines)
        places: dict[str, Order] = {}
        for order in self.orders:
            number = data.get(name_of(order), "")
            other = places.setdefault(number, order)
            if number and _place(other) != _place(order):
                self.add_error(name_of(order), f"{other.number} has this number too, and goes to another address.")
        return data

    def parcel_of(self, order: Order) -> dict[str, str]:
        """Return what `orders.advance` shall note of this order's parcel."""
        return parcel(self.cleaned_data["carrier"], self.cleaned_data.get(name_of(order), ""))

    def _put_into_rows(self, lines: list[str]) -> None:
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) > len(self.orders):
            self.add_error("pasted", f"These are {len(lines)} lines for {len(self.orders)} orders.")
        elif any(lines):
            named = {name_of(order): line for order, line in zip(self.orders, lines, strict=False) if line}
            self.data = {**dict(self.data.items()), **named, "pasted": ""}
            self.add_error(None, "The numbers stand in the rows now. Look whether each is at its order, then confirm.")


class BulkAct(SnippetBulkAction):
    """A named act for the orders that were ticked. The confirmation names those that are left out, and why."""

    models = [Order]
    template_name = "checkout/admin/bulk.html"
    act: Act
    next_url: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse people without the permission before any order is named."""
        if not policy.ORDERS.user_has_permission(request.user, "ship"):
            raise PermissionDenied
        if self.next_url == request.path:
            self.next_url = reverse("orders:list")
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def get_queryset(cls, model: type[Order], object_ids: Any) -> list[Order]:
        """Return the ticked orders, oldest first. What is no id is left out; 404 when nothing remains."""
        ids = [each for each in map(str, object_ids) if each.isascii() and each.isdecimal() and len(each) < 19]
        return get_list_or_404(Order.objects.order_by("pk"), pk__in=ids)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[Order]:
        """Return nothing: only what somebody has seen and ticked is packed or shipped."""
        return Order.objects.none()

    def check_perm(self, obj: Order) -> bool:
        """Keep the orders that can make the move now."""
        return self.act.is_open(obj)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the act, the reasons of what is left out, and what speaks against sending the others."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        left_out = [(order, self.act.refusal(order)) for order in context["items_with_no_access"]]
        found = disputes.before_dispatch(each["item"] for each in context["items"])
        reduced = pieces.not_to_send(each["item"] for each in context["items"])
        return {**context, "act": self.act, "left_out": left_out, "disputes": found, "reduced": reduced}

    def object_context(self, snippet: Order) -> dict[str, Any]:
        """Return the order alone."""
        return {"item": snippet}

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it for each order. One that may not make the move is skipped; the others go on."""
        done, refused = [], []
        for order in self.get_actionable_objects()[0]:
            try:
                self.act.perform(order, user=self.request.user, parcel=self.parcel_of(order, form))
                done.append(order.number)
            except orders.IllegalMove as refusal:
                refused.append(str(refusal))
        self._tell(done, refused)
        return redirect(self.next_url)

    def parcel_of(self, order: Order, form: Any) -> dict[str, str]:
        """Return what `orders.advance` shall note of this order's parcel."""
        return {}

    def _tell(self, done: list[str], refused: list[str]) -> None:
        if done:
            messages.success(self.request, f"{_count(len(done))} marked {self.act.done}: {', '.join(done)}.")
        if refused:
            messages.warning(self.request, f"Nothing changed here: {' '.join(refused)}")
        if not done and not refused:
            messages.warning(self.request, f"No order could be marked {self.act.done}. Nothing changed.")


def printed(pdf: bytes, name: str) -> HttpResponse:
    """Return a PDF for the person who prints it, kept by nobody else."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store, private"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


class PackInBulk(BulkAct):
    """Mark several orders packed."""

    act = PACK
    display_name = PACK.label
    action_type = "mark_packed"
    aria_label = "Mark selected orders packed"
    action_priority = 10


class PrintInBulk(BulkAct):
    """Papers for several orders in one PDF, which opens at once: nothing changes, so nothing is confirmed."""

    http_method_names = ["get", "head"]
    act = PACK
    papers: Callable[[Sequence[Order]], bytes]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the PDF."""
        ids = request.GET.getlist("id")
        return printed(type(self).papers(self.get_queryset(Order, ids)), self.action_type)


class PrintSlips(PrintInBulk):
    """Packing slips."""

    display_name = "Print packing slips"
    action_type = "packing_slips"
    aria_label = "Print packing slips of selected orders"
    action_priority = 30
    papers = staticmethod(packing_slips)


class PrintLabels(PrintInBulk):
    """Address labels."""

    display_name = "Print labels"
    action_type = "labels"
    aria_label = "Print address labels of selected orders"
    action_priority = 40
    papers = staticmethod(labels)


class ShipInBulk(BulkAct):
    """Mark several orders shipped by one carrier."""

    act = SHIP
    display_name = SHIP.label
    action_type = "mark_shipped"
    aria_label = "Mark selected orders shipped"
    action_priority = 20
    form_class = ParcelsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for the tracking number of each order that can be shipped."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return {**kwargs, "orders": self.get_actionable_objects()[0]}

    def parcel_of(self, order: Order, form: ParcelsForm) -> dict[str, str]:
        """Return carrier and the order's own tracking number."""
        return form.parcel_of(order)


def name_of(order: Order) -> str:
    """Return the name of the field for this order's tracking number."""
    return f"tracking_{order.pk}"


def _place(order: Order) -> tuple[str, ...]:
    return order.full_name, order.address_line1, order.postcode


def _count(number: int) -> str:
    return "1 order" if number == 1 else f"{number} orders"
