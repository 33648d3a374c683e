"""Answers that were lost: the Razorpay order that was made is found, and another is made only when there is none.

The controls, as they were seen: without the look-ups each lost answer leaves two Razorpay orders; with one look instead
of two the list that lags does; with an order that was found paid handed to the buyer the last two tests fail.
"""

from typing import Any

import pytest

from checkout import attempts, finding, gateway
from checkout.facts import order_facts
from checkout.gateway import GatewayError
from checkout.models import AttentionCase, Order, RazorpayOrder
from checkout.models.attention import CaseKind
from tests.checkout import faults, reports
from tests.checkout.faults import Fault, FaultyRazorpay
from tests.checkout.orders import (
    NEVER_PAID,
    ONCE_PAID,
    SKU,
    assert_books_hold,
    cart_with,
    opened,
    outcome,
    place,
    receipts_at_razorpay,
)
from tests.factories import make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
CREATE, LOOK = "^POST /v1/orders$", r"^GET /v1/orders\?"
NOTHING = faults.answer(200, {"entity": "collection", "count": 0, "items": []})
KNOWN = "Order receipt should be unique."


@pytest.fixture
def order() -> Order:
    return place(cart_with(make_product(SKU)))


@pytest.mark.covers("B2", "B8")
@pytest.mark.parametrize("fault", [faults.lose_answer, faults.do_and_hang, faults.truncate])
def test_a_lost_answer_is_found_by_its_receipt(fault: Fault, order: Order, faulty: FaultyRazorpay) -> None:
    faulty.plan(fault, on=CREATE)
    attempt = attempts.open_payment(order)
    assert attempt.razorpay_order_id
    assert receipts_at_razorpay() == [attempt.receipt]


@pytest.mark.covers("B1", "B2", "A9")
def test_a_lost_answer_and_lost_look_ups_are_made_good_later(order: Order, faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.lose_answer, on=CREATE)
    faulty.plan(faults.reset, on=LOOK, times=4)
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None
    attempt = attempts.open_payment(order)
    assert faulty.count(CREATE) == 1
    assert receipts_at_razorpay() == [attempt.receipt]


@pytest.mark.covers("B1")
def test_a_request_that_never_arrived_is_sent_once_more(order: Order, faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.reset, on=CREATE)
    attempt = attempts.open_payment(order)
    assert [call.partition("?")[0] for call in faulty.calls] == [
        "POST /v1/orders",
        "GET /v1/orders",
        "GET /v1/orders",
        "POST /v1/orders",
    ]
    assert receipts_at_razorpay() == [attempt.receipt]


@pytest.mark.covers("B3")
def test_a_list_that_lags_is_looked_at_twice(order: Order, faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.lose_answer, on=CREATE)
    faulty.plan(NOTHING, on=LOOK)
    attempts.open_payment(order)
    assert receipts_at_razorpay() == [f"{order.number}-1"]


@pytest.mark.covers("B3")
def test_a_twin_is_noted_when_it_shows_up(order: Order, faulty: FaultyRazorpay) -> None:
    faulty.plan(faults.lose_answer, on=CREATE, times=2)
    faulty.plan(NOTHING, on=LOOK, times=2)
    attempt = attempts.open_payment(order)
    assert receipts_at_razorpay() == [attempt.receipt] * 2
    twin = order.events.get(kind="razorpay_twin").text
    assert twin not in ("", attempt.razorpay_order_id)


@pytest.mark.covers("B3", "E21")
def test_the_money_of_a_twin_is_put_before_staff(order: Order, faulty: FaultyRazorpay, simulator: Simulator) -> None:
    faulty.plan(faults.lose_answer, on=CREATE)
    faulty.plan(NOTHING, on=LOOK, times=2)
    attempt = attempts.open_payment(order)
    ids = [item["id"] for item in gateway._client().order.all({"count": 100})["items"]]
    (twin,) = {*ids} - {attempt.razorpay_order_id}
    paid = reports.pay(simulator, twin)
    entity = reports.payment_entity(attempt, id=paid["razorpay_payment_id"], order_id=twin)
    reports.deliver(reports.event("order.paid", payment=entity, order=reports.order_entity(attempt, id=twin)))
    assert outcome(order) == NEVER_PAID
    assert AttentionCase.objects.get().kind == CaseKind.UNMATCHED_MONEY


