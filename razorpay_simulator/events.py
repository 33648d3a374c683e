"""Webhook events, written in the transaction of the change they tell about (Razorpay: "Webhooks", payloads)."""

import json
from typing import TYPE_CHECKING, Any

from razorpay_simulator import faults
from razorpay_simulator.entities import payment_in_event
from razorpay_simulator.faults import Fault
from razorpay_simulator.ids import random_part
from razorpay_simulator.signatures import webhook_signature
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

ACCOUNT_ID = "acc_Simulator00001"
NOBODYS_SECRET = "nobody has this secret"  # noqa: S105 - it stands for a wrong one
# Events released together leave in this many seconds of each other's place in the queue.
STEP = 1e-4


def emit(simulator: "Simulator", transaction: Transaction, event: str, *records: Record) -> str:
    """Queue an event with snapshots of the records and return its id; the order of records is that of "contains".

    The body is signed now: Razorpay signs retries with the secret of the time when the event was born.
    """
    now = simulator.now()
    body = json.dumps(_body(event, records, int(now)), ensure_ascii=False, separators=(",", ":"))
    raw = body.encode("utf-8", "replace")
    event_id = random_part()
    fault = faults.take(transaction, f"{faults.WEBHOOK}{event}")
    settings = simulator.webhook_settings(transaction)
    columns = "id, event, created_at, body, signature, state, next_at, copies, held_by"
    transaction.connection.execute(
        f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event_id,
            event,
            now,
            raw,
            webhook_signature(raw, _secret(simulator, transaction, fault)),
            _state(simulator, settings, fault),
            now + settings["delay_seconds"] + _pause(fault),
            2 if _is(fault, "duplicate") else 1,
            fault.id if fault and fault.kind == "reorder" else None,
        ),
    )
    if fault and fault.kind == "reorder" and fault.last:
        _release(transaction, fault.id, now)
    return event_id


def _is(fault: Fault | None, kind: str) -> bool:
    return fault is not None and fault.kind == kind


def _state(simulator: "Simulator", settings: dict[str, Any], fault: Fault | None) -> str:
    if not (simulator.config.webhooks and settings["url"]):
        return "listed"
    if settings["disabled"]:
        return "missed"
    return "dropped" if _is(fault, "drop") else "pending"


def _secret(simulator: "Simulator", transaction: Transaction, fault: Fault | None) -> str:
    current, previous = simulator.webhook_secrets(transaction)
    if _is(fault, "wrong_secret"):
        return NOBODYS_SECRET
    return previous or current if _is(fault, "previous_secret") else current


def _pause(fault: Fault | None) -> float:
    """Return how many seconds an event is kept back; a shuffled one for some part of them."""
    if fault is None or fault.kind not in {"delay", "reorder"}:
        return 0.0
    return fault.seconds * (fault.share if fault.kind == "reorder" else 1)


def _release(transaction: Transaction, fault_id: int, now: float) -> None:
    """Send what was held back for this fault, newest first."""
    held = transaction.connection.execute("SELECT id FROM events WHERE held_by = ? ORDER BY seq DESC", (fault_id,))
    for place, (event_id,) in enumerate(held.fetchall()):
        moment = now - 1 + place * STEP
        transaction.connection.execute(
            "UPDATE events SET next_at = ?, held_by = NULL WHERE id = ? AND state = 'pending'", (moment, event_id)
        )


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
