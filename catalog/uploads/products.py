"""A row of a product table becomes a draft: of a new product, of a new variant, or of one that is there."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext as _

from catalog import stock
from catalog.models import ProductPage, Stock, Variant
from catalog.money import rupees
from catalog.uploads import columns
from catalog.uploads.drafts import Drafts
from catalog.uploads.lines import Line, Note, Outcome, RowError
from catalog.uploads.table import Row, Table

logger = logging.getLogger(__name__)

MONEY = {"price", "mrp"}
HEADINGS = {column.field: column.heading for column in columns.COLUMNS}
OF_PAGE = [column.field for column in columns.PAGE]
OF_VARIANT = [column.field for column in columns.VARIANT]
# Left for the moment when the draft is written: the tree's own fields, and what Wagtail fills in.
NOT_CHECKED = ["page_ptr", "path", "depth", "slug", "url_path", "draft_title", "content_type", "locale", "owner"]
FOR_A_PRODUCT = ["title", "brand", "scale"]
FOR_A_VARIANT = ["price", "mrp", "weight_grams"]
LONGEST_SAID = 60


class ProductRows:
    """The rows of one product table. `name` is the file's, for the stock book. Without a user everything is allowed."""

    def __init__(self, table: Table, *, name: str, user: Any = None) -> None:
        self.columns = columns.matched(table.headings)
        self.table, self.name, self.user = table, name, user
        self.may_receive = user is None or user.has_perm("catalog.receive_stock")
        self.first_rows = self._first_rows()

    def remarks(self) -> list[str]:
        """Return what is to be said of the whole table."""
        return columns.remarks(self.table.headings)

    def check(self) -> Iterator[Line]:
        """Say of each row what would become of it. Writes nothing."""
        drafts = Drafts(user=self.user, trial=True)
        for row in self.table.rows:
            yield self._line(row, drafts)

    def carry_out(self, row: Row, difference: int = 0) -> Line:
        """Write one row, whole or not at all. Safe to repeat: a row that is there already is unchanged."""
        try:
            with transaction.atomic():
                drafts = Drafts(user=self.user, trial=False)
                drafts.lock()
                line = self._line(row, drafts)
                if line.is_bad:
                    transaction.set_rollback(True)
                return line
        except OperationalError:
            raise
        except (DatabaseError, ValidationError) as error:
            logger.exception("Row %s of %s could not be written", row.number, self.name)
            text = _("This row could not be written: %(error)s") % {"error": str(error)[:200]}
            return Line(row.number, outcome=Outcome.BAD, notes=[Note("", text)])

    def _first_rows(self) -> dict[str, int]:
        """Return the number of the row in which each SKU stands first."""
        found: dict[str, int] = {}
        for row in self.table.rows:
            found.setdefault(columns.sku_of(row, self.columns), row.number)
        return found

    def _line(self, row: Row, drafts: Drafts) -> Line:
        values, problems = columns.values_of(row, self.columns)
        line = Line(row.number, sku=str(values.get("sku", ""))[:40], title=str(values.get("title", ""))[:255])
        try:
            if problems:
                raise RowError(problems)
            self._apply(values, drafts, line)
        except RowError as error:
            line.outcome, line.notes = Outcome.BAD, error.notes
        return line

    def _apply(self, values: dict[str, Any], drafts: Drafts, line: Line) -> None:
        if not values.get("sku"):
            raise RowError([Note(HEADINGS["sku"], _("Every row needs a SKU."))])
        if (first := self.first_rows[values["sku"]]) != line.number:
            text = _("This SKU stands in row %(number)s too: one row for each SKU.")
            raise RowError([Note(HEADINGS["sku"], text % {"number": first})])
        page = _found(drafts, values)
        if refusal := drafts.refusal(page):
            raise RowError([Note("", refusal)])
        variant = next((each for each in page.variants.all() if each.sku == values["sku"]), None)
        is_new = variant is None
        variant = variant or Variant(sku=values["sku"])
        _require(values, ([] if page.pk or page.title else FOR_A_PRODUCT) + (FOR_A_VARIANT if is_new else []))
        notes = [*_set(page, values, OF_PAGE), *_set(variant, values, OF_VARIANT)]
        if is_new:
            variant.sort_order = len(page.variants.all())
            page.variants.add(variant)
        _validate(page, variant)
        self._check_receipt(values.get("opening_stock", 0))
        line.title = page.title
        if is_new:
            line.outcome, line.notes = Outcome.NEW, [Note("", _what_is_new(page))]
        elif notes:
            line.outcome, line.notes = Outcome.CHANGED, notes
        if line.outcome != Outcome.UNCHANGED:
            if page.live:
                text = _("The product is live: shoppers see the change once it is published.")
                line.notes.append(Note("", text))
            drafts.keep(page, values["sku"])
        self._open_stock(values, drafts, line, is_shown=page.live)

    def _check_receipt(self, pieces: int) -> None:
        """Raise RowError when this person may not receive stock, or nobody so much."""
        if pieces and not self.may_receive:
            text = _("You may not receive stock: leave this cell empty.")
        elif pieces > stock.LIMIT:
            text = _("This number is too large.")
        else:
            return
        raise RowError([Note(HEADINGS["opening_stock"], text)])

    def _open_stock(self, values: dict[str, Any], drafts: Drafts, line: Line, *, is_shown: bool) -> None:
        """Receive the first pieces of a SKU whose stock has never moved; anything else is the stock screen's."""
        pieces = values.get("opening_stock")
        if not pieces:
            return
        heading = HEADINGS["opening_stock"]
        variant = Variant.objects.filter(sku=values["sku"]).first()
        if variant is None and is_shown:
            text = _("The stock is not received yet: publish the product, then import this file again.")
            line.notes.append(Note(heading, text))
            return
        if variant is not None and _has_moved(variant):
            return
        if variant is not None and not drafts.trial:
            reason = _("Opening stock, from %(name)s") % {"name": self.name[:120]}
            stock.receive(variant=variant, quantity=pieces, reason=reason, user=self.user)
        line.notes.append(Note(heading, _("%(number)s pieces are received.") % {"number": pieces}))
        line.outcome = Outcome.CHANGED if line.outcome == Outcome.UNCHANGED else line.outcome


