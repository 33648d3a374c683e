"""Signed events: whatever is inside, they are stored and answered with 200, and only true ones do something."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from checkout.models import AttentionCase, Order, OrderEvent, Payment
from checkout.models.attention import CaseKind
from checkout.patience import Patience
from tests.checkout.orders import (
    NEVER_PAID,
    ONCE_PAID,
    assert_books_hold,
    ordered,
    outcome,
    settled,
    stock_of,
)
from tests.checkout.reports import deliver, event, order_entity, payment_entity
from tests.programs import Simulator
from webhooks import comparing, inbox
from webhooks.models import Outcome, WebhookEvent

pytestmark = pytest.mark.django_db
SAMPLES = os.environ.get("RAZORPAY_SAMPLES", "")
OWN = Path(__file__).with_name("samples")
OUTCOMES = {Outcome.IGNORED, Outcome.UNMATCHED, Outcome.APPLIED}


def test_each_event_of_a_payment_does_its_part() -> None:
    attempt = ordered()
    for name, status in (("payment.failed", "failed"), ("payment.authorized", "authorized")):
        assert deliver(event(name, payment=payment_entity(attempt, status=status))) == 200
    assert outcome(attempt.order) == NEVER_PAID
    assert deliver(event("order.paid", payment=payment_entity(attempt), order=order_entity(attempt))) == 200
    assert outcome(attempt.order) == ONCE_PAID
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"applied"}
    assert_books_hold()


def assert_harmless(path: Path) -> None:
    """A sample is accepted and stored, and moves no order."""
    attempt = ordered()
    before = OrderEvent.objects.count()
    body = path.read_bytes()
    assert deliver(body) == 200
    stored = WebhookEvent.objects.get()
    assert bytes(stored.raw) == body
    assert stored.outcome in OUTCOMES, stored.error
    assert outcome(attempt.order) == NEVER_PAID
    assert (OrderEvent.objects.count(), stock_of()) == (before, (10, 1))
    assert_books_hold()


@pytest.mark.covers("E20", "E22", "E26")
@pytest.mark.parametrize("path", sorted(OWN.glob("*.json")), ids=lambda path: path.stem)
def test_an_event_of_somebody_else_moves_nothing(path: Path) -> None:
    assert_harmless(path)


@pytest.mark.covers("E22")
def test_an_event_of_another_account_is_kept_and_moves_nothing(settings: Settings, simulator: Simulator) -> None:
    settings.RAZORPAY_ACCOUNT_ID = "acc_Simulator00001"
    attempt = ordered()
    body = event("payment.captured", payment=payment_entity(attempt))
    for foreign in ("acc_AnotherShop001", "acc_\u0000\ud800" + "x" * 300):
        assert deliver(json.dumps({**json.loads(body), "account_id": foreign}).encode()) == 200
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {Outcome.FOREIGN}
    assert not Payment.objects.exists()
    case = AttentionCase.objects.get()
    assert case.kind == CaseKind.OTHER_ACCOUNT
    assert "acc_AnotherShop001" in case.text
    assert case.text.endswith("webhooks.")
    assert comparing.compare(Patience()) == 0
    assert AttentionCase.objects.count() == 1, "Razorpay is not asked about money of strangers"
    assert outcome(attempt.order) == NEVER_PAID
    settings.RAZORPAY_ACCOUNT_ID = "acc_AnotherShop001"
    inbox.replay(WebhookEvent.objects.all())
    assert outcome(attempt.order) == ONCE_PAID, "the setting was wrong, and is corrected"


@pytest.mark.covers("E22", "E26")
@pytest.mark.parametrize("ours", ["", "acc_Simulator00001"])
@pytest.mark.parametrize("changes", [{}, {"account_id": None}, {"account_id": ""}, {"account_id": ["acc"]}])
def test_an_event_of_our_account_or_of_none_counts(ours: str, changes: dict[str, Any], settings: Settings) -> None:
    settings.RAZORPAY_ACCOUNT_ID = ours
    attempt = ordered()
    body = event("payment.captured", payment=payment_entity(attempt))
    deliver(json.dumps({**json.loads(body), **changes}).encode())
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.covers("E26")
@pytest.mark.skipif(not SAMPLES, reason="RAZORPAY_SAMPLES names no folder of Razorpay's own samples")
@pytest.mark.parametrize("path", sorted(Path(SAMPLES).glob("webhooks/*.json")) if SAMPLES else [], ids=lambda p: p.stem)
def test_a_sample_of_razorpay_moves_nothing(path: Path) -> None:
    assert_harmless(path)


@pytest.mark.skipif(not SAMPLES, reason="RAZORPAY_SAMPLES names no folder of Razorpay's own samples")
def test_our_own_samples_have_the_keys_and_types_of_razorpays() -> None:
    for path in OWN.glob("*.json"):
        theirs = Path(SAMPLES) / "webhooks" / path.name
        assert shape(json.loads(path.read_bytes())) == shape(json.loads(theirs.read_bytes())), path.name


def shape(value: Any) -> Any:
    """Return keys and types without values."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def changed(**changes: Any) -> bytes:
    """Return a captured payment of a real attempt with something odd in it."""
    return event("payment.captured", payment=payment_entity(ordered(), **changes))


