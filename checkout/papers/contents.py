"""What an invoice or a credit note says: every text and number on it, in order. `paper.typ` only lays it out.

CGST Rules, rule 46 (invoice) and rule 53 (credit note).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from catalog import shop_time
from catalog.money import percent, rupees
from catalog.states import State, state_name
from catalog.tax import Split, split
from checkout.billing import ADDRESS
from checkout.models import Order, Refund
from checkout.papers.sums import Row, credited, invoiced
from checkout.papers.typesetting import qr
from checkout.papers.words import in_words

Heads = list[tuple[str, str]]

# Union territories without a legislature: their own half of the tax has another name (UTGST Act, 2017).
WITHOUT_LEGISLATURE = {
    State.ANDAMAN_AND_NICOBAR_ISLANDS,
    State.CHANDIGARH,
    State.DADRA_AND_NAGAR_HAVELI_AND_DAMAN_AND_DIU,
    State.LADAKH,
    State.LAKSHADWEEP,
}


def invoice(order: Order) -> dict[str, Any]:
    """Return the contents of the invoice of an order that has a number."""
    parties: Any = order.parties
    title = _("Tax invoice") if parties["seller"]["gstin"] else _("Invoice")
    paid = _("%(moment)s, online") % {"moment": _moment(order.paid_at)}
    facts = [
        (_("Invoice date"), _day(order.paid_at)),
        (_("Order"), order.number),
        (_("Paid"), paid if order.total else _("Nothing to pay")),
    ]
    return {
        **_paper(order, title, str(order.invoice_number), order.paid_at, invoiced(order)),
        "facts": facts,
        "total_label": _("Total paid") if order.total else _("Total"),
        "notes": [_("Prices include all taxes.")],
    }


def credit_note(refund: Refund, order: Order) -> dict[str, Any]:
    """Return the contents of the credit note of a refund that has a number."""
    facts = [
        (_("Credit note date"), _day(refund.processed_at)),
        (_("For invoice"), str(order.invoice_number)),
        (_("Invoice date"), _day(order.paid_at)),
        (_("Order"), order.number),
    ]
    notes = [_("The value and the tax of the invoice are lowered by these amounts.")]
    reason = [_("Reason: %(reason)s") % {"reason": refund.reason}] if refund.reason else []
    rows = credited(refund, order)
    return {
        **_paper(order, _("Credit note"), str(refund.credit_note_number), refund.processed_at, rows),
        "facts": facts,
        "total_label": _("Total returned"),
        "notes": [*reason, *notes],
    }


def _paper(order: Order, title: str, number: str, moment: datetime | None, rows: Sequence[Row]) -> dict[str, Any]:
    parties: Any = order.parties
    seller, buyer = parties["seller"], parties["buyer"]
    # Invoices from before 0127 were billed where they were delivered.
    bill_to, supply = parties.get("bill_to", buyer), parties.get("place_of_supply", buyer["state"])
    is_elsewhere = any(bill_to[name] != buyer[name] for name in ADDRESS)
    name = seller["legal_name"] or seller["shop_name"]
    total, url = sum(row.total for row in rows), settings.SITE_URL + order.get_absolute_url()
    return {
        "title": title,
        "number": number,
        "timestamp": moment.timestamp() if moment else 0,
        "shop": seller["shop_name"],
        "seller": {"label": _("Sold by"), "name": name, "lines": _seller_lines(seller)},
        "buyer": _party(_("Billed to") if is_elsewhere else _("Billed and delivered to"), bill_to),
        "delivery": _party(_("Delivered to"), {**buyer, "gstin": ""}) if is_elsewhere else None,
        "supply": [(_("Place of supply"), _state(supply)), (_("Reverse charge"), _("No"))],
        **_table(rows, seller["state"], supply),
        "total": _money(total),
        "words": in_words(total),
        "signature": (_("For %(seller)s") % {"seller": name}, _("Authorised signatory")),
        "url": url,
        "qr": qr(url),
        "follow": _("Your order"),
        "page": _("Page"),
        "of": _("of"),
    }


def _seller_lines(seller: dict[str, str]) -> list[str]:
    gstin = f"GSTIN {seller['gstin']}" if seller["gstin"] else ""
    lines = [*seller["address"].splitlines(), _state(seller["state"]), gstin, seller["email"], seller["phone"]]
    return [line for line in lines if line.strip()]


def _party(label: str, who: dict[str, str]) -> dict[str, Any]:
    business = who.get("business_name", "")
    lines = _address_lines(who)
    return {
        "label": label,
        "name": business or who["full_name"],
        "lines": [who["full_name"], *lines] if business else lines,
    }


def _address_lines(buyer: dict[str, str]) -> list[str]:
    place = f"{buyer['city']} {buyer['postcode']}".strip()
    gstin = f"GSTIN {buyer['gstin']}" if buyer["gstin"] else ""
    lines = [buyer["address_line1"], buyer["address_line2"], place, _state(buyer["state"]), gstin]
    return [line for line in lines if line]


def _heads(seller_state: str, supply_state: str) -> Heads:
    """Return the heads of the tax that apply, each with its name on paper and in `catalog.tax.Split`."""
    if seller_state != supply_state:
        return [("IGST", "igst")]
    return [("CGST", "cgst"), ("UTGST" if seller_state in WITHOUT_LEGISLATURE else "SGST", "sgst")]


def _table(rows: Sequence[Row], seller_state: str, supply_state: str) -> dict[str, Any]:
    """Return columns, rows and sums. A cell is a list of its lines: the first in full size, the others small."""
    heads = _heads(seller_state, supply_state)
    taxes = [split(row.tax, seller_state, supply_state) for row in rows]
    has_discount = any(row.discount for row in rows)
    before = ["#", _("Description"), "HSN", _("Qty"), _("Price"), *([_("Discount")] if has_discount else [])]
    return {
        "columns": [*before, _("Taxable value"), *(name for name, _field in heads), _("Total")],
        "rows": [
            [[str(place)], *_cells(row, tax, heads, has_discount=has_discount)]
            for place, (row, tax) in enumerate(zip(rows, taxes, strict=True), 1)
        ],
        "sums": [
            (_("Taxable value"), _money(sum(row.taxable for row in rows))),
            *((name, _money(sum(getattr(tax, field) for tax in taxes))) for name, field in heads),
        ],
    }


def _cells(row: Row, tax: Split, heads: Heads, *, has_discount: bool) -> list[list[str]]:
    return [
        [row.title, row.sku],
        [row.hsn],
        [str(row.quantity), "NOS" if row.sku else ""],
        [_money(row.price)],
        *([[_money(row.discount)]] if has_discount else []),
        [_money(row.taxable)],
        *([_money(getattr(tax, field)), percent(row.rate, len(heads))] for _name, field in heads),
        [_money(row.total)],
    ]


def _money(paise: int) -> str:
    return rupees(paise, always_paise=True)


def _state(code: str) -> str:
    return f"{state_name(code)} ({code})"


def _day(moment: datetime | None) -> str:
    return format_date(shop_time.local(moment), "j M Y") if moment else ""


def _moment(moment: datetime | None) -> str:
    return f"{_day(moment)}, {format_date(shop_time.local(moment), 'g:i A').lower()}" if moment else ""
