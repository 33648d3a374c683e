"""Whom a bill names and where it goes, and the state in which GST is owed for it.

`Order.billing` is None as long as the bill goes to the buyer where the parcel goes. Otherwise it holds `business_name`,
the six fields of `ADDRESS`, or both.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.states import State
from checkout.models import Order

ADDRESS = ("full_name", "postcode", "address_line1", "address_line2", "city", "state")
DOUBT = _(
    "The first two digits of this GSTIN belong to another state than the bill. Check both; we take what you write."
)


def bill_to(order: Order) -> dict[str, str]:
    """Return whom the bill names: the fields of `ADDRESS`, `business_name` (may be empty) and `gstin`."""
    parcel = {name: getattr(order, name) for name in ADDRESS}
    return {**parcel, "business_name": "", **(order.billing or {}), "gstin": order.gstin}


def goes_elsewhere(order: Order) -> bool:
    """Return whether the bill goes to another address than the parcel."""
    return "address_line1" in (order.billing or {})


def place_of_supply(order: Order) -> str:
    """Return the GST code of the state where the supply takes place, which decides between IGST and CGST with SGST.

    It is where the parcel goes (IGST Act, section 10(1)(a) and (ca), with CBIC circular 209/3/2024). Where a registered
    buyer has the bill sent to one place and the parcel to another, it is the state of the registration (10(1)(b)).
    """
    registered = order.gstin[:2]
    return registered if goes_elsewhere(order) and registered in State.values else order.state


def doubt(order: Order) -> str:
    """Return a warning when the GSTIN is of another state than the bill, or nothing. It keeps nobody from paying."""
    return str(DOUBT) if order.gstin and order.gstin[:2] != bill_to(order)["state"] else ""


def in_form(order: Order) -> dict[str, Any]:
    """Return what the checkout form shows of an order's bill."""
    kept: Mapping[str, str] = order.billing or {}
    shown = {f"billing_{name}": kept.get(name, "") for name in ADDRESS}
    return {**shown, "business_name": kept.get("business_name", ""), "billing_differs": goes_elsewhere(order)}
