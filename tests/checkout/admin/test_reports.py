"""Reports in the admin: who reads them, for which time, and as a spreadsheet."""

import re
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from checkout import payments, refunds
from checkout.admin.reports import REPORTS, Report
from checkout.models import Order
from tests.checkout import orders as tell
from tests.factories import make_product

pytestmark = pytest.mark.django_db
EVIL = "=HYPERLINK(1)"


@pytest.fixture
def sold() -> Order:
    """An order that was paid today, of a model with a bad name."""
    make_product(tell.SKU, title=EVIL)
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    return attempt.order


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.slug)
def test_the_owner_reads_and_exports(report: Report, owner: Client, sold: Order) -> None:
    url = report.url
    page = owner.get(url)
    assert page.status_code == 200
    assert report.about in page.context["about"]
    assert owner.get(f"{url}results/?period=today").status_code == 200
    csv = b"".join(owner.get(f"{url}?export=csv")).decode()
    headings = [field.label for field in report.fields]
    assert csv.splitlines()[0] == ",".join(headings)
    workbook = load_workbook(BytesIO(b"".join(owner.get(f"{url}?export=xlsx"))))
    assert [cell.value for cell in next(workbook.active.iter_rows())] == headings


def test_gst_tells_its_rate(owner: Client, sold: Order) -> None:
    [_head, row] = b"".join(owner.get("/admin/reports/shop/gst/?export=csv")).decode().splitlines()
    assert ",5 %," in row


def test_what_somebody_typed_is_no_formula(owner: Client, sold: Order) -> None:
    csv = b"".join(owner.get("/admin/reports/shop/products/?export=csv")).decode()
    assert f"'{EVIL}" in csv
    assert f"\n{EVIL}" not in csv


def test_sums_and_time(owner: Client, sold: Order) -> None:
    page = owner.get("/admin/reports/shop/products/")
    assert dict(page.context["sums"])["Net"] == f"₹{sold.total // 100:,}.00"
    assert str(sold.total // 100)[-3:] in page.content.decode()
    empty = owner.get("/admin/reports/shop/products/?days_from=2020-01-01&days_to=2020-01-31")
    assert "1 Jan 2020 to 31 Jan 2020" in empty.content.decode()
    assert list(empty.context["object_list"]) == []


def test_a_time_that_is_too_long_is_told(owner: Client, sold: Order) -> None:
    page = owner.get("/admin/reports/shop/products/?days_from=2020-01-01&days_to=2026-01-31")
    assert page.status_code == 200
    assert "at most 366 days" in page.content.decode()


@pytest.mark.parametrize("query", ["period=never", "days_from=x", "p=99", "export=exe", "days_from=2026-02-31"])
def test_nonsense_is_this_month(query: str, owner: Client, sold: Order) -> None:
    page = owner.get(f"/admin/reports/shop/products/?{query}")
    assert (page.status_code, len(page.context["object_list"])) in [(200, 1), (200, 2)]


MONEY = [report for report in REPORTS if report.slug not in ("stock-value", "searches")]


@pytest.mark.parametrize("report", MONEY, ids=lambda report: report.slug)
def test_others_do_not_read_the_books(report: Report, staff: Client, editor: Client, viewer: Client) -> None:
    for person in (staff, editor, viewer, Client()):
        for tail in ("", "results/", "?export=csv"):
            answer = person.get(f"{report.url}{tail}")
            assert answer.status_code == 302
        assert report.url not in person.get("/admin/").content.decode()


def test_editors_read_of_goods(editor: Client) -> None:
    assert editor.get("/admin/reports/shop/stock-value/").status_code == 200
    assert editor.get("/admin/reports/shop/searches/").status_code == 200


def test_the_chart_of_sales(owner: Client, staff: Client, sold: Order) -> None:
    html = owner.get("/admin/").content.decode()
    today = timezone.localtime()
    assert f"<title>{today:%-d %b}: ₹{sold.total // 100:,}.00</title>" in html
    assert html.count('class="shop-bar"') == 30
    assert "shop-chart" not in staff.get("/admin/").content.decode()


@pytest.mark.once
def test_each_cell_names_its_column_for_a_telephone(owner: Client, sold: Order) -> None:
    report = next(report for report in REPORTS if report.slug == "gst")
    html = owner.get(report.url).content.decode()
    assert re.findall(r'<td class="shop-value[^"]*"\s+data-label="([^"]+)"', html) == [f.label for f in report.fields]


@pytest.mark.once
def test_a_refund_leads_to_its_order(owner: Client, sold: Order) -> None:
    refunds.request(payment_id=sold.payments.get().pk, amount=500, reason="a dent")
    html = owner.get("/admin/reports/shop/refunds/").content.decode()
    assert f'<a href="/admin/orders/inspect/{sold.pk}/">{sold.number}</a>' in html
