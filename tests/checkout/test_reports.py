"""Reports say what the papers and the ledger of their time say, to the paisa."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.search_promotions.models import Query

from catalog.models import EmptySearch, ShopSettings, Stock, Variant
from checkout import cart as carts
from checkout import payments, refunds
from checkout.models import Cart, Coupon, Order, Refund, Settlement
from checkout.reports import goods, gst, money, sales
from checkout.reports.period import Period, TooLong, named
from tests.checkout.orders import opened, paid, place, refund_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db
CAB, BUS = "CG43-TX-0007", "CG64-BS-0001"
# The last minute of 31 March in India, and a minute later.
LAST, FIRST = dt.datetime(2026, 3, 31, 18, 29, tzinfo=dt.UTC), dt.datetime(2026, 3, 31, 18, 30, tzinfo=dt.UTC)
MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
APRIL = Period(dt.date(2026, 4, 1), dt.date(2026, 4, 30))


@pytest.fixture(autouse=True)
def seller() -> None:
    """A registered shop in Pune with two models."""
    make_product(CAB, title="City Cab", on_hand=100)
    make_product(BUS, title="City Bus", on_hand=100)
    ShopSettings.objects.update_or_create(defaults={"state": "27", "gstin": "27AACCG4243Q1Z8"})


def bought(moment: dt.datetime, *, code: str = "", cabs: int = 1, buses: int = 1, **details: Any) -> Order:
    """Return an order of both models, paid at a moment."""
    cart = Cart.objects.create()
    for sku, quantity in ((CAB, cabs), (BUS, buses)):
        if quantity:
            carts.add(cart, variant=Variant.objects.get(sku=sku), quantity=quantity)
    if code:
        carts.use_coupon(cart, code)
    order = place(cart, key=f"key-{cart.pk}", **details)
    payments.record(paid(opened(order), fee=2_000, tax=305))
    Order.objects.filter(pk=order.pk).update(paid_at=moment)
    return Order.objects.get(pk=order.pk)


def refunded(order: Order, moment: dt.datetime, amount: int, **wanted: Any) -> Refund:
    """Return a refund of an order that came through at a moment."""
    refund = refunds.request(payment_id=order.payments.get().pk, amount=amount, reason="Scratched", **wanted)
    refunds.record(refund_of(refund))
    Refund.objects.filter(pk=refund.pk).update(processed_at=moment)
    refund.refresh_from_db()
    return refund


@pytest.fixture
def orders() -> list[Order]:
    """Orders at home, elsewhere, for a business and with a code; one a minute too late for March."""
    Coupon.objects.create(code="TENTH", percent=10, limit_per_person=None)
    return [
        bought(LAST, cabs=2),
        bought(LAST, state="29", postcode="560001", city="Bengaluru", code="TENTH"),
        bought(LAST, state="29", postcode="560001", city="Bengaluru", gstin="29AACCG4243Q1Z4", buses=3),
        bought(FIRST, buses=0),
    ]


@pytest.mark.parametrize("report", [sales.by_product, sales.by_maker, sales.by_state])
def test_sales_are_what_invoices_and_credit_notes_say(
    report: Callable[[Period], list[sales.Sales]], orders: list[Order]
) -> None:
    line = orders[0].lines.get(sku=CAB)
    refunds_made = [refunded(orders[0], LAST, line.unit_price, lines={line.pk: 1}), refunded(orders[1], LAST, 10_001)]
    rows = report(MARCH)
    assert sum(row.sold for row in rows) == sum(order.total for order in orders[:3])
    assert sum(row.credited for row in rows) == sum(refund.credited for refund in refunds_made) > 0
    assert sum(row.pieces for row in rows) == 3 + 2 + 4
    assert sum(row.returned for row in rows) == 1
    assert sum(row.sold for row in report(APRIL)) == orders[3].total


def test_sales_are_told_apart(orders: list[Order]) -> None:
    rows = {row.sku or row.name: row for row in sales.by_product(MARCH)}
    assert set(rows) == {CAB, BUS, *(["Delivery"] if any(order.shipping for order in orders[:3]) else [])}
    assert (rows[CAB].pieces, rows[CAB].orders, rows[BUS].pieces) == (4, 3, 5)
    states = {row.name: row.sold for row in sales.by_state(MARCH)}
    assert states == {"Maharashtra": orders[0].total, "Karnataka": orders[1].total + orders[2].total}


def test_sales_by_day(orders: list[Order]) -> None:
    days = sales.by_day(Period(dt.date(2026, 3, 30), dt.date(2026, 4, 1)))
    march = sum(order.total for order in orders[:3])
    assert list(days.values()) == [0, march, orders[3].total]


def test_tax_is_what_the_papers_say(orders: list[Order]) -> None:
    note = refunded(orders[2], LAST, 5_003)
    for rows in (gst.by_state(MARCH), gst.by_hsn(MARCH)):
        assert sum(row.total for row in rows) == sum(order.total for order in orders[:3]) - note.credited
        assert all(row.taxable + row.cgst + row.sgst + row.igst == row.total for row in rows)
    rows = gst.by_state(MARCH)
    assert [(row.paper, row.buyer, row.state[:2]) for row in rows] == [
        ("Invoices", "Business (B2B)", "29"),
        ("Invoices", "Consumer (B2C)", "27"),
        ("Invoices", "Consumer (B2C)", "29"),
        ("Credit notes", "Business (B2B)", "29"),
    ]
    assert [(bool(row.igst), bool(row.cgst), row.papers) for row in rows] == [
        (True, False, 1),
        (False, True, 1),
        (True, False, 1),
        (True, False, 1),
    ]
    assert rows[3].total == -note.credited


def test_money_by_day_is_the_ledger(orders: list[Order]) -> None:
    refunded(orders[0], LAST, 10_000)
    Settlement.objects.create(razorpay_settlement_id="setl_1", amount=500_000, settled_at=orders[0].created_at)
    [day] = money.by_day(named("today"))
    captured = sum(order.total for order in orders)
    assert (day.payments, day.captured, day.fees, day.refunded, day.settled) == (4, captured, 8_000, 10_000, 500_000)
    assert day.net == captured - 18_000
    assert money.by_day(MARCH) == []


def test_refunds_and_coupons(orders: list[Order]) -> None:
    refund = refunded(orders[0], LAST, 10_000)
    assert list(money.refunds(named("today"))) == [refund]
    assert list(money.refunds(MARCH)) == []
    [use] = money.coupons(MARCH)
    assert (use.code, use.orders, use.given, use.sold) == ("TENTH", 1, orders[1].discount, orders[1].total)


def test_what_lies_on_the_shelf(orders: list[Order]) -> None:
    rows = goods.stock_value()
    assert {row.sku: row.value for row in rows} == {
        stock.variant.sku: stock.on_hand * stock.variant.price for stock in Stock.objects.all()
    }


def test_what_was_searched_for_in_vain() -> None:
    query = Query.get("zeppelin")
    for day, times in ((dt.date(2026, 3, 1), 2), (dt.date(2026, 3, 31), 3), (dt.date(2026, 4, 1), 9)):
        EmptySearch.objects.create(query=query, date=day, times=times)
    assert goods.searched_in_vain(MARCH) == [goods.Vain("zeppelin", 5, dt.date(2026, 3, 31))]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-02-10", "2026-02-10"),
        ("week", "2026-02-04", "2026-02-10"),
        ("month", "2026-02-01", "2026-02-10"),
        ("last_month", "2026-01-01", "2026-01-31"),
        ("quarter", "2026-01-01", "2026-02-10"),
        ("year", "2025-04-01", "2026-02-10"),
    ],
)
def test_named_periods(name: str, first: str, last: str) -> None:
    period = named(name, dt.date(2026, 2, 10))
    assert (str(period.first), str(period.last)) == (first, last)


def test_a_period_of_more_than_a_year_is_refused() -> None:
    Period(dt.date(2025, 4, 1), dt.date(2026, 3, 31))
    with pytest.raises(TooLong, match="at most 366 days"):
        Period(dt.date(2025, 4, 1), dt.date(2026, 4, 2))


def test_more_papers_need_no_more_queries(orders: list[Order]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            sales.by_product(MARCH)
            gst.by_state(MARCH)
        return len(captured)

    for order in orders[:2]:
        line = order.lines.get(sku=CAB)
        refunded(order, LAST, 100, lines={line.pk: 1})
    few = queries()
    more = [bought(LAST) for _ in range(4)]
    for order in more:
        refunded(order, LAST, 100, lines={order.lines.get(sku=BUS).pk: 1})
    assert queries() == few
