"""The rows of an invoice or a credit note. Their totals add up to what was paid or returned, to the paisa.

Delivery is a row of its own with the rate and the HSN code of the goods that it brings (`checkout/taxation.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.tax import included_tax
from checkout.models import Order, OrderLine, Refund
from checkout.taxation import apportion


@dataclass(frozen=True)
class Row:
    """One row of a paper. Amounts are paise, taxes included unless the name says otherwise; `rate` is basis points."""

    title: str
    sku: str
    hsn: str
    quantity: int
    price: int
    discount: int
    total: int
    rate: int

    @property
    def tax(self) -> int:
        """The tax inside the total."""
        return included_tax(self.total, self.rate)

    @property
    def taxable(self) -> int:
        """The value on which the tax is due."""
        return self.total - self.tax


def invoiced(order: Order) -> list[Row]:
    """Return the rows of an order's invoice: what was bought, then its delivery if it cost anything."""
    lines = list(order.lines.all())
    totals = [line.total for line in lines]
    shares = apportion(order.discount, [*totals, order.shipping])
    rows = [_row(line, line.quantity, share, line.total - share) for line, share in zip(lines, shares, strict=False)]
    if order.shipping:
        rows.append(_delivery(lines, order.shipping, discount=shares[-1]))
    return rows


def credited(refund: Refund, order: Order) -> list[Row]:
    """Return the rows of a refund's credit note; their totals are what it credits.

    With pieces it is for these, and what is more than they cost is for the delivery. Otherwise it lowers the price of
    everything on the invoice by the same part.
    """
    lines = {line.pk: line for line in order.lines.all()}
    returned = [(lines[item.order_line_id], item.quantity) for item in refund.lines.all()]
    if not returned:
        rows = invoiced(order)
        parts = apportion(refund.credited, [row.total for row in rows])
        return [_lowered(row, part) for row, part in zip(rows, parts, strict=True) if part]
    paid = {row.sku: row for row in invoiced(order)}
    worth = [paid[line.sku].total * quantity // line.quantity for line, quantity in returned]
    parts = apportion(min(refund.credited, sum(worth)), worth)
    rows = [_row(line, quantity, 0, part) for (line, quantity), part in zip(returned, parts, strict=True)]
    more = refund.credited - sum(parts)
    return [*rows, _delivery([line for line, _quantity in returned], more)] if more else rows


def name_of(line: OrderLine) -> str:
    """Return what a line is called on paper: its product, and its option unless the product's name has it."""
    return f"{line.title}, {line.option}" if line.option and line.option not in line.title else line.title


def _row(line: OrderLine, quantity: int, discount: int, total: int) -> Row:
    return Row(name_of(line), line.sku, line.hsn, quantity, line.unit_price, discount, total, line.gst_rate)


def _delivery(lines: Iterable[OrderLine], amount: int, *, discount: int = 0) -> Row:
    leading = max(lines, key=lambda line: line.gst_rate)
    return Row(_("Delivery"), "", leading.hsn, 1, amount, discount, amount - discount, leading.gst_rate)


def _lowered(row: Row, part: int) -> Row:
    return Row(row.title, row.sku, row.hsn, row.quantity, row.price, 0, part, row.rate)
