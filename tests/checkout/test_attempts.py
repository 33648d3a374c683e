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
from tests.checkout.faults import Fault, FaultyRazorpay
from tests.checkout.orders import SKU, cart_with, place
from tests.factories import make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
CREATE = "POST /v1/orders"


@pytest.fixture
def order() -> Order:
    return place(cart_with(make_product(SKU)))


def at_razorpay(simulator: Simulator) -> list[str]:
    """Return the receipts of all orders that the pretend Razorpay has."""
    found = gateway._client().order.all({"count": 100})["items"]
    return sorted(item["receipt"] for item in found)


def test_opening_twice_makes_one_razorpay_order(order: Order, simulator: Simulator) -> None:
    first = attempts.open_payment(order)
    assert first == attempts.open_payment(order) == attempts.current(order)
    assert at_razorpay(simulator) == [f"{order.number}-1"]
    assert (first.amount, first.receipt, first.status) == (order.total, f"{order.number}-1", "created")
    assert order.events.filter(kind="payment_opened").count() == 1


@pytest.mark.covers("B2", "B8")
@pytest.mark.parametrize("fault", [faults.lose_answer, faults.do_and_hang, faults.truncate])
def test_a_lost_answer_is_found_by_its_receipt(
    fault: Fault, order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    faulty.plan(fault, on=CREATE)
    attempt = attempts.open_payment(order)
    assert attempt.razorpay_order_id
    assert at_razorpay(simulator) == [attempt.receipt]


@pytest.mark.covers("B1", "B2", "A9")
def test_a_lost_answer_and_a_lost_look_up_are_made_good_later(
    order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    faulty.plan(faults.lose_answer, on=CREATE)
    faulty.plan(faults.reset, on="GET /v1/orders")
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None
    attempt = attempts.open_payment(order)
    assert faulty.count(CREATE) == 1
    assert at_razorpay(simulator) == [attempt.receipt]


@pytest.mark.covers("B1")
def test_a_request_that_never_arrived_is_sent_again(order: Order, faulty: FaultyRazorpay, simulator: Simulator) -> None:
    faulty.plan(faults.reset, on=CREATE)
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    attempts.open_payment(order)
    assert at_razorpay(simulator) == [f"{order.number}-1"]


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
    assert at_razorpay(simulator) == [killed.receipt]


@pytest.mark.covers("B4")
@pytest.mark.parametrize("with_id", [True, False])
def test_an_account_that_refuses_a_receipt_it_has_seen(
    with_id: bool, order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    existing = gateway.create_order(amount=order.total, receipt=f"{order.number}-1", notes={})
    metadata = {"order_id": existing.order_id} if with_id else {}
    faulty.plan(faults.refuse(400, "Order receipt should be unique.", metadata=metadata), on=CREATE)
    assert attempts.open_payment(order).razorpay_order_id == existing.order_id
    assert AttentionCase.objects.count() == 0


@pytest.mark.covers("B4")
def test_the_order_that_a_refusal_names_must_be_ours(
    order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    foreign = gateway.create_order(amount=order.total, receipt="somebody else's", notes={})
    refusal = faults.refuse(400, "Order receipt should be unique.", metadata={"order_id": foreign.order_id})
    faulty.plan(refusal, on=CREATE)
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None


@pytest.mark.covers("B5")
def test_a_receipt_of_another_amount_leads_to_the_next_attempt(
    order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    gateway.create_order(amount=order.total + 100, receipt=f"{order.number}-1", notes={})
    faulty.plan(faults.refuse(400, "Order receipt should be unique."), on=CREATE)
    attempt = attempts.open_payment(order)
    assert (attempt.attempt, attempt.amount, attempt.receipt) == (2, order.total, f"{order.number}-2")
    assert list(order.razorpay_orders.values_list("status", flat=True)) == ["superseded", "created"]
    assert attempts.current(order) == attempt


@pytest.mark.covers("B9")
@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "USD"}, {"receipt": "another"}])
def test_an_answer_that_differs_from_the_question_is_not_used(
    wrong: dict[str, object], order: Order, faulty: FaultyRazorpay
) -> None:
    faulty.plan(faults.change(**wrong), on=CREATE)
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None
    assert attempts.open_payment(order).attempt == 1, "asked again, Razorpay tells the truth"


@pytest.mark.covers("B6", "A12")
def test_a_refusal_is_told_to_staff_once_and_not_repeated(order: Order, faulty: FaultyRazorpay) -> None:
    refusal = faults.refuse(400, "Amount exceeds maximum amount allowed.", field="amount")
    faulty.plan(refusal, on=CREATE, times=2)
    for _time in range(2):
        with pytest.raises(GatewayError) as caught:
            attempts.open_payment(order)
        assert "contact us" in caught.value.customer_text
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