@pytest.mark.covers("B4", "M4")
@pytest.mark.parametrize(("policy", "made"), [("allowed", 2), ("refused", 1), ("same", 1)])
def test_what_an_account_does_with_a_known_receipt(
    policy: str, made: int, order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    simulator.control("switches", receipts=policy)
    faulty.plan(faults.lose_answer, on=CREATE)
    faulty.plan(NOTHING, on=LOOK, times=2)
    attempt = attempts.open_payment(order)
    assert receipts_at_razorpay() == [attempt.receipt] * made
    assert gateway.fetch_order(attempt.razorpay_order_id or "").receipt == f"{order.number}-1"
    assert AttentionCase.objects.count() == 0


@pytest.mark.covers("B4")
@pytest.mark.parametrize("with_id", [True, False])
def test_an_account_that_refuses_a_receipt_it_has_seen(with_id: bool, order: Order, faulty: FaultyRazorpay) -> None:
    existing = gateway.create_order(amount=order.total, receipt=f"{order.number}-1", notes={})
    metadata = {"order_id": existing.order_id} if with_id else {}
    faulty.plan(faults.refuse(400, KNOWN, metadata=metadata), on=CREATE)
    assert attempts.open_payment(order).razorpay_order_id == existing.order_id
    assert AttentionCase.objects.count() == 0


@pytest.mark.covers("B4")
def test_the_order_that_a_refusal_names_must_be_ours(order: Order, faulty: FaultyRazorpay) -> None:
    foreign = gateway.create_order(amount=order.total, receipt="somebody else's", notes={})
    faulty.plan(faults.refuse(400, KNOWN, metadata={"order_id": foreign.order_id}), on=CREATE)
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None


@pytest.mark.covers("B5")
def test_a_receipt_of_another_amount_leads_to_the_next_attempt(order: Order, faulty: FaultyRazorpay) -> None:
    gateway.create_order(amount=order.total + 100, receipt=f"{order.number}-1", notes={})
    faulty.plan(faults.refuse(400, KNOWN), on=CREATE)
    attempt = attempts.open_payment(order)
    assert (attempt.attempt, attempt.amount, attempt.receipt) == (2, order.total, f"{order.number}-2")
    assert list(order.razorpay_orders.values_list("status", flat=True)) == ["superseded", "created"]
    assert attempts.current(order) == attempt


@pytest.mark.covers("B5")
@pytest.mark.parametrize(("policy", "number"), [("allowed", 1), ("refused", 2)])
def test_the_order_of_a_buyer_whom_a_restored_database_forgot_is_not_taken(
    policy: str, number: int, order: Order, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    """Numbers are given once more after the database was set back; the other buyer may still have his window open."""
    simulator.control("switches", receipts=policy)
    notes = {"order": order.number, "mark": "of another order"}
    foreign = gateway.create_order(amount=order.total, receipt=f"{order.number}-1", notes=notes)
    faulty.plan(faults.lose_answer, on=CREATE)
    attempt = attempts.open_payment(order)
    assert attempt.receipt == f"{order.number}-{number}"
    assert attempt.razorpay_order_id not in (None, foreign.order_id)
    assert not order.events.filter(kind="razorpay_twin").exists()

    paid = reports.pay(simulator, foreign.order_id)
    entity = reports.payment_entity(attempt, id=paid["razorpay_payment_id"], order_id=foreign.order_id)
    fetched = gateway._client().order.fetch(foreign.order_id)
    reports.deliver(reports.event("order.paid", payment=entity, order=fetched))
    assert outcome(order) == NEVER_PAID
    assert AttentionCase.objects.get().kind == CaseKind.UNMATCHED_MONEY


@pytest.mark.covers("B5", "E21")
def test_a_report_with_another_mark_is_not_taken_for_the_lost_answer(order: Order) -> None:
    attempt = opened(order, razorpay_order_id=None)
    ours: dict[str, Any] = {"id": "order_Aa1Bb2Cc3Dd4Ee", "notes": {"mark": attempt.mark}}
    theirs: dict[str, Any] = {"id": "order_Zz1Yy2Xx3Ww4Vv", "notes": {"mark": "of another order"}}
    assert finding.adopt(order_facts(reports.order_entity(attempt, **theirs))) is None
    assert finding.adopt(order_facts(reports.order_entity(attempt, amount=1, **ours))) is None
    assert finding.adopt(order_facts(reports.order_entity(attempt, **ours))) == attempt
    assert RazorpayOrder.objects.get().razorpay_order_id == ours["id"]


@pytest.mark.covers("B9", "A14")
@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "USD"}, {"receipt": "another"}, {"id": "order_1"}])
def test_an_answer_that_differs_from_the_question_is_not_used(
    wrong: dict[str, object], order: Order, faulty: FaultyRazorpay
) -> None:
    faulty.plan(faults.change(**wrong), on=CREATE)
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None
    assert faulty.count("") == 1, "not asked again"
    assert AttentionCase.objects.get().kind == CaseKind.RAZORPAY_REFUSED
    assert attempts.open_payment(order).attempt == 1, "asked again, Razorpay tells the truth"


