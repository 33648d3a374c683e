"""Two things about one order at the same moment, over many orders: whoever is first, the books hold.

The control, as it was seen on PostgreSQL: without `select_for_update` in `checkout.orders.lock` an order is expired and
paid at once and a report fails; with the next invoice number computed in Python two payments get the same.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Stock
from checkout import invoices, orders, payments, refunds
from checkout.models import AttentionCase, Payment, RazorpayOrder, Refund
from tests.checkout.orders import ONCE_PAID, SKU, assert_books_hold, make_overdue, opened, ordered, outcome, paid
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 6


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """Make all calls at the same moment, each on a connection of its own."""
    barrier = Barrier(len(calls))

    def act(call: Callable[[], object]) -> object:
        connection.ensure_connection()
        barrier.wait(30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(act, calls))


def many_open() -> list[RazorpayOrder]:
    make_product(SKU, on_hand=100)
    return [ordered() for _number in range(ORDERS)]


def expire(attempt: RazorpayOrder) -> bool:
    return orders.expire(attempt.order_id, now=timezone.now())


@pytest.mark.covers("G3", "G4", "H6")
def test_paid_and_expired() -> None:
    for attempt in many_open():
        make_overdue(attempt.order)
        facts = paid(attempt)
        at_once([lambda a=attempt: expire(a), lambda f=facts: payments.record(f)] * 2)  # type: ignore[misc]
        assert outcome(attempt.order) == ONCE_PAID
    assert Stock.objects.get().reserved == 0
    assert_books_hold()


@pytest.mark.covers("G6", "G9")
def test_cancelled_and_expired() -> None:
    for attempt in many_open():
        make_overdue(attempt.order)
        calls: list[Callable[[], object]] = [
            lambda a=attempt: expire(a),  # type: ignore[misc]
            lambda a=attempt: orders.cancel(a.order_id, text=""),  # type: ignore[misc]
        ]
        assert sorted(map(bool, at_once(calls * 2))) == [False, False, False, True]
    assert_books_hold()


@pytest.mark.covers("F12", "F13")
def test_two_payments_for_one_order() -> None:
    attempts = many_open()
    for attempt in attempts:
        second = opened(attempt.order, number=2)
        facts = [paid(attempt), paid(attempt, 2), paid(second)]
        results = at_once([lambda f=f: payments.record(f) for f in facts])  # type: ignore[misc]
        assert results == ["applied"] * 3
        assert outcome(attempt.order) == ONCE_PAID
    assert Refund.objects.filter(origin="shop", status="requested").count() == 2 * len(attempts)
    assert not AttentionCase.objects.exists()
    assert_books_hold()


@pytest.mark.covers("F16")
def test_money_is_locked_after_its_order_even_when_it_was_linked_meanwhile() -> None:
    """A lock of the payment alone, kept while waiting for its order, would wait for whoever has the order for ever."""
    order = ordered().order
    stray = Payment.objects.create(razorpay_payment_id="pay_Aa1Bb2Cc3Dd4Ee", amount=100)

    def lock() -> tuple[int | None, list[str]]:
        try:
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                payment = refunds.lock(stray.pk)
        finally:
            connection.close()
        tables = [str(query["sql"]) for query in queries if str(query["sql"]).startswith("SELECT")]
        return payment.order_id, [re.findall(r'FROM "checkout_(\w+)"', sql)[0] for sql in tables[-2:]]

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            orders.lock(order.pk)
            Payment.objects.filter(pk=stray.pk).update(order=order)
            waiting = pool.submit(lock)
            time.sleep(0.5)
            assert not waiting.done()
        assert waiting.result() == (order.pk, ["order", "payment"])


@pytest.mark.covers("K13")
def test_invoice_numbers_are_consecutive() -> None:
    make_product(SKU)

    def take() -> str:
        with transaction.atomic():
            return invoices.next_number(timezone.now())

    numbers = [number for _round in range(5) for number in at_once([take] * 8)]
    assert sorted(str(number)[-6:] for number in numbers) == [f"{number:06d}" for number in range(1, 41)]
