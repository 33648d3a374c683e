"""Webhooks: signed raw bytes, retried under the same event id until the shop answers 2xx."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import razorpay

from razorpay_simulator.signatures import checkout_signature, sign
from razorpay_simulator.webhooks import pause_before
from tests.razorpay_simulator.harness import WEBHOOK_SECRET, Receiver, Running, wait_until

pytestmark = pytest.mark.covers("M7")


def hmac_sha256(key: bytes, message: bytes) -> str:
    """HMAC written out (RFC 2104), so that the signatures are checked by other means than they are made with."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()


def test_signatures_match_known_vectors() -> None:
    rfc_4231 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", "Jefe") == rfc_4231
    expected = hmac_sha256(b"secret", b"order_AAAAAAAAAAAAAA|pay_BBBBBBBBBBBBBB")
    assert checkout_signature("order_AAAAAAAAAAAAAA", "pay_BBBBBBBBBBBBBB", "secret") == expected


def test_a_purchase_and_a_refund_are_told(start: Callable[..., Running], receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    order = simulator.order(5000, notes={"₹": "emoji \U0001f697"})
    simulator.pay(order["id"], "failure")
    payment_id = simulator.pay(order["id"])["razorpay_payment_id"]
    simulator.api("POST", f"/payments/{payment_id}/refund", {"amount": 100})
    expected = ["payment.failed", "payment.authorized", "payment.captured", "order.paid"]
    expected += ["refund.created", "refund.processed"]
    wait_until(lambda: len(receiver.received) >= 6)
    assert receiver.names() == sorted(expected)
    assert len({entry.event_id for entry in receiver.received}) == 6
    client = razorpay.Client(auth=("x", "y"))
    for entry in receiver.received:
        assert entry.signature == hmac_sha256(WEBHOOK_SECRET.encode(), entry.body)
        client.utility.verify_webhook_signature(entry.body.decode(), entry.signature, WEBHOOK_SECRET)
    bodies = {entry.event: json.loads(entry.body) for entry in receiver.received}
    assert bodies["order.paid"]["payload"]["order"]["entity"]["status"] == "paid"
    assert bodies["order.paid"]["payload"]["payment"]["entity"]["id"] == payment_id
    assert bodies["payment.authorized"]["payload"]["payment"]["entity"]["status"] == "authorized"
    wait_until(lambda: {event["state"] for event in simulator.events()} == {"delivered"})


@pytest.mark.parametrize("status", [500, 400, 302])
def test_a_failed_delivery_is_repeated_with_pauses(
    start: Callable[..., Running], receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status, status]
    simulator = start("--webhook-url", receiver.url)
    simulator.pay(simulator.order()["id"], "failure")
    wait_until(lambda: len(receiver.received) == 3)
    assert len({(entry.event_id, entry.body, entry.signature) for entry in receiver.received}) == 1
    first, second, third = (entry.at for entry in receiver.received)
    assert 0.9 < second - first < 1.9
    assert 1.9 < third - second < 3.5
    event = wait_until(lambda: next((found for found in simulator.events() if found["state"] == "delivered"), None))
    assert event["attempts"] == 3


def test_an_answer_after_five_seconds_is_a_failure(start: Callable[..., Running], receiver: Receiver) -> None:
    receiver.pause = 5.5
    simulator = start("--webhook-url", receiver.url)
    simulator.pay(simulator.order()["id"], "failure")
    event = wait_until(lambda: next((found for found in simulator.events() if found["attempts"]), None))
    assert (event["state"], event["last_status"]) == ("pending", None)
    assert "timed out" in event["last_error"]


def test_pauses_grow_up_to_five_minutes() -> None:
    assert [pause_before(attempt) for attempt in (1, 2, 3, 4, 9, 10, 500)] == [1, 2, 4, 8, 256, 300, 300]


def test_pause_resume_delay_and_redelivery(start: Callable[..., Running], receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)
    settings = simulator.call("POST", "/_simulator/webhooks", {"enabled": False, "delay_seconds": 0.5}).json
    assert settings == {
        "enabled": False,
        "disabled": False,
        "delay_seconds": 0.5,
        "one_at_a_time": False,
        "url": receiver.url,
    }
    simulator.pay(simulator.order()["id"], "failure")
    with pytest.raises(AssertionError):
        wait_until(lambda: receiver.received, 1.2)
    simulator.call("POST", "/_simulator/webhooks", {"enabled": True})
    wait_until(lambda: receiver.received)
    event = wait_until(lambda: next((found for found in simulator.events() if found["state"] == "delivered"), None))
    simulator.call("POST", "/_simulator/redeliver", {"event_id": event["event_id"]})
    wait_until(lambda: len(receiver.received) == 2)
    assert receiver.received[0].event_id == receiver.received[1].event_id == event["event_id"]
    assert simulator.call("POST", "/_simulator/redeliver", {"event_id": "nothing"}).status == 400
    assert simulator.call("POST", "/_simulator/webhooks", {"delay_seconds": -1}).status == 400


def test_no_webhooks_still_lists_events(start: Callable[..., Running], receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url, "--no-webhooks")
    simulator.pay(simulator.order()["id"])
    events: list[dict[str, Any]] = simulator.events()
    assert [event["event"] for event in events] == ["payment.authorized", "payment.captured", "order.paid"]
    assert {event["state"] for event in events} == {"listed"}
    assert receiver.received == []
