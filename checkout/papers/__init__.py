"""Invoices, credit notes, packing slips and labels as PDF, made on demand."""

from collections.abc import Sequence

from checkout.models import Order, Refund
from checkout.papers import contents, parcels, typesetting


def invoice(order: Order) -> bytes:
    """Return the GST invoice of an order that has its number. Call it outside any transaction."""
    return typesetting.pdf(contents.invoice(order))


def credit_note(refund: Refund, order: Order) -> bytes:
    """Return the credit note of a refund that has its number. Call it outside any transaction."""
    return typesetting.pdf(contents.credit_note(refund, order))


def packing_slips(orders: Sequence[Order]) -> bytes:
    """Return a packing slip for each order: what is still to be sent, without prices."""
    return typesetting.pdf(parcels.slips(orders), "slip")


def labels(orders: Sequence[Order]) -> bytes:
    """Return an address label of 100 by 150 mm for each order."""
    return typesetting.pdf(parcels.labels(orders), "label")