def _found(drafts: Drafts, values: dict[str, Any]) -> ProductPage:
    """Return the product of a row, or one without primary key and title. Raises RowError."""
    try:
        labels = {name: values[name] for name in ("brand", "scale") if name in values}
        page = drafts.find(values["sku"], values.get("title", ""), **labels)
    except ValueError as error:
        raise RowError([Note(HEADINGS["title"], str(error))]) from error
    return page if page is not None else ProductPage(live=False)


def _require(values: dict[str, Any], fields: list[str]) -> None:
    missing = [name for name in fields if values.get(name) in (None, "")]
    if missing:
        text = _("This SKU is new and cannot be made without it.")
        raise RowError([Note(HEADINGS[name], text) for name in missing])


def _set(instance: Any, values: dict[str, Any], fields: list[str]) -> list[Note]:
    """Set the fields that the row has; return what changed, before and after."""
    notes = []
    for name in fields:
        if name not in values or getattr(instance, name, None) == values[name]:
            continue
        before = getattr(instance, name, None)
        setattr(instance, name, values[name])
        notes.append(Note(HEADINGS[name], f"{_said(name, before)} → {_said(name, values[name])}"))
    return notes


def _said(name: str, value: Any) -> str:
    if value in (None, ""):
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = rupees(value, always_paise=True) if name in MONEY else str(value)
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


def _validate(page: ProductPage, variant: Variant) -> None:
    """Raise RowError with everything that the editor's form would refuse."""
    notes: list[Note] = []
    checks: list[tuple[Any, dict[str, Any]]] = [
        (page.clean_fields, {"exclude": NOT_CHECKED}),
        (variant.clean_fields, {"exclude": ["page"]}),
    ]
    for check, arguments in checks:
        try:
            check(**arguments)
        except ValidationError as error:
            notes += [
                Note(HEADINGS.get(name, name), text) for name, texts in error.message_dict.items() for text in texts
            ]
    if notes:
        raise RowError(notes)
    notes = _against_rules(page, variant)
    if notes:
        raise RowError(notes)


def _against_rules(page: ProductPage, variant: Variant) -> list[Note]:
    notes = []
    if variant.price > variant.mrp:
        text = _("%(price)s is above the MRP of %(mrp)s: lower it, or correct the MRP.")
        amounts = {"price": _said("price", variant.price), "mrp": _said("mrp", variant.mrp)}
        notes.append(Note(HEADINGS["price"], text % amounts))
    if variant.mrp == 0:
        notes.append(Note(HEADINGS["mrp"], _("The MRP must be more than ₹0.")))
    if variant.price == 0 and not page.per_person_limit:
        notes.append(Note(HEADINGS["price"], _("Only a gift costs ₹0: give a limit per person.")))
    option = variant.option.strip().casefold()
    twins = [each.sku for each in page.variants.all() if each.is_active and each.option.strip().casefold() == option]
    if variant.is_active and len(twins) > 1:
        text = _("%(skus)s look the same to a shopper: say in what they differ.")
        notes.append(Note(HEADINGS["option"], text % {"skus": ", ".join(twins)}))
    return notes


def _what_is_new(page: ProductPage) -> str:
    if page.pk is None and len(page.variants.all()) == 1:
        return _("New product, as a draft.")
    return _("New variant of %(title)s, as a draft.") % {"title": page.title}


def _has_moved(variant: Variant) -> bool:
    """Return whether stock of a SKU ever moved. The row is locked, so that two imports never both receive."""
    row = Stock.objects.select_for_update(of=("self",)).filter(variant_id=variant.pk).first()
    return row is not None and row.movements.exists()
