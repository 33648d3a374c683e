"""Webhook events, written in the transaction of the change they tell about (Razorpay: "Webhooks", payloads)."""

import json
from typing import TYPE_CHECKING, Any

from razorpay_simulator.entities import payment_in_event
from razorpay_simulator.ids import random_part
from razorpay_simulator.signatures import webhook_signature
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

ACCOUNT_ID = "acc_Simulator00001"


def emit(simulator: "Simulator", transaction: Transaction, event: str, *records: Record) -> str:
    """Queue an event with snapshots of the records and return its id; the order of records is that of "contains".

    The body is signed now: Razorpay signs retries with the secret of the time when the event was born.
    """
    now = simulator.now()
    body = json.dumps(_body(event, records, int(now)), ensure_ascii=False, separators=(",", ":"))
    raw = body.encode("utf-8", "replace")
    settings = simulator.webhook_settings(transaction)
    event_id = random_part()
    transaction.connection.execute(
        "INSERT INTO events (id, event, created_at, body, signature, state, next_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event_id,
            event,
            now,
            raw,
            webhook_signature(raw, simulator.config.webhook_secret),
            "pending" if simulator.config.webhooks and settings["url"] else "listed",
            now + settings["delay_seconds"],
        ),
    )
    return event_id


def _body(event: str, records: tuple[Record, ...], now: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "entity": "event",
        "account_id": ACCOUNT_ID,
        "event": event,
        "contains": [record.kind for record in records],
        "payload": {record.kind: {"entity": _snapshot(event, record)} for record in records},
    }
    # Razorpay's own sample of this one event has its time inside the payload.
    (body["payload"] if event == "refund.speed_changed" else body)["created_at"] = now
    return body


def _snapshot(event: str, record: Record) -> dict[str, Any]:
    if record.kind == "payment":
        return payment_in_event(event, record.doc, record.private)
    return record.doc
