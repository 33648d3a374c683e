"""A stocktake: what was counted becomes a correction of the stock book, SKU by SKU.

The difference is fixed when the table comes in. What the shop sells between that moment and the confirmation is so
counted neither twice nor not at all.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from catalog import stock
from catalog.models import Stock, Variant
from catalog.uploads import cells
from catalog.uploads.columns import Column, matched, values_of
from catalog.uploads.lines import Line, Note, Outcome, RowError
from catalog.uploads.table import Row, Table, UnreadableTable

COLUMNS = (
    Column("sku", "SKU", "CG43-TX-0007", lambda text: text.upper(), "product code,item code,article,code"),
    Column("counted", "Counted", "24", cells.whole, "count"),
    Column("reason", "Reason", "Two dropped", cells.line, "why,remark,note"),
)
TWICE = object()


class CountedRows:
    """The rows of one stocktake."""

    def __init__(self, table: Table, *, name: str, user: Any = None) -> None:
        self.columns = matched(table.headings, COLUMNS)
        if not any(column.field == "counted" for column in self.columns.values()):
            raise UnreadableTable(
                _("There is no column “Counted”. The first row must hold the headings of the template.")
            )
        self.table, self.name, self.user = table, name, user

    def remarks(self) -> list[str]:
        """Return nothing: the exported list of stock has columns of its own, which a count leaves as they are."""
        return []

    def check(self) -> Iterator[Line]:
        """Compare each row with the stock book as it is at this moment."""
        read = [(row, *values_of(row, self.columns)) for row in self.table.rows]
        skus = {values["sku"] for _row, values, _problems in read if values.get("sku")}
        known = Variant.objects.select_related("page", "stock").in_bulk(sorted(skus), field_name="sku")
        for row, values, problems in read:
            sku = str(values.get("sku", ""))
            line = Line(row.number, sku=sku[:40])
            try:
                _compare(known.get(sku), values, problems, line)
            except RowError as error:
                line.outcome, line.notes = Outcome.BAD, error.notes
            else:
                # A second count of the same SKU finds none.
                known[sku] = TWICE
            yield line

    def carry_out(self, row: Row, difference: int = 0) -> Line:
        """Correct the stock by the difference that was found when the table came in."""
        values, _problems = values_of(row, self.columns)
        variant = Variant.objects.select_related("page").filter(sku=values.get("sku", "")).first()
        line = Line(row.number, sku=str(values.get("sku", ""))[:40], difference=difference)
        if variant is None or not difference:
            return line
        line.title = variant.title
        reason = f"{_('Stocktake')} {self.name}: {values.get('reason', '')}".strip(" :")[:200]
        try:
            stock.adjust(variant=variant, quantity=difference, reason=reason, user=self.user)
        except stock.StockError as error:
            line.outcome, line.notes = Outcome.BAD, [Note(_("Counted"), str(error))]
            return line
        line.outcome, line.notes = (
            Outcome.CHANGED,
            [Note("", _("Adjusted by %(number)s.") % {"number": f"{difference:+}"})],
        )
        return line


def _compare(found: Any, values: dict[str, Any], problems: list[Note], line: Line) -> None:
    """Fill in the line. Raises RowError."""
    for field, heading in (("sku", "SKU"), ("counted", _("Counted"))):
        if field not in values and not problems:
            problems = [Note(heading, _("This cell is empty."))]
    if problems:
        raise RowError(problems)
    if found is None:
        raise RowError([Note("SKU", _("The shop has no such SKU. Import or publish the product first."))])
    if found is TWICE:
        raise RowError([Note("SKU", _("This SKU was counted in a row above. Add the two up."))])
    line.title = found.title
    _book(getattr(found, "stock", None) or Stock(), values["counted"], line)


def _book(row: Stock, counted: int, line: Line) -> None:
    if counted > stock.LIMIT:
        raise RowError([Note(_("Counted"), _("This number is too large."))])
    if counted < row.reserved:
        text = _("%(reserved)s pieces are reserved for orders that are being paid: they cannot be counted away.")
        raise RowError([Note(_("Counted"), text % {"reserved": row.reserved})])
    line.difference = counted - row.on_hand
    if line.difference:
        numbers = {"book": row.on_hand, "counted": counted, "difference": f"{line.difference:+}"}
        line.outcome = Outcome.CHANGED
        line.notes = [Note("", _("On hand %(book)s → %(counted)s (%(difference)s)") % numbers)]
