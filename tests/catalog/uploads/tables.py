"""Tables as people make them."""

import io
from typing import Any

import openpyxl

HEADINGS = ["SKU", "Title", "Maker", "Scale", "Price", "MRP", "Weight", "HSN", "Option"]


def row(sku: str = "NEW-1", title: str = "City Cab", **fields: Any) -> list[Any]:
    """Return a row that is good unless a field says otherwise."""
    known = {"Maker": "Chhota Works", "Scale": "1:43", "Price": "1,899", "MRP": "1,999.00", "Weight": "300"}
    values = {"SKU": sku, "Title": title, **known, "HSN": "9503", **fields}
    return [values.get(heading, "") for heading in HEADINGS]


def csv_of(rows: list[list[Any]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return a CSV with these rows."""
    quoted = [['"' + str(cell).replace('"', '""') + '"' for cell in each] for each in rows]
    return "\r\n".join(separator.join(each) for each in quoted).encode(encoding)


def products(*rows: list[Any]) -> bytes:
    """Return a product table as CSV."""
    return csv_of([HEADINGS, *rows])


def xlsx_of(rows: list[list[Any]]) -> bytes:
    """Return a workbook whose first sheet has these rows."""
    book = openpyxl.Workbook()
    for each in rows:
        book.active.append(each)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
