"""Reading a table as text: CSV in the encodings and separators that spreadsheets write, and XLSX, both bounded."""

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _

from catalog.export import TRIGGERS

MOST_BYTES = 5_000_000
MOST_UNPACKED = 100_000_000
"""Bytes that the parts of an XLSX may have when they are unpacked."""
MOST_ROWS = 10_000
MOST_COLUMNS = 100
SEPARATORS = ",;\t"
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
# What no database or person wants in a text: control characters, halves of letters, marks without width.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff\ud800-\udfff]")
BLANKS = re.compile("[\u00a0\u202f\u2007]")
# openpyxl raises whatever its parsers raise.
BROKEN = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, ParseError)


class UnreadableTable(ValueError):
    """The file is no table that can be read. The text says what to do."""


@dataclass
class Row:
    """One row: its number as a spreadsheet counts, and by heading its texts and what is wrong with the others."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The headings of a file and its rows that are not empty."""

    headings: list[str]
    rows: list[Row]


def read_table(content: bytes, name: str) -> Table:
    """Return the first sheet of a file. Raises UnreadableTable when it is too big, broken, or neither CSV nor XLSX."""
    if len(content) > MOST_BYTES:
        raise UnreadableTable(_("The file is larger than 5 MB. Split it."))
    is_workbook = content.startswith(b"PK")
    if not is_workbook and not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise UnreadableTable(_("This is neither CSV nor XLSX. Save it as one of them."))
    lines = _workbook(content) if is_workbook else _csv(content)
    return _table(lines)


def _table(lines: Iterable[tuple[int, list[Any]]]) -> Table:
    headings: list[str] | None = None
    rows: list[Row] = []
    for number, values in lines:
        if not any(value not in (None, "") for value in values):
            continue
        if headings is None:
            headings = _headings(values)
            continue
        rows.append(_row(number, headings, values))
        if len(rows) > MOST_ROWS:
            raise UnreadableTable(_("The file has more than %(most)s rows. Split it.") % {"most": f"{MOST_ROWS:,}"})
    if headings is None:
        raise UnreadableTable(_("The file is empty."))
    return Table(headings, rows)


def _headings(values: list[Any]) -> list[str]:
    """Return the headings. Raises UnreadableTable when there are too many, or one stands there twice."""
    found = [clean(value) for value in values]
    while found and not found[-1]:
        found.pop()
    if len(found) > MOST_COLUMNS:
        raise UnreadableTable(_("The file has more than %(most)s columns.") % {"most": MOST_COLUMNS})
    double = {heading for heading in found if heading and found.count(heading) > 1}
    if double:
        raise UnreadableTable(_("The column “%(name)s” is there twice.") % {"name": min(double)})
    return found


def _row(number: int, headings: list[str], values: list[Any]) -> Row:
    row = Row(number)
    for place, value in enumerate(values):
        heading = headings[place] if place < len(headings) else ""
        text = clean(value)
        if not text:
            continue
        if not heading:
            row.problems[""] = _(
                "“%(text)s” in column %(number)s stands below no heading: a separator too many, or a heading too few."
            ) % {"text": text[:40], "number": place + 1}
        elif isinstance(value, MissingResult):
            row.problems[heading] = _("The formula has no result: open the file in a spreadsheet and save it again.")
        elif text in ERRORS:
            row.problems[heading] = _("The spreadsheet shows the error %(text)s here: correct the formula.") % {
                "text": text
            }
        else:
            row.cells[heading] = text
    return row


class MissingResult(str):
    """A formula that no spreadsheet has calculated yet."""

    __slots__ = ()


def clean(value: Any) -> str:
    """Return a cell as a person would type it: 1899 and not 1899.0, 2026-03-15, 1:43."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # What a spreadsheet shows: a double keeps 15 digits of a decimal number.
        return format(value, ".15g")
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.time):
        return f"{value.hour}:{value.minute:02}"
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, MissingResult):
        return str(value)
    return _plain(str(value))


def _plain(text: str) -> str:
    text = BLANKS.sub(" ", UNSEEN.sub("", text)).strip()
    if match := re.fullmatch(r'="([^"]*)"', text):
        return match[1].strip()
    # The quote that an export sets before what could be a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in tuple(TRIGGERS) else text


def _csv(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    text, separator = _decoded(content), ""
    if match := re.match(r"sep=(.)\r?\n", text):
        text, separator = text[match.end() :], match[1]
    first = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    separator = separator or max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        message = _("Line %(line)s cannot be read: a quotation mark is open or in the wrong place.")
        raise UnreadableTable(message % {"line": reader.line_num}) from error


def _decoded(content: bytes) -> str:
    codecs = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableTable(_("The letters of this file cannot be read. Save it as “CSV UTF-8”."))


def _workbook(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet. Raises UnreadableTable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise UnreadableTable(_("The file is too large when it is unpacked. Split it."))
        with warnings.catch_warnings():
            # Styles and extensions that openpyxl does not know mean nothing here.
            warnings.simplefilter("ignore")
            yield from enumerate(_sheet(content), start=1)
    except UnreadableTable:
        raise
    except BROKEN as error:
        raise UnreadableTable(
            _("This is no XLSX that can be read. Open it in a spreadsheet and save it again.")
        ) from error


def _sheet(content: bytes) -> Iterator[list[Any]]:
    """Yield the cells of each row. The file is read twice: only so a formula without result is told from nothing."""
    books = [openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=flag) for flag in (True, False)]
    sheets = [book.worksheets[0] for book in books]
    for sheet in sheets:
        sheet.reset_dimensions()
    rows = [sheet.iter_rows(max_col=MOST_COLUMNS + 1) for sheet in sheets]
    for values, formulas in zip(*rows, strict=True):
        yield [_result(value, formula) for value, formula in zip(values, formulas, strict=False)]


def _result(value: Any, formula: Any) -> Any:
    if value.value is None and getattr(formula, "data_type", "") == "f":
        return MissingResult("=")
    return value.value
