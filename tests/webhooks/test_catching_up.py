"""How far back Razorpay's lists are read, and what is remembered of it.

Seen to fail: a bookmark that moves although a day could not be read leaves that day's money unfound.
"""

import datetime as dt

import pytest
from django.utils import timezone

from checkout import gateway, ledger
from checkout.models import AttentionCase, Payment, RazorpayOrder, Refund
from checkout.reconciliation import LATE_MONEY
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import assert_books_hold, ordered
from tests.clock import Clock
from tests.factories import make_product
from tests.programs import Simulator
from webhooks import catching_up
from webhooks.catching_up import FAR_SWEEP, RECONCILE, SWEEP, search_from
from webhooks.models import Heartbeat

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LISTS = r"GET /v1/payments\?from=(\d+)"


def bookmark() -> dt.datetime:
    return Heartbeat.objects.get(name=SWEEP).at


def days_back(faulty: FaultyRazorpay) -> int:
    """Return how many days of payments were read."""
    return faulty.count(LISTS)


@pytest.mark.covers("L6", "L7", "K12")
def test_where_the_search_begins() -> None:
    now = timezone.now()
    assert search_from(now) == now - LATE_MONEY, "nothing was read yet"
    Heartbeat.beat(FAR_SWEEP, at=now - HOUR)
    assert search_from(now) == now - DAY
    Heartbeat.beat(SWEEP, at=now - HOUR)
    assert search_from(now) == now - DAY, "at least a day"
    Heartbeat.beat(SWEEP, at=now - 9 * DAY)
    assert search_from(now) == now - 9 * DAY - HOUR, "an hour before the last reading without a gap"
    Heartbeat.beat(SWEEP, at=now)
    Heartbeat.beat(FAR_SWEEP, at=now - DAY - HOUR)
    assert search_from(now) == now - LATE_MONEY, "once a day as far as late money may lie"


@pytest.mark.covers("G10")
def test_a_clock_that_was_set_back_makes_no_gap(faulty: FaultyRazorpay) -> None:
    now = timezone.now()
    for name in (SWEEP, FAR_SWEEP):
        Heartbeat.beat(name, at=now + 90 * DAY)
    assert search_from(now) == now - LATE_MONEY
    catching_up.catch_up()
    assert bookmark() <= timezone.now()


@pytest.mark.covers("L6")
def test_a_day_that_could_not_be_read_is_read_next_time(faulty: FaultyRazorpay) -> None:
    begin = int((timezone.now() - LATE_MONEY).timestamp())
    second_day = rf"GET /v1/payments\?from={begin + 86_400}|GET /v1/payments\?from={begin + 86_401}"
    faulty.plan(faults.answer(500, "<html>"), on=second_day, times=3)
    assert catching_up.catch_up().failed == 1
    assert days_back(faulty) == 4 + 2
    assert abs(bookmark() - (timezone.now() - LATE_MONEY + DAY)) < dt.timedelta(minutes=1)
    assert not Heartbeat.objects.filter(name=FAR_SWEEP).exists()
    faulty.calls.clear()
    assert catching_up.catch_up().failed == 0
    assert days_back(faulty) in (4, 5), "a second may have passed"
    assert abs(bookmark() - timezone.now()) < dt.timedelta(minutes=1)
    faulty.calls.clear()
    catching_up.catch_up()
    assert days_back(faulty) == 1, "the rest of the day needs no more"


@pytest.mark.covers("L6")
def test_since_looks_further_back_and_leaves_no_gap_behind(faulty: FaultyRazorpay) -> None:
    now = timezone.now()
    Heartbeat.beat(SWEEP, at=now - 5 * DAY)
    catching_up.catch_up(since=now - HOUR)
    assert bookmark() == now - 5 * DAY, "four days were not read"
    catching_up.catch_up(since=now - 6 * DAY)
    assert bookmark() > now - HOUR


@pytest.mark.covers("L3")
def test_a_silent_razorpay_moves_no_bookmark(faulty: FaultyRazorpay) -> None:
    now = timezone.now()
    Heartbeat.beat(SWEEP, at=now - HOUR)
    Heartbeat.beat(FAR_SWEEP, at=now - HOUR)
    faulty.plan(faults.answer(500, "<html>"), times=1000)
    assert catching_up.catch_up().failed > 0
    assert catching_up.search(budget=1).failed > 0
    assert bookmark() == now - HOUR
    assert Heartbeat.ages()[RECONCILE] < 60, "it ran"


@pytest.mark.covers("L7", "E21")
def test_the_workers_search_finds_money_too(faulty: FaultyRazorpay) -> None:
    stub = ordered()
    entity = reports.payment_entity(stub, order_id=None)
    faulty.plan(faults.answer(200, {"items": [entity]}), on=LISTS)
    assert catching_up.search(budget=20).found == 1
    assert Payment.objects.get().razorpay_payment_id == entity["id"]
    assert AttentionCase.objects.count() == 1


@pytest.mark.covers("I9", "L7")
@pytest.mark.parametrize(("days", "is_found"), [(1, True), (28, True), (33, False)])
def test_a_refund_that_its_bank_returns_weeks_later_is_found(
    days: int, is_found: bool, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_product("CG18-B")
    attempt = ordered()
    facts = gateway.create_order(amount=attempt.amount, receipt=attempt.receipt, notes={})
    RazorpayOrder.objects.filter(pk=attempt.pk).update(razorpay_order_id=facts.order_id)
    payment_id = simulator.control("pay", order_id=facts.order_id, outcome="success")["razorpay_payment_id"]
    refund_id = simulator.control("refund", payment_id=payment_id, amount=1_000)["id"]
    catching_up.catch_up()
    assert Refund.objects.get().status == "processed"
    simulator.control("decide_refund", refund_id=refund_id, status="failed")
    # The shop has read what was new on each of these days.
    Heartbeat.beat(SWEEP, at=Clock(monkeypatch).move(days=days))
    catching_up.catch_up()
    assert Refund.objects.get().status == ("failed" if is_found else "processed")
    assert ledger.returned(Payment.objects.get()) == (0 if is_found else 1_000)
    assert_books_hold()
