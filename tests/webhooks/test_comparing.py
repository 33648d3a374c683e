"""What a signed event says is compared with what Razorpay says.

Seen to fail: without `compare` an event that nobody but its author knows of pays an order, and no person hears of it.
"""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from checkout import gateway
from checkout.models import AttentionCase, Payment, RazorpayOrder
from checkout.models.attention import CaseKind
from checkout.patience import Patience
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import ONCE_PAID, assert_books_hold, ordered, outcome
from tests.checkout.reports import deliver, event, order_entity, payment_entity
from tests.programs import Simulator
from webhooks import catching_up, comparing
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(simulator: Simulator) -> RazorpayOrder:
    """An order that Razorpay knows."""
    found = ordered()
    facts = gateway.create_order(amount=found.amount, receipt=found.receipt, notes={})
    RazorpayOrder.objects.filter(pk=found.pk).update(razorpay_order_id=facts.order_id)
    found.refresh_from_db()
    return found


def pay(simulator: Simulator, attempt: RazorpayOrder, outcome: str = "success") -> str:
    """Pay at Razorpay and return the payment's id."""
    answer = simulator.control("pay", order_id=attempt.razorpay_order_id, outcome=outcome)
    return str(answer["razorpay_payment_id"])


def told(attempt: RazorpayOrder, payment_id: str, name: str = "payment.captured", **changes: Any) -> None:
    """Deliver a signed event that says captured."""
    entity = payment_entity(attempt, id=payment_id, **changes)
    more = {"order": order_entity(attempt)} if name == "order.paid" else {}
    assert deliver(event(name, payment=entity, **more), event_id=f"{name} {changes}") == 200


def compared() -> list[bool]:
    return [bool(at) for at in WebhookEvent.objects.order_by("pk").values_list("compared_at", flat=True)]


@pytest.mark.covers("E30")
@pytest.mark.parametrize("name", ["payment.captured", "order.paid"])
def test_a_payment_that_razorpay_does_not_know_becomes_a_case(attempt: RazorpayOrder, name: str) -> None:
    told(attempt, reports.PAYMENT_ID, name)
    assert outcome(attempt.order) == ONCE_PAID, "the signature was true"
    for _time in range(2):
        catching_up.catch_up()
    case = AttentionCase.objects.get()
    assert (case.kind, case.payment, case.order) == (CaseKind.REPORT_DIFFERS, Payment.objects.get(), attempt.order)
    assert "does not know it" in case.text
    assert compared() == [False]
    assert outcome(attempt.order) == ONCE_PAID, "a person decides"


@pytest.mark.covers("E30")
@pytest.mark.parametrize("real", ["failure", "authorized"])
def test_a_payment_that_was_never_captured_becomes_a_case(
    real: str, attempt: RazorpayOrder, simulator: Simulator
) -> None:
    attempt.razorpay_order_id, known = "order_Another0000001", attempt.razorpay_order_id
    answer = simulator.control("pay", order_id=known, outcome=real)
    payment_id = answer.get("razorpay_payment_id") or answer["error"]["metadata"]["payment_id"]
    attempt.razorpay_order_id = known
    told(attempt, payment_id)
    catching_up.catch_up()
    case = AttentionCase.objects.get()
    assert case.kind == CaseKind.REPORT_DIFFERS
    assert ("failed" if real == "failure" else "authorized") in case.text


@pytest.mark.covers("E30")
def test_another_amount_becomes_a_case(attempt: RazorpayOrder, simulator: Simulator) -> None:
    told(attempt, pay(simulator, attempt), "order.paid", amount=attempt.amount - 500)
    catching_up.catch_up()
    assert AttentionCase.objects.get().kind == CaseKind.REPORT_DIFFERS


@pytest.mark.covers("E30")
def test_what_razorpay_confirms_needs_nobody_and_no_call_of_its_own(
    attempt: RazorpayOrder, faulty: FaultyRazorpay, simulator: Simulator
) -> None:
    payment_id = pay(simulator, attempt)
    told(attempt, payment_id)
    told(attempt, payment_id, "order.paid")
    assert compared() == [False, False]
    catching_up.catch_up()
    assert compared() == [True, True]
    assert faulty.count(f"/v1/payments/{payment_id}") == 0, "the list told of it"
    assert AttentionCase.objects.count() == 0
    assert_books_hold()


@pytest.mark.covers("E30")
def test_a_difference_that_ends_closes_its_case(attempt: RazorpayOrder, simulator: Simulator) -> None:
    payment_id = pay(simulator, attempt, "authorized")
    told(attempt, payment_id)
    catching_up.catch_up()
    case = AttentionCase.objects.get()
    assert case.closed_at is None
    gateway.capture(payment_id, amount=attempt.amount, currency="INR")
    catching_up.catch_up()
    case.refresh_from_db()
    assert (bool(case.closed_at), case.closed_by) == (True, None)
    assert compared() == [True]


@pytest.mark.covers("E30", "L3")
def test_silence_is_no_difference(attempt: RazorpayOrder, faulty: FaultyRazorpay) -> None:
    told(attempt, reports.PAYMENT_ID)
    faulty.plan(faults.answer(500, "<html>"), times=2)
    assert comparing.compare(Patience()) == 1
    assert comparing.compare(Patience(budget=0)) == 1, "no time"
    assert AttentionCase.objects.count() == 0
    assert compared() == [False]
    assert len(faulty.calls) == 1


@pytest.mark.covers("E30")
def test_old_and_unreadable_events_are_not_asked_about(attempt: RazorpayOrder, faulty: FaultyRazorpay) -> None:
    told(attempt, reports.PAYMENT_ID, amount=True)
    assert comparing.compare(Patience()) == 0
    WebhookEvent.objects.update(outcome="applied", received_at=timezone.now() - dt.timedelta(days=5))
    assert comparing.compare(Patience()) == 0
    assert faulty.calls == []