@pytest.mark.covers("B8")
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_razorpay_is_asked_again_and_not_for_ever(status: int, order: Order, faulty: FaultyRazorpay) -> None:
    busy = faults.refuse(status, "Please try again", "SERVER_ERROR")
    faulty.plan(busy, times=100)
    with pytest.raises(GatewayError) as caught:
        attempts.open_payment(order)
    assert "try again" in caught.value.customer_text
    assert len(faulty.calls) == 1 + len(finding.PAUSES)
    assert AttentionCase.objects.count() == 0
    faulty.forget()
    faulty.plan(busy)
    attempt = attempts.open_payment(order)
    assert receipts_at_razorpay() == [attempt.receipt]


@pytest.mark.covers("B5", "K12")
def test_an_order_that_was_found_paid_is_paid(order: Order, faulty: FaultyRazorpay, simulator: Simulator) -> None:
    """The database was set back, say: the id had reached a browser, and nobody here knows it any more."""
    made = gateway.create_order(amount=order.total, receipt=f"{order.number}-1", notes={})
    reports.pay(simulator, made.order_id)
    faulty.plan(faults.refuse(400, KNOWN, metadata={"order_id": made.order_id}), on=CREATE)
    faulty.plan(faults.reset, on="payments")
    with pytest.raises(GatewayError):
        attempts.open_payment(order)
    assert attempts.current(order) is None, "nobody is asked to pay it once more"
    with pytest.raises(attempts.NotPayable):
        attempts.open_payment(order)
    assert outcome(order) == ONCE_PAID
    assert_books_hold()


@pytest.mark.covers("B5")
def test_an_order_that_says_paid_and_has_no_payment_is_not_used(order: Order, faulty: FaultyRazorpay) -> None:
    gateway.create_order(amount=order.total, receipt=f"{order.number}-1", notes={})
    faulty.plan(faults.refuse(400, KNOWN), on=CREATE)
    faulty.plan(faults.change_items(status="paid"), on=LOOK)
    attempt = attempts.open_payment(order)
    assert (attempt.attempt, attempt.status) == (2, "created")
    assert RazorpayOrder.objects.get(attempt=1).status == "superseded"
    assert outcome(order) == NEVER_PAID
