"""`manage.py import_products`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ProductPage, Variant
from tests.catalog.uploads.tables import HEADINGS, products, row, xlsx_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_products", str(path), *options, stdout=out)
    return out.getvalue()


def test_good_rows_are_imported_and_each_bad_one_has_a_line(tmp_path: Path) -> None:
    make_product("AAA-1")
    path = tmp_path / "models.csv"
    path.write_bytes(
        products(row(), row("BAD-1", "Bad", Price="x"), row("BAD-2", "Bad", Scale="1:9"), row("AAA-1", ""))
    )
    told = run(path, "--dry-run")
    assert "Dry run, nothing was written: 1 new, 1 changed, 0 unchanged, 2 not imported." in told
    assert ProductPage.objects.count() == 1
    told = run(path)
    assert "Row 3 (BAD-1): Price: “x”: Enter an amount in rupees, such as 1899 or 1,899.50." in told
    assert "Row 4 (BAD-2): Scale: “1:9”: Enter one of the scales" in told
    assert "Row 5 (AAA-1): " in told
    assert "The product is live" in told
    assert "Importing: done (4)" in told
    assert "Done: 1 new, 1 changed, 0 unchanged, 2 not imported." in told
    assert "Done: 0 new, 0 changed, 2 unchanged, 2 not imported." in run(path)


def test_a_workbook_is_imported(tmp_path: Path) -> None:
    make_product("AAA-1")
    path = tmp_path / "models.xlsx"
    path.write_bytes(xlsx_of([HEADINGS, [*row()[:4], 1899.5, 1999, 300, 9503]]))
    assert "Done: 1 new" in run(path)
    assert Variant.objects.get(sku="NEW-1").price == 189_950


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")
    (tmp_path / "a.csv").write_bytes(b"Title\nA\n")
    with pytest.raises(CommandError, match="no column “SKU”"):
        run(tmp_path / "a.csv")
