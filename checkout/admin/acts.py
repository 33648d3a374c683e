"""The named acts of order staff: packed, shipped, delivered. Each moves an order through `orders.advance`."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.log_actions import log

from checkout import orders
from checkout.admin import policy, queue
from checkout.carriers import CARRIERS
from checkout.fields import OneLineField
from checkout.models import Order
from checkout.status import OrderStatus, may_move


def way_back(request: HttpRequest, order: Order, title: str) -> list[dict[str, Any]]:
    """Return the links above a page on which something is done with an order."""
    return [
        {"url": queue.way_back(request), "label": "Orders"},
        {"url": reverse("orders:inspect", args=[order.pk]), "label": order.number},
        {"url": "", "label": title, "sublabel": order.number},
    ]


def parcel(carrier: str, number: str) -> dict[str, str]:
    """Return carrier and tracking number for `orders.advance`, and both as the text of the event."""
    return {"carrier": carrier, "tracking_number": number, "text": f"{carrier} {number}".strip()}


class CarrierInput(forms.TextInput):
    """A text field that suggests the usual carriers and accepts any."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the field and its suggestions."""
        list_id = f"{name}-suggestions"
        field = super().render(name, value, {**(attrs or {}), "list": list_id, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((carrier,) for carrier in CARRIERS))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class PlainForm(forms.Form):
    """Nothing to ask."""

    use_required_attribute = False

    def parcel(self) -> dict[str, str]:
        """Return what `orders.advance` shall note of the parcel."""
        return {}


class ShipForm(PlainForm):
    """Who carries the parcel."""

    carrier = OneLineField(max_length=60, widget=CarrierInput)
    tracking_number = OneLineField(
        max_length=60, required=False, help_text="The buyer gets it by email. Leave it empty when there is none."
    )

    def parcel(self) -> dict[str, str]:
        """Return carrier and tracking number."""
        return parcel(self.cleaned_data["carrier"], self.cleaned_data["tracking_number"])


@dataclass(frozen=True)
class Act:
    """What staff can do with an order. `done` is the word after it: marked packed."""

    name: str
    status: OrderStatus
    done: str
    icon: str
    tells: str
    form_class: type[PlainForm] = PlainForm

    @property
    def label(self) -> str:
        """The words on the button."""
        return f"Mark {self.done}"

    def is_open(self, order: Order) -> bool:
        """Tell whether the table of moves allows this act now."""
        return may_move(order.status, self.status)

    def refusal(self, order: Order) -> str:
        """Return why the act cannot be done with this order, as the end of a sentence."""
        already = "already " if order.status in (self.status, OrderStatus.SHIPPED, OrderStatus.DELIVERED) else ""
        return f"it is {already}{order.get_status_display().lower()}"

    def url(self, order: Order) -> str:
        """Return the address of the confirmation page."""
        return reverse("orders:act", args=[self.name, order.pk])

    def perform(self, order: Order, *, user: Any, parcel: dict[str, str]) -> Order:
        """Do it, with an entry in Wagtail's log. Raises IllegalMove. No transaction may be open."""
        moved = orders.advance(order.pk, self.status, user=user, **parcel)
        log(instance=moved, action=f"checkout.{self.name}", user=user)
        return moved


PACK = Act("pack", OrderStatus.PACKED, "packed", "check", "The buyer sees it on the order page. No email is sent.")
SHIP = Act("ship", OrderStatus.SHIPPED, "shipped", "upload", "The buyer is told by email.", ShipForm)
DELIVER = Act("deliver", OrderStatus.DELIVERED, "delivered", "home", "The buyer sees it on the order page.")
ACTS = {act.name: act for act in (PACK, SHIP, DELIVER)}


def open_acts(order: Order, user: Any) -> list[Act]:
    """Return what this person can do with this order now."""
    if not policy.ORDERS.user_has_permission(user, "ship"):
        return []
    return [act for act in ACTS.values() if act.is_open(order)]
