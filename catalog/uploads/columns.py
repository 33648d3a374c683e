"""The columns of a product table: what they are called, what stands in them, and where it goes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Brand, Genre, HsnCode
from catalog.uploads import cells
from catalog.uploads.lines import Note
from catalog.uploads.table import Row, UnreadableTable


@dataclass(frozen=True)
class Column:
    """A column: the field it fills, its heading in the template, an example, its reader, and other names for it."""

    field: str
    heading: str
    example: str
    read: Callable[[str], Any]
    aliases: str = ""

    @property
    def keys(self) -> set[str]:
        """The names under which it is found."""
        return {key(name) for name in (self.field, self.heading, *self.aliases.split(","))}


def key(heading: str) -> str:
    """Return a heading without case, blanks and signs: "MRP (₹)" and "mrp" are one column."""
    return re.sub(r"[^\w]|_", "", heading.casefold())


VARIANT = (
    Column("sku", "SKU", "CG43-TX-0007", lambda text: text.upper(), "product code,item code,article,code"),
    Column("option", "Option", "Ivory", cells.line, "variant,colour,color"),
    Column("price", "Price (₹)", "1,899", cells.rupees, "selling price,sale price,price in rupees,price inr"),
    Column("mrp", "MRP (₹)", "2,199.00", cells.rupees, "maximum retail price,mrp inr"),
    Column("weight_grams", "Packed weight (g)", "300", cells.whole, "weight,weight (g),grams,weight in grams"),
    Column("low_stock_threshold", "Few left at", "2", cells.whole),
    Column("is_active", "For sale", "yes", cells.yes_or_no, "active"),
)
PAGE = (
    Column("title", "Title", "Hooghly '62 Saloon", cells.line, "product,name,product name,model"),
    Column("brand", "Maker", "Chhota Works", cells.label(Brand), "manufacturer"),
    Column("genre", "Genre", "Classic & Vintage", cells.label(Genre), "category,shelf"),
    Column("scale", "Scale", "1:43", cells.scale),
    Column("model_year", "Model year", "1962", cells.whole, "year"),
    Column("material", "Material", "Die-cast zinc, ABS, rubber", cells.line),
    Column("condition", "Condition", "New", cells.condition),
    Column("edition_size", "Edition size", "640", cells.whole, "edition"),
    Column("per_person_limit", "Limit per person", "2", cells.whole, "limit"),
    Column("is_new_arrival", "New arrival", "no", cells.yes_or_no),
    Column("curators_note", "Curator's note", "The saloon that every uncle drove.", cells.line, "note"),
    Column("description", "Description", "Opening bonnet and doors.", cells.paragraphs),
    Column("hsn", "HSN", "9503", cells.label(HsnCode, "code"), "hsn code"),
    Column("length_mm", "Length (mm)", "98", cells.whole, "length"),
    Column("width_mm", "Width (mm)", "38", cells.whole, "width"),
    Column("height_mm", "Height (mm)", "34", cells.whole, "height"),
    Column("opening_parts", "Opening parts", "Bonnet, doors", cells.line),
    Column("country_of_origin", "Country of origin", "India", cells.line, "origin,country"),
    Column("maker_address", "Made or imported by", "Chhota Works, 14 Prabhat Road, Pune 411004", str.strip, "importer"),
    Column("packed_on", "Packed on", "March 2026", cells.day, "packed,month of packing,date of manufacture"),
    Column("search_description", "Search description", "A 1:43 saloon in ivory.", cells.line, "meta description"),
)
RECEIPT = Column("opening_stock", "Opening stock", "24", cells.whole, "first delivery,initial stock")
COLUMNS = (*VARIANT, *PAGE, RECEIPT)
STOCK_NAMES = {"stock", "onhand", "quantity", "qty", "available", "inventory"}


def matched(headings: list[str], columns: tuple[Column, ...] = COLUMNS) -> dict[str, Column]:
    """Return the columns by heading; what is not known is left out.

    Raises UnreadableTable without a column of SKUs, and when two headings mean the same.
    """
    found: dict[str, Column] = {}
    for heading in headings:
        column = next((column for column in columns if key(heading) in column.keys), None)
        if column is None or not heading:
            continue
        twin = next((name for name, other in found.items() if other is column), None)
        if twin:
            raise UnreadableTable(_("“%(one)s” and “%(two)s” mean the same: keep one.") % {"one": twin, "two": heading})
        found[heading] = column
    if not any(column.field == "sku" for column in found.values()):
        raise UnreadableTable(_("There is no column “SKU”. The first row must hold the headings of the template."))
    return found


def remarks(headings: list[str]) -> list[str]:
    """Return a sentence for each heading of a product table that is not read."""
    unread = [heading for heading in headings if heading and not any(key(heading) in each.keys for each in COLUMNS)]
    return [_about(heading) for heading in unread]


def _about(heading: str) -> str:
    if key(heading) in STOCK_NAMES:
        return _(
            "The column “%(name)s” is not read: a product table never sets stock. “Opening stock” receives the first "
            "pieces of a new SKU; everything later is received or counted on the stock screen."
        ) % {"name": heading}
    return _("The column “%(name)s” is not known and is not read.") % {"name": heading}


def values_of(row: Row, columns: Mapping[str, Column]) -> tuple[dict[str, Any], list[Note]]:
    """Return what the filled cells of a row mean by field, and what is wrong with the others."""
    problems = [Note(name, text) for name, text in row.problems.items() if name in columns or not name]
    found: dict[str, Any] = {}
    for heading, column in columns.items():
        if heading not in row.cells:
            continue
        try:
            found[column.field] = column.read(row.cells[heading])
        except ValueError as error:
            problems.append(Note(heading, f"“{row.cells[heading][:40]}”: {error}"))
    return found, problems


def sku_of(row: Row, columns: Mapping[str, Column]) -> str:
    """Return the SKU of a row, or an empty text."""
    heading = next(heading for heading, column in columns.items() if column.field == "sku")
    return str(VARIANT[0].read(row.cells.get(heading, "")))
