"""Files as people save them: encodings, separators, spreadsheets, and what is no table at all."""

import datetime as dt
import io
import zipfile

import pytest

from catalog.uploads import table
from catalog.uploads.table import UnreadableTable, read_table
from tests.catalog.uploads.tables import csv_of, xlsx_of

pytestmark = pytest.mark.once
ROWS = [["SKU", "Title"], ["AAA-1", "Café ₹"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_however_it_was_saved(separator: str, encoding: str) -> None:
    found = read_table(csv_of(ROWS, separator=separator, encoding=encoding), "a.csv")
    assert found.headings == ["SKU", "Title"]
    assert [(row.number, row.cells) for row in found.rows] == [(2, {"SKU": "AAA-1", "Title": "Café ₹"})]


def test_a_csv_of_an_old_windows_program() -> None:
    [row] = read_table("SKU;Title\r\nAAA-1;Citroën “2CV”\r\n".encode("cp1252"), "a.csv").rows
    assert row.cells["Title"] == "Citroën “2CV”"


def test_blank_rows_count_and_are_skipped() -> None:
    rows = read_table(b"SKU,Title\n\n,\nAAA-1,One\n", "a.csv").rows
    assert [row.number for row in rows] == [4]


def test_a_line_that_names_the_separator_is_obeyed() -> None:
    [row] = read_table(b"sep=|\nSKU|Title\nAAA-1|One, two; three\n", "a.csv").rows
    assert row.cells["Title"] == "One, two; three"


def test_what_an_export_quoted_is_unquoted() -> None:
    [row] = read_table(b'SKU,Title\n"=""0012""",\'-5 degrees\n', "a.csv").rows
    assert row.cells == {"SKU": "0012", "Title": "-5 degrees"}


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"", "a.csv", "empty"),
        (b"\n\n", "a.csv", "empty"),
        (b"SKU,sku\n", "a.pdf", "neither CSV nor XLSX"),
        (b"%PDF-1.7", "a.pdf", "neither CSV nor XLSX"),
        (b"PK\x03\x04 no zip", "a.xlsx", "no XLSX"),
        (b"SKU\x00,a\n", "a.csv", "cannot be read"),
        (b"SKU\n\x81\x8d\n", "a.csv", "cannot be read"),
        (b'SKU,Title\nA,"open\nB,two\n', "a.csv", "quotation mark"),
        (b"SKU,SKU\nA,B\n", "a.csv", "there twice"),
        (b"SKU," + b",".join(b"c%d" % n for n in range(200)), "a.csv", "columns"),
        (b"SKU\n" + b"A\n" * 10_001, "a.csv", "10,000 rows"),
        (b"x" * 5_000_001, "a.csv", "5 MB"),
    ],
)
def test_what_is_no_table_is_told(content: bytes, name: str, text: str) -> None:
    with pytest.raises(UnreadableTable, match=text):
        read_table(content, name)


def test_a_zip_that_is_no_workbook_or_unpacks_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 10_000)
    with pytest.raises(UnreadableTable, match="no XLSX"):
        read_table(stream.getvalue(), "a.xlsx")
    monkeypatch.setattr(table, "MOST_UNPACKED", 9_999)
    with pytest.raises(UnreadableTable, match="too large when it is unpacked"):
        read_table(stream.getvalue(), "a.xlsx")


def test_cells_of_a_workbook_are_what_a_person_sees() -> None:
    moments = [dt.date(2026, 3, 15), dt.time(2, 4), dt.timedelta(minutes=103)]
    cells = [1899.0, 1899.5, 0.1 + 0.2, 9503, *moments, True]
    rows = read_table(xlsx_of([[f"c{n}" for n in range(8)], cells, [None], ["late"]]), "a.xlsx").rows
    assert list(rows[0].cells.values()) == ["1899", "1899.5", "0.3", "9503", "2026-03-15", "2:04", "1:43", "yes"]
    assert [row.number for row in rows] == [2, 4]


def test_what_nobody_can_see_is_left_out() -> None:
    [row] = read_table("SKU,Title\nAAA-1,\u200bCity\x07\u00a0Cab\n".encode(), "a.csv").rows
    assert row.cells["Title"] == "City Cab"


def test_formulas_without_a_result_and_with_an_error_are_problems() -> None:
    [row] = read_table(xlsx_of([["SKU", "Price", "MRP"], ["AAA-1", "=1+1", "#REF!"]]), "a.xlsx").rows
    assert row.cells == {"SKU": "AAA-1"}
    assert "no result" in row.problems["Price"]
    assert "#REF!" in row.problems["MRP"]


def test_a_value_below_no_heading_is_a_problem() -> None:
    [row] = read_table(b"SKU,Price\nAAA-1,1,899\n", "a.csv").rows
    assert "“899” in column 3" in row.problems[""]
