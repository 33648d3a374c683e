"""A clock that jumps, and two time zones: nothing is given up blind, nothing is stuck, and the books hold.

Seen to fail: without `checked_at__gt` in `views.orders.check` a question is refused for as long as the clock was wrong.
"""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from catalog.models import StockMovement
from checkout import attempts, emails, payments, reconciliation
from checkout.models import LedgerEntry, Order, OrderEvent, OutboxEmail, RazorpayOrder
from tests.checkout import reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import ONCE_PAID, SKU, assert_books_hold, cart_with, ordered, outcome, paid, place, stock_of
from tests.checkout.reports import deliver, event, payment_entity
from tests.clock import Clock
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JUMPS = [{"hours": 1}, {"hours": -1}, {"days": 1}, {"days": -1}, {"days": 3650}, {"days": -3650}]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that begins at the true time, since Razorpay has its own."""
    return Clock(monkeypatch)


def test_the_clock_of_these_tests_dates_every_row(clock: Clock) -> None:
    clock.move(days=30)
    payments.record(paid(ordered()))
    begin = clock.at - dt.timedelta(minutes=1)
    for model in (Order, OrderEvent, StockMovement, LedgerEntry, OutboxEmail):
        times = {field.name: begin for field in model._meta.fields if field.name in ("at", "created_at")}
        assert times
        assert not model.objects.exclude(**{f"{name}__gte": moment for name, moment in times.items()}).exists()


@pytest.mark.covers("G10")
@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_purchase_during_which_the_clock_jumps(jump: dict[str, int], clock: Clock, simulator: Simulator) -> None:
    """It jumps after each step, there and back again."""
    back = {unit: -size for unit, size in jump.items()}
    make_product(SKU)
    clock.move(**jump)
    order, body = Buyer().buy(SKU)
    clock.move(**back)
    client = Client()
    assert client.post(f"/orders/{order.token}/pay/", headers={"accept": "application/json"}).status_code == 303
    clock.move(**jump)
    triple = reports.pay(simulator, body["razorpay"]["order_id"])
    call_command("reconcile", stdout=StringIO())
    clock.move(**back)
    attempt = RazorpayOrder.objects.get()
    deliver(event("payment.captured", payment=payment_entity(attempt, id=triple["razorpay_payment_id"])))
    assert client.post("/payments/verify/", triple).json()["status"] == "paid"
    assert outcome(order) == ONCE_PAID
    clock.move(**jump)
    emails.send_waiting()
    clock.move(**back)
    emails.send_waiting()
    assert len(mail.outbox) == 1
    assert stock_of() == (9, 0)
    assert_books_hold()


@pytest.mark.covers("G10", "G1")
def test_a_jump_ahead_expires_nothing_that_was_paid(clock: Clock, simulator: Simulator) -> None:
    make_product(SKU)
    paid, body = Buyer().buy(SKU)
    unpaid, _body = Buyer().buy(SKU)
    reports.pay(simulator, body["razorpay"]["order_id"])
    clock.move(days=2)
    reconciliation.reconcile(since=clock.at - dt.timedelta(days=3))
    assert outcome(paid) == ONCE_PAID
    assert outcome(unpaid)["status"] == "expired"
    clock.move(days=-2)
    reconciliation.reconcile()
    assert (outcome(paid), outcome(unpaid)["status"]) == (ONCE_PAID, "expired")
    assert_books_hold()


@pytest.mark.covers("G10")
def test_a_jump_back_expires_nothing_early_and_holds_nothing_negative(clock: Clock, simulator: Simulator) -> None:
    make_product(SKU)
    order, _body = Buyer().buy(SKU)
    clock.move(hours=-1)
    assert reconciliation.reconcile().expired == 0
    assert stock_of() == (10, 1)
    clock.move(hours=1, minutes=31)
    assert reconciliation.reconcile().expired == 1
    assert stock_of() == (10, 0)
    assert outcome(order)["status"] == "expired"


@pytest.mark.covers("G10")
def test_a_jump_back_keeps_no_buyer_from_paying_or_asking(
    clock: Clock, faulty: FaultyRazorpay, limits_on: None
) -> None:
    order = place(cart_with(make_product(SKU)))
    RazorpayOrder.objects.create(
        order=order,
        attempt=1,
        key_id="rzp_test_suite0000000001",
        amount=order.total,
        receipt=f"{order.number}-1",
        claimed_until=clock.at + attempts.LEASE,
    )
    Order.objects.update(checked_at=clock.at)
    clock.move(hours=-1)
    assert attempts.open_payment(order).razorpay_order_id, "the claim was made before the clock was set back"
    before = faulty.count("/payments")
    Client().post(f"/orders/{order.token}/check/")
    assert faulty.count("/payments") == before + 1


@pytest.mark.covers("G10", "K14")
def test_mail_of_a_wrong_clock_goes_out(clock: Clock, simulator: Simulator) -> None:
    order = place(cart_with(make_product(SKU)))
    OutboxEmail.objects.create(order=order, kind="paid", next_try_at=clock.at + dt.timedelta(days=400))
    assert emails.send_waiting() == 1


@pytest.mark.covers("G10")
def test_the_day_and_the_year_are_those_of_india(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_product(SKU)
    clock = Clock(monkeypatch, dt.datetime(2026, 12, 31, 18, 29, 59, tzinfo=dt.UTC))
    assert place(cart_with(variant)).number.startswith("CG26-")
    clock.move(seconds=1)
    assert place(cart_with(variant)).number.startswith("CG27-"), "it is midnight in India"
