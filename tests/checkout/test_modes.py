"""From test to live: the play money of the test mode pays nothing in a shop with a live key.

The control, as it was seen: without `is_of_this_mode` the event, the window's proof and a mere look at the order each
make it paid or keep it from expiring.
"""

import pytest
from django.test import Client
from pytest_django import Settings

from checkout import attempts, attention, orders, reconciliation
from checkout.models import LedgerEntry, Order, Payment, RazorpayOrder
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, assert_books_hold, make_overdue, ordered, outcome, stock_of
from tests.checkout.reports import deliver, event, order_entity, payment_entity
from webhooks.models import WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIVE = "rzp_live_abcdefghijklmn"


@pytest.fixture
def old(settings: Settings, faulty: FaultyRazorpay) -> RazorpayOrder:
    """An order that was opened with the test key; now the shop has a live one, and still knows the test key."""
    attempt = ordered()
    settings.RAZORPAY_PREVIOUS_KEYS = {settings.RAZORPAY_KEY_ID: settings.RAZORPAY_KEY_SECRET}
    settings.RAZORPAY_KEY_ID = LIVE
    return attempt


@pytest.mark.covers("K6", "E23")
def test_a_test_event_pays_no_live_order(old: RazorpayOrder) -> None:
    payment = payment_entity(old)
    assert deliver(event("payment.captured", payment=payment)) == 200
    assert deliver(event("order.paid", payment=payment, order=order_entity(old))) == 200
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"ignored"}
    assert outcome(old.order) == NEVER_PAID
    assert (Payment.objects.count(), LedgerEntry.objects.count(), attention.count_open()) == (0, 0, 0)


@pytest.mark.covers("K6")
def test_the_proof_of_a_test_payment_proves_nothing(old: RazorpayOrder, client: Client, faulty: FaultyRazorpay) -> None:
    triple = reports.triple(old.razorpay_order_id or "")
    for address in ("/payments/verify/", "/payments/callback/"):
        assert client.post(address, triple).status_code == 400
    assert outcome(old.order) == NEVER_PAID
    assert (Payment.objects.count(), faulty.calls) == (0, [])


@pytest.mark.covers("K6", "B13")
def test_an_open_order_gets_a_live_razorpay_order(old: RazorpayOrder, client: Client, faulty: FaultyRazorpay) -> None:
    order = old.order
    pay_url = f"/orders/{order.token}/pay/"
    assert str(old.razorpay_order_id) not in client.get(pay_url).content.decode()
    live = order_entity(old, status="created", id="order_LIVELIVELIVE01", receipt=f"{order.number}-2")
    faulty.plan(faults.answer(200, live), on="^POST /v1/orders$")
    client.post(pay_url)
    attempt = attempts.current(order)
    assert attempt is not None
    assert (attempt.attempt, attempt.key_id, attempt.razorpay_order_id) == (2, LIVE, "order_LIVELIVELIVE01")
    shown = client.get(pay_url).content.decode()
    assert "order_LIVELIVELIVE01" in shown
    assert str(old.razorpay_order_id) not in shown


@pytest.mark.covers("K6", "G1")
@pytest.mark.parametrize("announced", [False, True])
def test_an_order_of_the_test_mode_expires(announced: bool, old: RazorpayOrder, faulty: FaultyRazorpay) -> None:
    """Razorpay would answer each question about it with "does not exist", and its cars would be held for ever."""
    if announced:
        Payment.objects.create(
            razorpay_payment_id=reports.PAYMENT_ID, order=old.order, razorpay_order=old, amount=old.amount
        )
    make_overdue(old.order)
    assert reconciliation.settle(Order.objects.get()).status == "expired"
    assert (stock_of(), faulty.calls) == ((10, 0), [])
    assert_books_hold()


@pytest.mark.covers("K5")
def test_money_on_its_way_under_a_rolled_key_keeps_its_order(settings: Settings) -> None:
    attempt = ordered()
    Payment.objects.create(razorpay_payment_id=reports.PAYMENT_ID, order=attempt.order, razorpay_order=attempt)
    settings.RAZORPAY_KEY_ID = "rzp_test_rolled000000000"
    assert orders.has_money_coming(attempt.order)


@pytest.mark.covers("K5", "D11")
@pytest.mark.parametrize("is_known", [True, False])
def test_an_order_of_a_rolled_key_is_verified_with_its_own_secret(
    is_known: bool, settings: Settings, client: Client, faulty: FaultyRazorpay
) -> None:
    attempt = ordered()
    triple = reports.triple(attempt.razorpay_order_id or "")
    settings.RAZORPAY_PREVIOUS_KEYS = {settings.RAZORPAY_KEY_ID: settings.RAZORPAY_KEY_SECRET} if is_known else {}
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "rzp_test_rolled000000000", "a new secret"
    faulty.plan(faults.answer(200, payment_entity(attempt, id=triple["razorpay_payment_id"])), on="GET /v1/payments/")
    faulty.plan(faults.answer(200, order_entity(attempt)), on="GET /v1/orders/")
    answer = client.post("/payments/verify/", triple)
    assert answer.status_code == (200 if is_known else 400)
    assert outcome(attempt.order) == (ONCE_PAID if is_known else NEVER_PAID)
