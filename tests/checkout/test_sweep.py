"""Money that nobody told the shop of, in lists that are long, that move, and that fail in the middle.

Seen to fail: with pages that meet instead of overlapping, what moves up in the list is passed over; without the look
for the last payment of the page before, nobody notices what was passed over all the same.
"""

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from checkout import gateway, patience, sweep
from checkout.facts import PaymentFacts
from checkout.models import AttentionCase, Dispute, LedgerEntry, Payment, RazorpayOrder, Refund
from checkout.models.attention import CaseKind
from checkout.patience import Patience
from checkout.sweep import DAY, Sweep, windows
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay, Handler
from tests.checkout.orders import ONCE_PAID, assert_books_hold, ordered, outcome
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOW = 1_800_000_000
PAYMENTS = r"GET /v1/payments\?"


class Listing:
    """Razorpay's list of payments, newest first. `moves` happen one after each page."""

    def __init__(self, faulty: FaultyRazorpay, times: list[int]) -> None:
        self.stub = ordered()
        self.items = [self.payment(number, at) for number, at in enumerate(times)]
        self.moves: list[Any] = []
        self.asked: list[tuple[int, int, int]] = []
        faulty.plan(self.serve, on=PAYMENTS, times=1000)

    def payment(self, number: int, at: int) -> dict[str, Any]:
        entity = reports.payment_entity(self.stub, order_id=None, created_at=at)
        return {**entity, "id": f"pay_{number:014d}"}

    def serve(self, handler: Handler) -> None:
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(handler.path).query).items()}
        self.asked.append((query["from"], query["to"], query["skip"]))
        found = [item for item in self.items if query["from"] <= item["created_at"] <= query["to"]]
        found.sort(key=lambda item: -item["created_at"])
        page = found[query["skip"] : query["skip"] + query["count"]]
        handler.answer(200, json.dumps({"entity": "collection", "count": len(page), "items": page}).encode())
        if self.moves:
            self.moves.pop(0)()


def swept(since: int, until: int = NOW, **options: Any) -> Sweep:
    found = Sweep(**options)
    moments = [dt.datetime.fromtimestamp(second, dt.UTC) for second in (since, until)]
    found.run(windows(*moments))
    return found


def paid_at_razorpay(simulator: Simulator) -> RazorpayOrder:
    """Return the attempt of an order that was paid, and nobody told the shop."""
    attempt = ordered()
    attempt.razorpay_order_id = gateway.create_order(amount=attempt.amount, receipt=attempt.receipt, notes={}).order_id
    attempt.save()
    simulator.control("pay", order_id=attempt.razorpay_order_id, outcome="success")
    return attempt


def test_windows_are_days_that_leave_no_second_out() -> None:
    def seconds(since: int, until: int) -> list[tuple[int, int]]:
        return windows(dt.datetime.fromtimestamp(since, dt.UTC), dt.datetime.fromtimestamp(until, dt.UTC))

    assert seconds(0, 10) == [(0, 10)]
    assert seconds(0, DAY) == [(0, DAY)]
    assert seconds(5, 2 * DAY + 9) == [(5, DAY + 5), (DAY + 5, 2 * DAY + 5), (2 * DAY + 5, 2 * DAY + 9)]
    assert seconds(10, 10) == seconds(11, 10) == []


@pytest.mark.covers("G10")
def test_windows_are_the_same_in_every_time_zone() -> None:
    since = dt.datetime(2026, 11, 24, 0, 0, tzinfo=timezone.get_current_timezone())
    until = since + dt.timedelta(hours=30)
    assert windows(since, until) == windows(since.astimezone(dt.UTC), until.astimezone(dt.UTC))
    assert windows(since, until)[0][0] == int(dt.datetime(2026, 11, 23, 18, 30, tzinfo=dt.UTC).timestamp())


