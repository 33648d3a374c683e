"""The import in the admin: a template, a report before anything is written, a confirmation that counts once."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import ProductPage, StockMovement, Upload, Variant
from catalog.uploads import working
from tests.catalog.uploads.tables import csv_of, products, row
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def start(client: Client, content: bytes, kind: str = "products", name: str = "models.csv") -> Any:
    return client.post(reverse("uploads:start", args=[kind]), {"file": SimpleUploadedFile(name, content)}, follow=True)


GOOD_AND_BAD = products(row(), row("BAD-1", "Bad", Price="x"), row("BAD-2", "=1+1", Scale="1:9"))


@pytest.fixture
def upload(editor: Client) -> Upload:
    make_product("AAA-1")
    start(editor, GOOD_AND_BAD)
    return Upload.objects.get()


def test_the_list_of_products_leads_to_the_import_and_its_template(editor: Client) -> None:
    url = reverse("uploads:start", args=["products"])
    assert url in editor.get(reverse("products:index")).content.decode()
    assert "Download the template" in editor.get(url).content.decode()
    for kind, heading in (("products", "MRP (₹)"), ("stocktake", "Counted")):
        answer = editor.get(reverse("uploads:template", args=[kind]))
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        assert heading in [cell.value for cell in sheet[1]]


def test_a_file_is_checked_first_and_every_bad_row_is_told(editor: Client) -> None:
    make_product("AAA-1")
    html = start(editor, GOOD_AND_BAD).content.decode()
    for text in ("Import 1 row", "Enter an amount in rupees", "Enter one of the scales", "BAD-1", "What would be done"):
        assert text in html, text
    assert ProductPage.objects.count() == 1


def test_the_report_is_a_csv_without_formulas(editor: Client, upload: Upload) -> None:
    text = editor.get(reverse("uploads:report", args=[upload.pk])).content.decode("utf-8-sig")
    assert '3,BAD-1,Bad,Not imported,Price,"“x”: Enter an amount' in text
    assert "4,BAD-2,'=1+1,Not imported,Scale" in text


@pytest.mark.covers("ED1")
def test_confirmed_twice_is_imported_once(editor: Client, upload: Upload) -> None:
    url = reverse("uploads:show", args=[upload.pk])
    assert editor.post(url, follow=True).status_code == 200
    assert "confirmed before" in editor.post(url, follow=True).content.decode()
    working.work_waiting()
    working.work_waiting()
    html = editor.get(url).content.decode()
    assert "What was done" in html
    assert "confirmed before" in editor.post(url, follow=True).content.decode()
    assert ProductPage.objects.filter(title="City Cab").count() == 1
    assert ProductPage.objects.get(title="City Cab").owner == upload.user


def test_the_page_follows_the_worker_and_says_when_there_is_none(editor: Client, upload: Upload) -> None:
    url, state = (reverse(f"uploads:{name}", args=[upload.pk]) for name in ("show", "state"))
    editor.post(url)
    assert editor.get(state).json() == {"state": "working", "done": 0, "total": 3, "moving": True, "nobody": False}
    assert 'id="upload-nobody" hidden' in editor.get(url).content.decode()
    Upload.objects.update(moved_at=timezone.now() - timedelta(seconds=30))
    assert editor.get(state).json()["nobody"]
    html = editor.get(url).content.decode()
    assert "worker does not seem to run" in html
    assert 'id="upload-nobody" hidden' not in html
    assert "Do it now" in html
    editor.post(url, {"now": "1"})
    assert editor.get(state).json()["state"] == "done"
    assert Variant.objects.filter(sku="NEW-1").exists()


def test_a_large_table_is_left_to_the_worker(editor: Client, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "SMALL", 1)
    url = reverse("uploads:show", args=[upload.pk])
    editor.post(url)
    Upload.objects.update(moved_at=timezone.now() - timedelta(seconds=30))
    html = editor.get(url).content.decode()
    assert ("worker does not seem to run" in html, "Do it now" in html) == (True, False)
    editor.post(url, {"now": "1"})
    assert not Variant.objects.filter(sku="NEW-1").exists()


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"", "a.csv", "empty"),
        (b"Title\nA\n", "a.csv", "There is no column “SKU”"),
        (b"SKU,Title\n,\n", "a.csv", "Below the headings stands no row"),
        (b"%PDF", "a.pdf", "neither CSV nor XLSX"),
        (b"PK\x03\x04", "a.xlsx", "no XLSX"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(editor: Client, content: bytes, name: str, text: str) -> None:
    make_product("AAA-1")
    answer = start(editor, content, name=name)
    assert (answer.status_code, text in answer.content.decode()) == (422, True)
    assert not Upload.objects.exists()
    assert editor.post(reverse("uploads:start", args=["products"])).status_code == 422


@pytest.mark.parametrize(
    ("row_", "text"), [(b"AAA-1,City Cab", "the shop knows all of this"), (b"BBB-1,", "no row can be read as it is")]
)
def test_a_file_with_nothing_to_import_says_so_and_where_to_go_on(editor: Client, row_: bytes, text: str) -> None:
    make_product("AAA-1", title="City Cab")
    html = start(editor, b"SKU,Title\n" + row_ + b"\n").content.decode()
    again = reverse("uploads:start", args=["products"])
    assert [text in html, f'class="button" href="{again}"' in html, "To be confirmed" in html] == [True, True, False]
    html = editor.get(again).content.decode()
    assert ["Nothing to import" in html, "To be confirmed" in html] == [True, False]


def test_people_without_the_permission_see_nothing_of_it(staff: Client, upload: Upload) -> None:
    urls = [reverse(f"uploads:{name}", args=[upload.pk]) for name in ("show", "state", "report")]
    urls += [
        reverse(f"uploads:{name}", args=[kind]) for name in ("start", "template") for kind in ("products", "stocktake")
    ]
    for url in urls:
        assert staff.get(url).status_code in (302, 403), url
        assert staff.post(url).status_code in (302, 403, 405), url
    upload.refresh_from_db()
    assert upload.state == "checked"


def test_what_is_not_there_is_404(editor: Client) -> None:
    make_product("AAA-1")
    assert editor.get(reverse("uploads:show", args=[99])).status_code == 404
    assert editor.get(reverse("uploads:start", args=["gold"])).status_code == 404


def test_a_stocktake_is_uploaded_and_confirmed(editor: Client) -> None:
    make_product("AAA-1", on_hand=10)
    assert reverse("uploads:start", args=["stocktake"]) in editor.get(reverse("stock:index")).content.decode()
    html = start(editor, csv_of([["SKU", "Counted"], ["AAA-1", "8"]]), "stocktake").content.decode()
    assert "On hand 10 → 8 (-2)" in html
    editor.post(reverse("uploads:show", args=[Upload.objects.get().pk]))
    working.work_waiting()
    assert StockMovement.objects.filter(kind="adjust", on_hand_delta=-2).count() == 1
