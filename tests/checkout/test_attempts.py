"""Attempts: one Razorpay order for a local order, whatever is lost between the two."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from checkout import attempts, gateway, orders
from checkout.gateway import GatewayError
from checkout.models import AttentionCase, Order, RazorpayOrder
from checkout.models.attention import CaseKind
from tests.checkout import faults
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, cart_with, place, receipts_at_razorpay
from tests.factories import make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
CREATE = "POST /v1/orders"


@pytest.fixture
def order() -> Order:
    return place(cart_with(make_product(SKU)))


def test_opening_twice_makes_one_razorpay_order(order: Order, simulator: Simulator) -> None:
    first = attempts.open_payment(order)
    assert first == attempts.open_payment(order) == attempts.current(order)
    assert receipts_at_razorpay() == [f"{order.number}-1"]
    assert (first.amount, first.receipt, first.status) == (order.total, f"{order.number}-1", "created")
    assert order.events.filter(kind="payment_opened").count() == 1


@pytest.mark.covers("A9", "B11")
def test_a_holder_that_was_killed_loses_its_claim(
    order: Order, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "PATIENCE", 0.05)
    killed = attempts._prepare(order.pk)
    assert attempts._claim(killed)
    lost = gateway.create_order(amount=killed.amount, receipt=killed.receipt, notes={})
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    RazorpayOrder.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert attempts.open_payment(order).razorpay_order_id == lost.order_id
    assert receipts_at_razorpay() == [killed.receipt]


@pytest.mark.covers("B6")
def test_a_refusal_is_told_to_staff_once_and_not_repeated(order: Order, faulty: FaultyRazorpay) -> None:
    refusal = faults.refuse(400, "Amount exceeds maximum amount allowed.", field="amount")
    faulty.plan(refusal, on=CREATE, times=2)
    for _time in range(2):
        with pytest.raises(GatewayError) as caught:
            attempts.open_payment(order)
        assert "an amount like this" in caught.value.customer_text
    assert faulty.count(CREATE) == 2, "one call for each time that somebody asked"
    case = AttentionCase.objects.get()
    assert (case.kind, case.order) == (CaseKind.RAZORPAY_REFUSED, order)
    assert "Amount exceeds" in case.text


@pytest.mark.covers("B7")
def test_a_wrong_key_is_told_to_staff(order: Order, simulator: Simulator, settings: Settings) -> None:
    settings.RAZORPAY_KEY_SECRET = "wrong"
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert AttentionCase.objects.get().kind == CaseKind.RAZORPAY_REFUSED


@pytest.mark.covers("B13", "K5", "K6")
def test_another_key_makes_another_attempt(order: Order, simulator: Simulator, settings: Settings) -> None:
    old = attempts.open_payment(order)
    RazorpayOrder.objects.filter(pk=old.pk).update(key_id="rzp_test_rolled")
    assert attempts.current(order) is None, "never sent to the browser"
    new = attempts.open_payment(order)
    assert (new.attempt, new.key_id) == (2, settings.RAZORPAY_KEY_ID)
    old.refresh_from_db()
    assert old.razorpay_order_id, "kept, so that its payments are still known"


@pytest.mark.covers("C11", "C12")
def test_only_a_pending_order_is_opened(order: Order, faulty: FaultyRazorpay) -> None:
    orders.cancel(order.pk, text="")
    with pytest.raises(attempts.NotPayable):
        attempts.open_payment(order)
    assert faulty.calls == []


@pytest.mark.covers("B11")
@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one_razorpay_order(
    simulator: Simulator, faulty: FaultyRazorpay, no_call_in_a_transaction: None
) -> None:
    order = place(cart_with(make_product(SKU)))

    def click(_number: int) -> str | None:
        try:
            return attempts.open_payment(Order.objects.get(pk=order.pk)).razorpay_order_id
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(click, range(8)))
    assert len(set(ids)) == 1
    assert ids[0]
    assert faulty.count(CREATE) == 1