@pytest.mark.covers("L6", "L7")
@pytest.mark.parametrize("count", [99, 100, 191])
def test_pages_of_one_second_leave_nothing_out(count: int, faulty: FaultyRazorpay) -> None:
    listing = Listing(faulty, [NOW - 50] * count)
    found = swept(NOW - 100)
    assert (found.found, found.failed, found.complete_until) == (count, 0, NOW)
    assert Payment.objects.count() == count
    assert AttentionCase.objects.count() == count
    assert len(listing.asked) == (1 if count < 100 else 1 + -(-(count - 99) // 90))
    assert swept(NOW - 100).found == 0, "known now"


@pytest.mark.covers("L6")
def test_payments_that_push_the_others_down_while_the_list_is_read(faulty: FaultyRazorpay) -> None:
    listing = Listing(faulty, [NOW - 50] * 150)
    listing.moves = [lambda: listing.items.extend(listing.payment(number, NOW - 10) for number in range(900, 930))]
    found = swept(NOW - 100)
    assert (found.failed, found.complete_until) == (0, NOW)
    assert {f"pay_{number:014d}" for number in range(150)} <= set(
        Payment.objects.values_list("razorpay_payment_id", flat=True)
    )
    assert swept(NOW - 100).found == 30, "the new ones next time"


@pytest.mark.covers("L6")
@pytest.mark.parametrize(("gone", "is_noticed"), [(sweep.OVERLAP - 1, False), (30, True)])
def test_payments_that_vanish_while_the_list_is_read(gone: int, is_noticed: bool, faulty: FaultyRazorpay) -> None:
    listing = Listing(faulty, list(range(NOW - 200, NOW - 50)))
    listing.moves = [lambda: listing.items.__delitem__(slice(-gone, None))]
    found = swept(NOW - 300)
    assert (found.failed, found.complete_until) == ((1, NOW - 300) if is_noticed else (0, NOW))
    if not is_noticed:
        assert Payment.objects.count() == 150, "those that vanished were on the first page"


@pytest.mark.covers("L3", "L6")
def test_a_day_that_cannot_be_read_is_read_again_and_the_others_are_done(faulty: FaultyRazorpay) -> None:
    begin = NOW - 3 * DAY
    faulty.plan(faults.answer(500, "<html>"), on=rf"{PAYMENTS}.*from={begin + DAY}&", times=sweep.TRIES)
    Listing(faulty, [begin + 5, begin + DAY + 5, begin + 2 * DAY + 5])
    found = swept(begin)
    assert (found.found, found.failed, found.complete_until) == (2, 1, begin + DAY)
    again = swept(found.complete_until)
    assert (again.found, again.failed, again.complete_until) == (1, 0, NOW)


@pytest.mark.covers("L3")
def test_a_page_that_fails_once_is_asked_for_again(faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.refuse(429, "Too many requests"), on=PAYMENTS, times=sweep.TRIES - 1)
    Listing(faulty, [NOW - 5])
    found = swept(NOW - 10)
    assert (found.found, found.failed, found.complete_until) == (1, 0, NOW)


@pytest.mark.covers("L3")
def test_a_razorpay_that_is_gone_is_not_asked_for_every_day(faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.answer(500, "<html>"), times=1000)
    found = swept(NOW - 30 * DAY, patience=Patience())
    assert found.complete_until == NOW - 30 * DAY
    assert len(faulty.calls) == patience.LOST


@pytest.mark.covers("L3", "E21")
def test_one_payment_that_cannot_be_recorded_stops_no_other(faulty: FaultyRazorpay) -> None:
    listing = Listing(faulty, [NOW - 5, NOW - 6, NOW - 7])
    listing.items[0]["order_id"] = "order_Unknown0000001"
    listing.items[1]["order_id"] = "order_Silent00000001"
    faulty.plan(faults.answer(500, "<html>"), on="order_Silent00000001", times=sweep.TRIES)
    found = swept(NOW - 10)
    assert (found.found, found.failed, found.complete_until) == (3, 1, NOW - 10)
    assert Payment.objects.count() == 2, "an order that Razorpay does not know keeps no money away"
    assert swept(NOW - 10).found == 1
    assert Payment.objects.count() == 3


@pytest.mark.covers("L5", "L7")
def test_money_for_an_order_of_ours_pays_it(simulator: Simulator) -> None:
    attempt = paid_at_razorpay(simulator)
    seen: list[PaymentFacts] = []
    now = int(timezone.now().timestamp())
    assert swept(now - 100, now + 100, seen=seen.extend).found == 1
    assert outcome(attempt.order) == ONCE_PAID
    assert [each.status for each in seen] == ["captured"]


@pytest.mark.covers("F19")
def test_a_fee_that_is_known_later_is_booked_and_is_no_found_money(simulator: Simulator) -> None:
    simulator.control("switches", fee_after_seconds=60)
    attempt = paid_at_razorpay(simulator)
    now = int(timezone.now().timestamp())
    assert swept(now - 100, now + 100).found == 1
    assert not LedgerEntry.objects.filter(kind="fee").exists()
    simulator.control("clock", advance=61)
    for _time in range(2):
        assert (swept(now - 100, now + 100).found, outcome(attempt.order)) == (0, ONCE_PAID)
    payment = Payment.objects.get()
    assert payment.fee
    assert LedgerEntry.objects.get(kind="fee").amount == payment.fee


@pytest.mark.covers("I7", "F18")
def test_refunds_from_the_dashboard_are_found_with_or_without_their_payment(simulator: Simulator) -> None:
    attempt = ordered()
    foreign = gateway.create_order(amount=attempt.amount, receipt="a payment link", notes={})
    paid = simulator.control("pay", order_id=foreign.order_id, outcome="success")["razorpay_payment_id"]
    simulator.control("refund", payment_id=paid, amount=1_000)
    now = int(timezone.now().timestamp())
    for _time in range(2):
        found = swept(now - 100, now + 100)
        assert found.failed == 0
    refund = Refund.objects.get()
    assert (refund.payment.razorpay_payment_id, refund.amount, refund.status) == (paid, 1_000, "processed")
    simulator.control("refund", payment_id=paid)
    swept(now - 100, now + 100)
    assert sum(Refund.objects.values_list("amount", flat=True)) == attempt.amount
    assert_books_hold()


@pytest.mark.covers("J1", "L8")
def test_a_dispute_that_nobody_told_of_is_found_with_its_deadline(simulator: Simulator) -> None:
    attempt = paid_at_razorpay(simulator)
    payment = gateway.fetch_order_payments(str(attempt.razorpay_order_id))[0]
    made = simulator.control("dispute", payment_id=payment.payment_id, amount=39_000, respond_in_seconds=86_400)
    now = int(timezone.now().timestamp())
    for _time in range(2):
        assert swept(now - 100, now + 100).failed == 0
    dispute = Dispute.objects.get()
    assert (dispute.razorpay_dispute_id, dispute.amount, dispute.status) == (made["id"], 39_000, "open")
    assert dispute.payment == Payment.objects.get()
    case = AttentionCase.objects.get()
    assert (case.kind, case.closed_at) == (CaseKind.DISPUTE_OPEN, None)
    assert "answer in Razorpay" in case.text
    simulator.control("move_dispute", dispute_id=made["id"], status="lost")
    swept(now - 100, now + 100)
    assert LedgerEntry.objects.get(kind="dispute").amount == 39_000
    assert_books_hold()


@pytest.mark.covers("L3")
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_account_without_disputes_is_searched_all_the_same(
    status: int, simulator: Simulator, faulty: FaultyRazorpay
) -> None:
    paid_at_razorpay(simulator)
    faulty.plan(faults.refuse(status, "Disputes are not enabled"), on="GET /v1/disputes")
    now = int(timezone.now().timestamp())
    found = swept(now - 100, now + 100)
    assert (found.found, found.failed, found.complete_until) == (1, 0, now + 100)
    assert not AttentionCase.objects.exists()


@pytest.mark.covers("L3")
def test_disputes_that_cannot_be_read_are_read_again(simulator: Simulator, faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.answer(500, "<html>"), on="GET /v1/disputes", times=sweep.TRIES)
    found = swept(NOW - 100)
    assert (found.failed, found.complete_until) == (1, NOW - 100)


@pytest.mark.covers("L11")
def test_what_cannot_be_read_is_put_before_staff_once(faulty: FaultyRazorpay) -> None:
    listing = Listing(faulty, [NOW - 10, NOW - 20])
    listing.items[0]["fee"] = "4715"
    for _time in range(2):
        assert swept(NOW - 100).failed == 0
        case = AttentionCase.objects.get(kind=CaseKind.REPORT_DIFFERS)
        assert (case.subject, "fee is not a whole number" in case.text) == ("unreadable pay_00000000000000", True)
        AttentionCase.objects.filter(pk=case.pk).update(closed_at=timezone.now())
    assert Payment.objects.get().razorpay_payment_id == "pay_00000000000001"
