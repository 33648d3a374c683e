"""A pass over many orders: one that fails stops no other, and workers share what there is to ask.

Seen to fail: without the `except Exception` of `Pass.settle` one broken order ends the pass; without a second round
what failed once waits for the next pass; with `checked_at` left alone after a failure a share never ends; without
`LOST` a pass asks a dead Razorpay about every order.
"""

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from checkout import attention, cancelling, claims, disputes, gateway, patience, payments, reconciliation
from checkout.facts import payment_facts
from checkout.models import AttentionCase, Dispute, Order, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.orders import IllegalMove
from checkout.patience import Patience
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import ONCE_PAID, SKU, assert_books_hold, cart_with, make_overdue, opened, outcome, place
from tests.factories import make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
ORDERS = r"GET /v1/orders/order_\w+/payments"
AGO = dt.timedelta(minutes=5)


def orders(count: int) -> list[Order]:
    """Place orders, each with a Razorpay order, some minutes ago."""
    variant = make_product(SKU, on_hand=count)
    found = []
    for _number in range(count):
        order = place(cart_with(variant))
        facts = gateway.create_order(amount=order.total, receipt=f"{order.number}-1", notes={})
        opened(order, razorpay_order_id=facts.order_id)
        found.append(order)
    Order.objects.update(created_at=timezone.now() - AGO)
    return found


def razorpay_id(order: Order) -> str:
    return str(order.razorpay_orders.get().razorpay_order_id)


@pytest.mark.covers("L3")
@pytest.mark.parametrize(
    "fault",
    [faults.refuse(429, "Too many requests"), faults.answer(502, "<html>"), faults.reset, faults.answer(200, "[]")],
    ids=["429", "502", "reset", "no object"],
)
def test_an_answer_that_fails_once_is_asked_for_again(fault: faults.Fault, faulty: FaultyRazorpay) -> None:
    for order in orders(6):
        make_overdue(order)
    faulty.plan(fault, on=ORDERS, times=4)
    report = reconciliation.reconcile()
    assert (report.asked, report.expired, report.failed) == (6, 6, 0)
    assert faulty.count(ORDERS) == 10
    assert_books_hold()


@pytest.mark.covers("L3", "G2")
def test_an_order_that_razorpay_will_not_speak_of_stops_no_other(faulty: FaultyRazorpay) -> None:
    stuck, *others = orders(4)
    for order in (stuck, *others):
        make_overdue(order)
    faulty.plan(faults.refuse(400, "The id provided does not exist"), on=razorpay_id(stuck), times=9)
    report = reconciliation.reconcile()
    assert (report.expired, report.failed) == (3, 1)
    assert faulty.count(razorpay_id(stuck)) == 1, "a refusal is not asked for again"
    assert AttentionCase.objects.count() == 0
    Order.objects.filter(pk=stuck.pk).update(expires_at=timezone.now() - 2 * reconciliation.STUCK_AFTER)
    for _time in range(2):
        reconciliation.reconcile()
    assert outcome(stuck)["status"] == "pending", "never blind"
    case = AttentionCase.objects.get()
    assert (case.kind, case.order) == (CaseKind.STUCK, stuck)
    assert "The id provided does not exist" in case.text


@pytest.mark.covers("L10")
@pytest.mark.parametrize("what", ["silence", "signed"])
def test_an_order_that_cannot_expire_is_put_before_staff_who_can_cancel_it(
    what: str, faulty: FaultyRazorpay, asha: User
) -> None:
    [order] = orders(1)
    with pytest.raises(IllegalMove):
        cancelling.cancel_stuck(order.pk, reason="too early", user=asha)
    Order.objects.update(expires_at=timezone.now() - 2 * reconciliation.STUCK_AFTER)
    if what == "silence":
        faulty.plan(faults.answer(502, "<h1>Bad</h1>", "text/html"), on=razorpay_id(order), times=9)
    else:
        attempt = order.razorpay_orders.get()
        created = reports.payment_entity(attempt, status="created")
        Payment.objects.create(order=order, razorpay_order=attempt, razorpay_payment_id=created["id"])
        faulty.plan(faults.answer(200, created), on=created["id"], times=9)
    for _time in range(2):
        reconciliation.reconcile()
    assert outcome(order)["status"] == "pending"
    case = AttentionCase.objects.get()
    assert (case.kind, case.order) == (CaseKind.STUCK, order)
    cancelling.cancel_stuck(order.pk, reason="Never paid", user=asha)
    case.refresh_from_db()
    assert (outcome(order)["status"], case.resolution) == ("cancelled", "The order is cancelled")
    assert order.events.get(kind="cancelled").user == asha
    assert_books_hold()


