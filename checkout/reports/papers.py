"""The invoices and credit notes of a time, row by row, in a number of queries that does not grow with them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from catalog.models import ShopSettings
from checkout.models import Order, Refund
from checkout.papers.sums import Row, credited, invoiced
from checkout.reports.period import Period

# Orders whose lines are read together.
CHUNK = 2_000


@dataclass(frozen=True)
class Paper:
    """An invoice, or a credit note (`sign` is -1: what it says is taken off). States are GST codes.

    `supply_state` is the place of supply, and `sent_to` where the parcel went.
    `names_pieces` is False for a credit note that only lowers the price of everything.
    """

    number: str
    order: Order
    rows: list[Row]
    sign: int
    seller_state: str
    supply_state: str
    sent_to: str
    is_business: bool
    names_pieces: bool = True


def of(period: Period) -> Iterator[Paper]:
    """Yield each invoice and each credit note that was numbered in this time."""
    home = ShopSettings.current().state
    for order in invoices(period).prefetch_related("lines").iterator(chunk_size=CHUNK):
        yield _paper(str(order.invoice_number), order, invoiced(order), 1, home)
    for refund in credit_notes(period).iterator(chunk_size=CHUNK):
        if sold := refund.payment.order:
            paper = _paper(str(refund.credit_note_number), sold, credited(refund, sold), -1, home)
            yield paper if refund.lines.all() else replace(paper, names_pieces=False)


def invoices(period: Period) -> QuerySet[Order]:
    """Return the orders whose invoice is of this time."""
    return Order.objects.filter(**period.of("paid_at"), invoice_number__isnull=False).order_by("paid_at", "pk")


def credit_notes(period: Period) -> QuerySet[Refund]:
    """Return the refunds whose credit note is of this time, with what their rows are made of."""
    numbered = Refund.objects.filter(**period.of("processed_at"), credit_note_number__isnull=False)
    return (
        numbered.select_related("payment__order")
        .prefetch_related("lines", "payment__order__lines")
        .order_by("processed_at", "pk")
    )


def _paper(number: str, order: Order, rows: list[Row], sign: int, home: str) -> Paper:
    # What the invoice says of its parties outlives the settings; orders of before it was kept are as they are now.
    parties: Any = order.parties or {"seller": {"state": home}, "buyer": {"state": order.state, "gstin": order.gstin}}
    seller, buyer = parties["seller"], parties["buyer"]
    supply = parties.get("place_of_supply", buyer["state"])
    return Paper(number, order, rows, sign, seller["state"], supply, buyer["state"], bool(buyer.get("gstin")))
