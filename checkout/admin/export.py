"""The columns of exported orders."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog import shop_time
from catalog.money import decimal_rupees
from catalog.states import state_name
from checkout import billing
from checkout.models import Order


def local(moment: datetime | None) -> str:
    """Return a moment in the shop's time zone, sortable as text."""
    return f"{shop_time.local(moment):%Y-%m-%d %H:%M}" if moment else ""


def spaced_phone(order: Order) -> str:
    """Return the ten digits of a mobile number as people read them: 98765 43210.

    Without the + a spreadsheet does not calculate with it, and with the blank it stays text.
    """
    digits = order.phone.removeprefix("+91")
    return f"{digits[:5]} {digits[5:]}"


def _rupees(name: str) -> Callable[[Order], Decimal]:
    return lambda order: decimal_rupees(getattr(order, name)).quantize(Decimal("0.01"))


COLUMNS: dict[str, Callable[[Order], Any]] = {
    "Order": lambda order: order.number,
    "Placed": lambda order: local(order.created_at),
    "Paid": lambda order: local(order.paid_at),
    "Status": lambda order: order.get_status_display(),
    "Invoice": lambda order: order.invoice_number or "",
    "Name": lambda order: order.full_name,
    "Email": lambda order: order.email,
    "Mobile number": spaced_phone,
    "Address": lambda order: order.address_line1,
    "Area": lambda order: order.address_line2,
    "City": lambda order: order.city,
    "PIN code": lambda order: order.postcode,
    "State": lambda order: order.state_name,
    "GSTIN": lambda order: order.gstin,
    "Business": lambda order: billing.bill_to(order)["business_name"],
    "Place of supply": lambda order: state_name(billing.place_of_supply(order)),
    "Subtotal": _rupees("subtotal"),
    "Delivery": _rupees("shipping"),
    "Discount": _rupees("discount"),
    "Code": lambda order: order.coupon.code if order.coupon else "",
    "Total": _rupees("total"),
    "Carrier": lambda order: order.carrier,
    "Tracking number": lambda order: order.tracking_number,
}
"""Heading and content of each column. Amounts are rupees with two decimals, times are the shop's."""