@pytest.mark.covers("L10")
def test_money_that_comes_for_a_stuck_order_goes_back(faulty: FaultyRazorpay, asha: User) -> None:
    [order] = orders(1)
    attempt = order.razorpay_orders.get()
    early, late = (reports.payment_entity(attempt, id=f"pay_{n:014d}", amount=attempt.amount + 1) for n in range(2))
    assert payments.record(payment_facts(early)) == "ask_razorpay"
    attention.open_case(CaseKind.STUCK, "It cannot expire", order=order)
    cancelling.cancel_stuck(order.pk, reason="Never paid", user=asha)
    payments.record(payment_facts(late))
    assert set(Refund.objects.values_list("payment__razorpay_payment_id", "origin")) == {
        (early["id"], "shop"),
        (late["id"], "shop"),
    }
    assert_books_hold()


@pytest.mark.covers("L11")
def test_an_unreadable_payment_hides_no_other_and_lets_nothing_expire(faulty: FaultyRazorpay) -> None:
    paid_one, unpaid = orders(2)
    for order in (paid_one, unpaid):
        attempt = order.razorpay_orders.get()
        strange = {**reports.payment_entity(attempt), "amount": "1998.00"}
        good = [{**reports.payment_entity(attempt), "id": "pay_Good0000000001"}] if order == paid_one else []
        faulty.plan(faults.answer(200, {"items": [strange, *good]}), on=f"{razorpay_id(order)}/payments", times=9)
        make_overdue(order)
    reconciliation.reconcile()
    assert [outcome(order)["status"] for order in (paid_one, unpaid)] == ["paid", "pending"]
    assert_books_hold()


@pytest.mark.covers("L3")
def test_an_order_that_breaks_stops_no_other(simulator: Simulator) -> None:
    broken, *others = orders(3)
    for order in (broken, *others):
        make_overdue(order)

    def execute(go_on: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "checkout_orderevent"') and broken.pk in params:
            raise ValueError("a bug")
        return go_on(sql, params, *rest)

    with connection.execute_wrapper(execute):
        report = reconciliation.reconcile()
    assert (report.expired, report.failed) == (2, 1)
    assert [outcome(order)["status"] for order in (broken, *others)] == ["pending", "expired", "expired"]
    assert reconciliation.reconcile().expired == 1


@pytest.mark.covers("L3")
def test_a_razorpay_that_is_gone_is_not_asked_about_everything(faulty: FaultyRazorpay) -> None:
    orders(patience.LOST + 4)
    faulty.calls.clear()
    faulty.plan(faults.answer(503, "<html>"), times=1000)
    report = reconciliation.reconcile()
    assert (report.asked, report.failed) == (0, patience.LOST + 4 + 1)
    assert len(faulty.calls) == patience.LOST


def test_patience_pauses_longer_each_time_and_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.5)
    monkeypatch.setattr(time, "sleep", pauses.append)
    silence, refusal = gateway.GatewayError(detail="x"), gateway.GatewayError(detail="x", status=400)
    lasting = Patience()
    for _number in range(3):
        lasting.failed(silence)
    assert [0.75 * middle <= pause <= 1.25 * middle for pause, middle in zip(pauses, (0.5, 1, 2), strict=True)] == [
        True
    ] * 3
    lasting.failed(refusal)
    assert (lasting.in_a_row, len(pauses)) == (0, 3), "a refusal is an answer"
    for _number in range(patience.LOST):
        assert not lasting.is_over
        lasting.failed(silence)
    assert lasting.is_over
    assert max(pauses) <= 1.25 * patience.LONGEST_PAUSE
    assert Patience(budget=0).is_over
    assert not Patience(budget=60).is_over


@pytest.mark.covers("L4", "G9")
@pytest.mark.django_db(transaction=True)
def test_workers_share_the_orders(faulty: FaultyRazorpay) -> None:
    for order in orders(12):
        make_overdue(order)

    def share(_number: int) -> int:
        try:
            return reconciliation.settle_due(budget=30).expired
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(share, range(4))) == 12
    assert faulty.count(ORDERS) == 12, "each is asked about once"
    assert_books_hold()


