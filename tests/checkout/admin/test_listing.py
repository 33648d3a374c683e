"""The list of orders: found, filtered, exported, in a fixed number of queries."""

import csv
import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Variant
from checkout import attention, payments
from checkout.admin import queue, search
from checkout.models import Order, RazorpayOrder
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.factories import make_product

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/"
ALL = f"{LIST}?ordering=-created_at"


def orders_of(*buyers: str, **details: Any) -> list[Order]:
    variant = Variant.objects.filter(sku=tell.SKU).first() or make_product(on_hand=20)
    return [tell.place(tell.cart_with(variant), full_name=buyer, **details) for buyer in buyers]


def found(client: Client, query: str) -> list[str]:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return [order.full_name for order in response.context["object_list"]]


def test_newest_order_stands_first_with_state_money_and_place(staff: Client) -> None:
    first, second = orders_of("Asha Kulkarni", "Rohan Mehta")
    Order.objects.filter(pk=first.pk).update(created_at=timezone.now() - dt.timedelta(hours=2))
    response = staff.get(ALL)
    assert [order.pk for order in response.context["object_list"]] == [second.pk, first.pk]
    html = response.content.decode()
    assert "₹1,998.00" in html
    assert '<span class="shop-status shop-status--pending">Not paid</span>' in html
    assert "Maharashtra" in html
    assert "2\xa0hours ago" in html
    assert f'href="{LIST}inspect/{first.pk}/"' in html


@pytest.mark.covers("ST1")
def test_buyer_is_found_as_people_write_it(staff: Client) -> None:
    orders_of("Asha Kulkarni")
    tell.place(
        tell.cart_with(make_product("OTHER-1")), full_name="Rohan Mehta", email="r@example.in", phone="+917000000001"
    )
    for text in ("98765 43210", "09876543210", "+91 98765-43210", "919876543210", "98765", "asha@", "kulkarni"):
        response = staff.get(LIST, {"q": text})
        assert [order.full_name for order in response.context["object_list"]] == ["Asha Kulkarni"], text


def test_order_is_found_by_number_and_by_the_ids_of_razorpay(staff: Client) -> None:
    attempt, other = tell.ordered(), tell.ordered()
    payments.record(tell.paid(attempt, 2, status="failed"))
    payments.record(tell.paid(attempt))
    payment_id = attempt.payments.latest("pk").razorpay_payment_id
    for text in (attempt.order.number, payment_id, str(attempt.razorpay_order_id), "pay_"):
        response = staff.get(LIST, {"q": text})
        assert [order.pk for order in response.context["object_list"]] == [attempt.order_id], text
    assert other.order_id != attempt.order_id


@pytest.mark.covers("ST1")
def test_a_parcel_and_an_invoice_are_found_by_their_numbers(staff: Client) -> None:
    attempt, _other = tell.ordered(), tell.ordered()
    payments.record(tell.paid(attempt))
    Order.objects.filter(pk=attempt.order_id).update(tracking_number="EB123456789IN")
    order = Order.objects.get(pk=attempt.order_id)
    for text in ("EB123456789IN", "eb123456789in", str(order.invoice_number), order.number.lower(), order.number[-5:]):
        assert [each.pk for each in staff.get(LIST, {"q": text}).context["object_list"]] == [order.pk], text


@pytest.mark.parametrize("text", ["o'b", "& |", "!", "'", "%", "_", "\\", "a:*", "()", "🚗", "@", "order_%"])
def test_whatever_is_typed_is_no_error(staff: Client, text: str) -> None:
    orders_of("Asha Kulkarni")
    assert staff.get(LIST, {"q": text}).status_code == 200


