"""What goes with a parcel: a packing slip that lies inside, and a label that sticks on it. Neither tells a price.

`slip.typ` and `label.typ` lay them out, a page for each order.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog import shop_time
from catalog.models import ShopSettings
from catalog.states import state_name
from checkout import pieces
from checkout.models import Order, OrderLine
from checkout.papers.sums import name_of
from checkout.papers.typesetting import qr


def slips(orders: Sequence[Order]) -> dict[str, Any]:
    """Return the contents of a packing slip for each order, in their order."""
    lines = defaultdict(list)
    for line in pieces.count(OrderLine.objects.filter(order__in=orders)).order_by("pk"):
        lines[line.order_id].append(line)
    return {**_shop(), "title": _("Packing slip"), "pages": [_slip(order, lines[order.pk]) for order in orders]}


def labels(orders: Sequence[Order]) -> dict[str, Any]:
    """Return the contents of an address label for each order, in their order."""
    return {**_shop(), "title": _("Address label"), "pages": [_label(order) for order in orders]}


def _shop() -> dict[str, Any]:
    shop = ShopSettings.current()
    lines = [*_with_state(shop.address.splitlines(), state_name(shop.state)), shop.phone]
    return {
        "timestamp": timezone.now().timestamp(),
        "sender": {"name": shop.legal_name or shop.shop_name, "lines": [line for line in lines if line.strip()]},
    }


def _slip(order: Order, lines: Sequence[Any]) -> dict[str, Any]:
    paid = format_date(shop_time.local(order.paid_at), "j M Y") if order.paid_at else ""
    count = sum(line.left for line in lines)
    facts = [(_("Order"), order.number), (_("Paid"), paid), (_("Invoice"), order.invoice_number or "")]
    return {
        "number": order.number,
        "to": _receiver(order),
        "facts": [fact for fact in facts if fact[1]],
        "columns": [_("Pieces"), _("SKU"), _("Model"), ""],
        "rows": [_row(line) for line in lines if line.left],
        "left_out": [
            _("%(pieces)d of %(sku)s is not sent: it was refunded.") % {"pieces": line.gone, "sku": line.sku}
            for line in lines
            if line.gone
        ],
        "count": ngettext("%(pieces)d piece", "%(pieces)d pieces", count) % {"pieces": count},
    }


def _row(line: Any) -> list[str]:
    return [str(line.left), line.sku, name_of(line)]


def _label(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "qr": qr(order.number),
        "to": _receiver(order),
        "to_label": _("To"),
        "from_label": _("From"),
        "paid": _("Prepaid: collect nothing"),
        "carrier": " ".join(part for part in (order.carrier, order.tracking_number) if part),
    }


def _receiver(order: Order) -> dict[str, Any]:
    digits = order.phone.removeprefix("+91")
    lines = _with_state([order.address_line1, order.address_line2, order.city], order.state_name)
    return {
        "name": order.full_name,
        "lines": [line for line in lines if line],
        "postcode": f"{order.postcode[:3]} {order.postcode[3:]}",
        "phone": f"+91 {digits[:5]} {digits[5:]}",
    }


def _with_state(lines: list[str], state: str) -> list[str]:
    """Return an address with its state, unless its last line ends with that: Delhi lies in Delhi."""
    return lines if lines and lines[-1].casefold().rstrip(" .").endswith(state.casefold()) else [*lines, state]
