"""The commands that catch up: safe to run at any time, twice at once, and to be told in exit codes."""

import datetime as dt
from argparse import ArgumentTypeError
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from catalog.models import StockMovement
from checkout.models import Dispute, Order, Payment
from tests.checkout import reports
from tests.checkout.orders import ONCE_PAID, SKU, assert_books_hold, ordered, outcome, stock_of
from tests.checkout.reports import PAYMENT_ID, deliver, dispute_entity, event, payment_entity
from tests.factories import Buyer, make_product
from tests.programs import Simulator
from webhooks.management.commands.reconcile import moment
from webhooks.models import Heartbeat, WebhookEvent

pytestmark = pytest.mark.django_db


@pytest.mark.covers("L4", "G9", "L1")
@pytest.mark.django_db(transaction=True)
def test_reconciling_twice_at_once_pays_once(simulator: Simulator, no_call_in_a_transaction: None) -> None:
    make_product(SKU)
    for _number in range(3):
        reports.pay(simulator, Buyer().buy(SKU)[1]["razorpay"]["order_id"], "authorized")

    def run(_number: int) -> None:
        try:
            call_command("reconcile", stdout=StringIO())
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(run, range(3)))
    assert [outcome(order) for order in Order.objects.all()] == [ONCE_PAID] * 3
    assert (stock_of(), Payment.objects.count()) == ((7, 0), 3)
    assert_books_hold()


def test_reconcile_says_what_it_did_and_beats(simulator: Simulator) -> None:
    make_product(SKU)
    order, body = Buyer().buy(SKU)
    reports.pay(simulator, body["razorpay"]["order_id"])
    out = StringIO()
    # Not from long ago: this test holds a transaction open, and PostgreSQL ends one that is idle for 15 seconds.
    since = timezone.localdate() - dt.timedelta(days=3)
    call_command("reconcile", "--since", since.isoformat(), stdout=out)
    assert f"{order.number}: pending -> paid" in out.getvalue()
    assert Heartbeat.ages()["reconcile"] >= 0


def test_reconcile_fails_loudly_when_razorpay_is_silent(settings: Settings) -> None:
    settings.RAZORPAY_API_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="run this again"):
        call_command("reconcile", stdout=StringIO())


@pytest.mark.covers("E17", "E29")
def test_reconcile_applies_what_was_only_stored(simulator: Simulator) -> None:
    attempt = ordered()
    deliver(event("payment.captured", payment=payment_entity(attempt)))
    other = ordered()
    WebhookEvent.objects.create(
        body_sha256="0" * 64,
        event="payment.captured",
        raw=event("payment.captured", payment=payment_entity(other, id="pay_ZZZZZZZZZZZZZZ")),
    )
    call_command("reconcile", stdout=StringIO())
    assert outcome(other.order) == ONCE_PAID


@pytest.mark.covers("E24")
def test_replaying_changes_nothing() -> None:
    attempt = ordered()
    for status in ("captured", "failed"):
        deliver(event(f"payment.{status}", payment=payment_entity(attempt, status=status)), event_id=f"evt-{status}")
    deliver(b"no json")
    deliver(event("payment.dispute.created", dispute=dispute_entity(PAYMENT_ID)))
    before = [list(model.objects.values()) for model in (Order, Payment, Dispute, StockMovement)]
    out = StringIO()
    call_command("replay_webhooks", stdout=out)
    assert out.getvalue() == "4 events replayed: 1 quarantined, 3 unchanged\n"
    call_command("replay_webhooks", "--event-id", "evt-failed", stdout=out)
    call_command("replay_webhooks", "--since", (timezone.now() + dt.timedelta(hours=1)).isoformat(), stdout=out)
    assert out.getvalue().splitlines()[1:] == ["1 events replayed: 1 unchanged", "0 events replayed"]
    assert [list(model.objects.values()) for model in (Order, Payment, Dispute, StockMovement)] == before
    assert_books_hold()


def test_moments() -> None:
    assert moment("2026-11-23").isoformat() == "2026-11-23T00:00:00+05:30"
    assert moment("2026-11-23T14:30").isoformat() == "2026-11-23T14:30:00+05:30"
    assert moment("2026-11-23T14:30Z").utcoffset() == dt.timedelta(0)
    for text in ("yesterday", "2026-13-01", "", "2026-02-30T10:00"):
        with pytest.raises(ArgumentTypeError):
            moment(text)
