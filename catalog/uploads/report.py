"""Files that people download: the template of a table, and the report of an upload."""

import csv
import io
from collections.abc import Iterator

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Font

from catalog.export import neutralised
from catalog.models import Upload
from catalog.uploads import columns, stocktake
from catalog.uploads.lines import Outcome

TEMPLATES = {Upload.Kind.PRODUCTS: columns.COLUMNS, Upload.Kind.STOCKTAKE: stocktake.COLUMNS}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = "@"


def template(kind: str) -> bytes:
    """Return a workbook with the headings and one example. Its cells are text, so that 1:43 stays a scale."""
    book = openpyxl.Workbook()
    sheet = book.active
    found = TEMPLATES[Upload.Kind(kind)]
    sheet.append([column.heading for column in found])
    sheet.append([column.example for column in found])
    for place, cell in enumerate(sheet[1]):
        cell.font = Font(bold=True)
        letter = cell.column_letter
        sheet.column_dimensions[letter].width = max(12, len(found[place].example) + 2)
        for number in range(1, 501):
            sheet[f"{letter}{number}"].number_format = TEXT
    sheet.freeze_panes = "B2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def report(upload: Upload, stage: str) -> bytes:
    """Return the report of an upload as CSV, in which no cell runs as a formula. Each remark has a row of its own."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([_("Row"), _("SKU"), _("Product"), _("Outcome"), _("Column"), _("What")])
    for row in _report_rows(upload, stage):
        writer.writerow([neutralised(cell) for cell in row])
    return ("\ufeff" + stream.getvalue()).encode()


def _report_rows(upload: Upload, stage: str) -> Iterator[list[object]]:
    labels = dict(Outcome.choices)
    for line in upload.lines.filter(stage=stage):
        for column, text in line.notes or [["", ""]]:
            yield [line.number, line.sku, line.title, str(labels.get(line.outcome, line.outcome)), column, text]