@pytest.mark.covers("L1", "L2")
def test_when_a_worker_asks(faulty: FaultyRazorpay) -> None:
    (order,) = orders(1)
    now = timezone.now()

    def asks(**values: Any) -> bool:
        Order.objects.filter(pk=order.pk).update(
            **{"checked_at": None, "claimed_until": None, "created_at": now - AGO, **values}
        )
        before = faulty.count(ORDERS)
        reconciliation.settle_due(budget=5)
        return faulty.count(ORDERS) > before

    assert asks()
    assert asks(checked_at=now - dt.timedelta(minutes=1), created_at=now - dt.timedelta(days=30)), "whatever its age"
    assert not asks(created_at=now - dt.timedelta(minutes=1)), "left to its buyer's browser"
    assert not asks(checked_at=now - dt.timedelta(seconds=30)), "asked a moment ago"
    assert not asks(claimed_until=now + dt.timedelta(seconds=30)), "another worker is at it"
    assert asks(claimed_until=now - dt.timedelta(seconds=1)), "that worker was killed"
    for status in ("expired", "cancelled", "on_hold"):
        assert asks(status=status), status
        assert not asks(status=status, checked_at=now - dt.timedelta(minutes=20)), status
        assert asks(status=status, checked_at=now - dt.timedelta(minutes=31)), status
        too_old = asks(status=status, created_at=now - reconciliation.LATE_MONEY - dt.timedelta(minutes=1))
        assert too_old == (status == "on_hold")
    assert not asks(status="paid")


@pytest.mark.covers("G10")
def test_a_clock_that_was_set_back_keeps_no_order_from_being_asked_about(faulty: FaultyRazorpay) -> None:
    orders(1)
    later = timezone.now() + dt.timedelta(hours=1)
    Order.objects.update(checked_at=later, claimed_until=later, created_at=later)
    assert reconciliation.settle_due(budget=5).asked == 1
    assert reconciliation.settle_due(budget=5).asked == 0


@pytest.mark.covers("L3")
def test_orders_that_always_fail_do_not_keep_the_others_waiting(faulty: FaultyRazorpay) -> None:
    bad, good = orders(2)
    faulty.plan(faults.answer(500, "<html>"), on=razorpay_id(bad), times=50)
    Order.objects.filter(pk=good.pk).update(checked_at=timezone.now() - AGO)
    report = reconciliation.settle_due(budget=30)
    assert (report.asked, report.failed) == (1, 1)
    assert list(Order.objects.values_list("claimed_until", flat=True)) == [None, None]
    assert Order.objects.filter(checked_at__gt=timezone.now() - dt.timedelta(seconds=30)).count() == 2


@pytest.mark.covers("L4")
def test_a_pass_asks_whoever_has_claimed_an_order(simulator: Simulator) -> None:
    (order,) = orders(1)
    simulator.control("pay", order_id=razorpay_id(order), outcome="success")
    Order.objects.update(claimed_until=timezone.now() + claims.LEASE, checked_at=timezone.now())
    assert reconciliation.reconcile().paid == 1
    assert outcome(order) == ONCE_PAID


@pytest.mark.covers("F1")
def test_money_that_nobody_can_capture_is_put_before_staff_in_time(
    faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    (order,) = orders(1)
    faulty.plan(faults.refuse(400, "The amount is not right"), on="capture", times=9)
    reports.pay(simulator, razorpay_id(order), "authorized")
    reconciliation.reconcile()
    assert (Payment.objects.get().status, AttentionCase.objects.count()) == ("authorized", 0)
    Payment.objects.update(created_at=timezone.now() - reconciliation.CAPTURE_BY)
    for _time in range(2):
        reconciliation.reconcile()
    case = AttentionCase.objects.get()
    assert (case.kind, case.payment) == (CaseKind.STUCK, Payment.objects.get())


@pytest.mark.covers("L8", "I7")
def test_a_pass_follows_refunds_and_disputes(simulator: Simulator) -> None:
    (order,) = orders(1)
    payment_id = reports.pay(simulator, razorpay_id(order))["razorpay_payment_id"]
    assert reconciliation.reconcile().paid == 1
    simulator.control("refund", payment_id=payment_id, amount=5_000)
    dispute = simulator.control("dispute", payment_id=payment_id, amount=1_000)
    disputes.record(gateway.fetch_dispute(dispute["id"]))
    simulator.control("move_dispute", dispute_id=dispute["id"], status="won")
    Dispute.objects.update(updated_at=timezone.now() - 2 * disputes.REFRESH_PAUSE)
    for _time in range(2):
        assert reconciliation.reconcile().failed == 0
    assert Dispute.objects.get().status == "won"
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.origin) == (5_000, "processed", "dashboard")
    assert outcome(order) == ONCE_PAID
    assert_books_hold()