POISON: dict[str, bytes] = {
    "no JSON": b"\x00\xff{",
    "nothing": b"",
    "text": b'"payment.captured"',
    "list": b"[]",
    "null": b"null",
    "deep": b"[" * 100_000,
    "long number": b'{"event": ' + b"1" * 6_000 + b"}",
    "event is a list": b'{"event": ["payment.captured"], "payload": {}}',
    "event is an object": b'{"event": {}}',
    "event with NUL": b'{"event": "payment.captured\\u0000"}',
    "event with a surrogate": b'{"event": "\\ud800"}',
    "event of 10 000 letters": b'{"event": "' + b"e" * 10_000 + b'"}',
    "no payload": b'{"event": "payment.captured"}',
    "payload is a list": b'{"event": "payment.captured", "payload": []}',
    "no entity": b'{"event": "payment.captured", "payload": {"payment": 5, "created_at": 1}}',
    "entity is null": b'{"event": "payment.captured", "payload": {"payment": {"entity": null}}}',
    "not a number": b'{"event": "payment.captured", "payload": {"payment": {"entity": {"amount": NaN}}}}',
}
ODD: dict[str, dict[str, Any]] = {
    "amount is true": {"amount": True},
    "amount is text": {"amount": "189900"},
    "amount is a fraction": {"amount": 100.7},
    "amount is negative": {"amount": -5},
    "amount is beyond 64 bits": {"amount": 2**70},
    "amount is null": {"amount": None},
    "currency is lower case": {"currency": "inr"},
    "currency is a list": {"currency": ["INR"]},
    "id with a path": {"id": "pay_../../../../x"},
    "id is a list": {"id": []},
    "order id is a number": {"order_id": 5},
    "status is unknown": {"status": "paid"},
    "status is a list": {"status": ["captured"]},
    "another entity": {"entity": "order"},
    "refunded is text": {"amount_refunded": "0"},
    "more refunded than paid": {"amount_refunded": 10**9},
}


@pytest.mark.covers("E5")
@pytest.mark.parametrize("name", POISON)
def test_poison_is_stored_answered_and_never_tried_again(name: str) -> None:
    assert deliver(POISON[name]) == 200
    stored = WebhookEvent.objects.get()
    assert stored.outcome in (Outcome.QUARANTINED, Outcome.IGNORED), stored.error
    assert inbox.apply_waiting() == 0
    assert (Order.objects.count(), Payment.objects.count()) == (0, 0)


@pytest.mark.covers("E5", "E26")
@pytest.mark.parametrize("name", ODD)
def test_an_entity_that_is_not_razorpays_pays_nothing(name: str) -> None:
    assert deliver(changed(**ODD[name])) == 200
    assert WebhookEvent.objects.get().outcome == Outcome.QUARANTINED
    assert outcome(Order.objects.get()) == NEVER_PAID
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "\x00\ud800" + "m" * 1000, "error_description": "e" * 10_000, "error_reason": {}},
        {"notes": {"order": "CG26-1"}, "fee": None, "tax": None},
        {"amount_refunded": None, "captured": False, "created_at": "yesterday"},
    ],
)
def test_odd_words_do_not_keep_money_away(changes: dict[str, Any]) -> None:
    assert deliver(changed(**changes)) == 200
    assert outcome(Order.objects.get()) == ONCE_PAID


@pytest.mark.covers("E27")
def test_times_in_the_event_mean_nothing() -> None:
    attempt = ordered()
    late = event("payment.captured", payment=payment_entity(attempt, created_at=1))
    early = event("payment.failed", payment=payment_entity(attempt, status="failed", created_at=4_000_000_000))
    assert [deliver(body) for body in (late, early)] == [200, 200]
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.covers("E25")
def test_money_before_its_order_is_known_is_left_with_a_case_and_then_finds_it() -> None:
    attempt = ordered()
    known = attempt.razorpay_order_id
    attempt.razorpay_order_id = None
    attempt.save()
    entity = payment_entity(attempt, order_id=known)
    assert deliver(event("payment.captured", payment=entity)) == 200
    assert AttentionCase.objects.get().closed_at is None
    attempt.razorpay_order_id = known
    assert deliver(event("order.paid", payment=entity, order=order_entity(attempt))) == 200
    assert outcome(attempt.order) == ONCE_PAID
    assert AttentionCase.objects.get().closed_at
    assert settled(attempt).is_settled
