"""Invoices and credit notes as PDF, made on demand: the same order gives the same bytes."""

from checkout.models import Order, Refund
from checkout.papers import contents, typesetting


def invoice(order: Order) -> bytes:
    """Return the GST invoice of an order that has its number. Call it outside any transaction."""
    return typesetting.pdf(contents.invoice(order))


def credit_note(refund: Refund, order: Order) -> bytes:
    """Return the credit note of a refund that has its number. Call it outside any transaction."""
    return typesetting.pdf(contents.credit_note(refund, order))