@pytest.mark.covers("ST1")
def test_many_are_found_as_few_are(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    orders_of("Asha Kulkarni", "Asha Mehta", "Rohan Mehta")
    monkeypatch.setattr(search, "NAMED", 1)
    assert sorted(found(staff, "q=mehta")) == ["Asha Mehta", "Rohan Mehta"]
    assert found(staff, "q=mehta&p=2&state=29") == []


def test_nothing_is_found_by_words_of_nobody(staff: Client) -> None:
    orders_of("Asha Kulkarni")
    assert found(staff, "q=zzz") == []


def test_filters_are_links(staff: Client) -> None:
    paid, pending, old = orders_of("Paid", "Pending", "Old")
    payments.record(tell.paid(tell.opened(paid)))
    month_ago = timezone.now() - dt.timedelta(days=40)
    Order.objects.filter(pk=old.pk).update(created_at=month_ago, state="29")
    assert found(staff, "status=paid") == ["Paid"]
    assert sorted(found(staff, "status=paid&status=pending")) == ["Old", "Paid", "Pending"]
    assert found(staff, "state=29") == ["Old"]
    for period in ("today", "week", "month"):
        assert sorted(found(staff, f"period={period}")) == ["Paid", "Pending"], period
    assert found(staff, "paid=today") == ["Paid"]
    day = f"{timezone.localtime(month_ago):%Y-%m-%d}"
    assert found(staff, f"placed_from={day}&placed_to={day}") == ["Old"]
    assert found(staff, "status=paid&period=today&q=nobody") == []
    assert pending.status == "pending"


def test_today_begins_at_midnight_in_india(staff: Client) -> None:
    before, after = orders_of("Before", "After")
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Order.objects.filter(pk=before.pk).update(created_at=midnight - dt.timedelta(seconds=1))
    Order.objects.filter(pk=after.pk).update(created_at=midnight)
    assert found(staff, "period=today") == ["After"]
    assert sorted(found(staff, "period=week")) == ["After", "Before"]


def test_a_broken_link_is_no_error(staff: Client) -> None:
    orders_of("Asha Kulkarni")
    for query in ("status=nonsense", "period=never", "placed_from=abc", "p=99", "ordering=token"):
        assert (query, staff.get(f"{LIST}?{query}").status_code) == (query, 200)


def test_three_orders_need_as_many_queries_as_one(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    orders_of("Asha Kulkarni")
    staff.get(ALL)
    with django_assert_num_queries(15):
        staff.get(ALL)
    attempts: list[RazorpayOrder] = [tell.ordered(), tell.ordered()]
    for attempt in attempts:
        payments.record(tell.paid(attempt))
    with django_assert_num_queries(15):
        assert len(staff.get(ALL).context["object_list"]) == 3


@pytest.mark.covers("ST2")
def test_the_days_work_stands_above_the_list_as_links_with_counts(staff: Client) -> None:
    orders = orders_of("Packed", "Late", "Held", "Asked", "Waiting")
    for name, order in zip(("packed", "paid", "on_hold", "expired"), orders, strict=False):
        Order.objects.filter(pk=order.pk).update(status=name, paid_at=timezone.now() - dt.timedelta(days=30))
    attention.open_case(CaseKind.DISPUTE_OPEN, "A buyer disputes", order=orders[3])
    ways = {way.words: way.url for way in staff.get(ALL).context["ways"]}
    assert [*ways] == [
        *("To send (2)", "To pack (1)", "To ship (1)", "Late (2)", "On hold (1)", "Needs a decision (1)"),
        *("All", "Today", "Last 7 days", "This month"),
    ]
    listed = {words: sorted(found(staff, url.partition("?")[2])) for words, url in ways.items()}
    assert listed["To pack (1)"] == ["Late"]
    assert listed["All"] == sorted(order.full_name for order in orders)
    assert listed["Late (2)"] == ["Late", "Packed"]
    assert found(staff, ways["Late (2)"].partition("?")[2]) == ["Packed", "Late"], "the oldest first"
    assert listed["Needs a decision (1)"] == ["Asked"]
    assert found(staff, "attention=false&status=paid") == ["Late"]
    response = staff.get(ways["On hold (1)"])
    assert '<a href="/admin/orders/?status=on_hold" aria-current="page">On hold (1)</a>' in response.content.decode()
    assert [way.words for way in response.context["ways"] if way.is_here] == ["On hold (1)"]


@pytest.mark.once
@pytest.mark.covers("ST2")
def test_the_list_opens_on_the_days_work_and_is_kept_on_the_way_back(staff: Client) -> None:
    paid, packed, pending = orders_of("Paid", "Packed", "Pending")
    for status, order in (("paid", paid), ("packed", packed)):
        Order.objects.filter(pk=order.pk).update(status=status, paid_at=timezone.now())
    work = f"{LIST}?work=to_send"
    assert staff.get(f"{LIST}inspect/{paid.pk}/").context["back_url"] == work
    assert staff.get(LIST).headers["Location"] == work
    assert found(staff, "work=to_send") == ["Paid", "Packed"], "the oldest first"
    assert len(b"".join(staff.get(f"{work}&export=csv")).splitlines()) == 3
    # What is searched for is looked for everywhere: the search keeps filters, and this is none.
    assert "work" not in staff.get(work).context["filters"].form.fields
    late = f"{LIST}?status=paid&late=false&q=%E2%82%B9+x"
    staff.get(late)
    staff.get(f"{LIST}?export=csv")
    for act in ("inspect", "ship", "address", "note"):
        html = staff.get(f"{LIST}{act}/{paid.pk}/").content.decode()
        assert f'href="{late.replace("&", "&amp;")}"' in html, act
    staff.cookies[queue.COOKIE] = '"><script>//evil.example'
    back = staff.get(f"{LIST}inspect/{pending.pk}/").context["back_url"]
    assert back.startswith(f"{LIST}?%22%3E%3Cscript")


FORMULAS = ['=HYPERLINK("http://evil.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"]


@pytest.mark.covers("K15")
def test_csv_runs_nothing_that_a_buyer_typed(staff: Client) -> None:
    for formula in FORMULAS:
        orders_of(formula, city=formula)
    response = staff.get(f"{LIST}?export=csv&ordering=created_at")
    heading, *rows = csv.reader(io.StringIO(b"".join(response).decode(), newline=""))
    for formula, row in zip(FORMULAS, rows, strict=True):
        assert row[heading.index("Name")] == row[heading.index("City")] == f"'{formula}"
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_export_tells_rupees_local_time_and_only_what_was_filtered(staff: Client) -> None:
    first, _second = orders_of("Asha Kulkarni", "Rohan Mehta")
    payments.record(tell.paid(tell.opened(first)))
    response = staff.get(f"{LIST}?export=csv&status=paid")
    heading, *rows = csv.reader(io.StringIO(b"".join(response).decode()))
    row = dict(zip(heading, rows[0], strict=True))
    assert len(rows) == 1
    assert (row["Name"], row["Total"], row["Delivery"]) == ("Asha Kulkarni", "1998.00", "99.00")
    assert (row["Mobile number"], row["State"], row["Status"]) == ("98765 43210", "Maharashtra", "Paid")
    assert row["Placed"] == f"{timezone.localtime(first.created_at):%Y-%m-%d %H:%M}"


@pytest.mark.covers("K15")
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_csv_that_is_split_elsewhere_runs_nothing_either(staff: Client, separator: str) -> None:
    """Where the comma is a decimal sign, spreadsheets split at semicolons, and at whatever a person tells them."""
    hostile = [f"Asha{separator}=1+1", f"Asha{separator} @SUM(A1)", f'Asha"{separator}"=1+1']
    for name in hostile:
        orders_of(name, city=name)
    text = b"".join(staff.get(f"{LIST}?export=csv")).decode()
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    assert any("1+1" in cell for cell in cells)
    assert [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@"))] == []


@pytest.mark.covers("K15")
def test_xlsx_holds_text_where_a_buyer_typed_a_formula(staff: Client) -> None:
    orders_of(FORMULAS[0])
    response = staff.get(f"{LIST}?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response))).active
    assert sheet is not None
    cells = {cell.value: cell for cell in next(sheet.iter_rows(min_row=2))}
    assert cells[FORMULAS[0]].data_type == "s"
    assert 1998 in cells
