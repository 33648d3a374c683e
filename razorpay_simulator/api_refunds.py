"""Razorpay's Refunds API (razorpay.com/docs/api/refunds)."""

import hashlib
import json
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities, refunding, switches, validation
from razorpay_simulator.errors import invalid, refused
from razorpay_simulator.ids import check_id
from razorpay_simulator.moves import must_find
from razorpay_simulator.store import Record, Transaction
from razorpay_simulator.wire import Request

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

CREATE_FIELDS = ("amount", "speed", "notes", "receipt")
LIST_FIELDS = ("from", "to", "count", "skip")
RUNNING = "Another request with the same idempotency key is being processed. Please try again."
IDEMPOTENCY_HEADER = "x-refund-idempotency"


def create(simulator: "Simulator", request: Request, payment_id: str) -> dict[str, Any]:
    """POST /payments/:id/refund, at most once for each X-Refund-Idempotency."""
    check_id("pay", payment_id)
    key = idempotency_key(request)
    if key is None:
        with simulator.store.transaction() as transaction:
            return _refund(simulator, transaction, request, payment_id).doc
    fingerprint = hashlib.sha256(f"{payment_id}\n".encode() + request.body).hexdigest()
    with simulator.store.transaction() as transaction:
        if earlier := _earlier(transaction, key, fingerprint):
            return earlier.doc
        transaction.connection.execute("INSERT INTO idempotency VALUES (?, ?, '')", (key, fingerprint))
        seconds = switches.read(transaction, "refund_takes_seconds")
    return _refund_once(simulator, request, payment_id, key, seconds)


def create_by_body(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """POST /refunds, as the SDK's client.refund.create does it: the payment stands in the body as payment_id."""
    data = request.json()
    payment_id = data.pop("payment_id", None)
    if not isinstance(payment_id, str):
        raise invalid("The payment id field is required.", field="payment_id")
    return create(simulator, replace(request, body=json.dumps(data).encode()), payment_id)


def _refund_once(simulator: "Simulator", request: Request, payment_id: str, key: str, seconds: float) -> dict[str, Any]:
    """Refund under a key that is marked as running; a refusal leaves the key free for another try."""
    time.sleep(seconds)
    try:
        with simulator.store.transaction() as transaction:
            record = _refund(simulator, transaction, request, payment_id)
            transaction.connection.execute("UPDATE idempotency SET refund_id = ? WHERE key = ?", (record.id, key))
            return record.doc
    except BaseException:
        with simulator.store.transaction() as transaction:
            transaction.connection.execute("DELETE FROM idempotency WHERE key = ?", (key,))
        raise


def _refund(simulator: "Simulator", transaction: Transaction, request: Request, payment_id: str) -> Record:
    amount, details = _wanted(request.json())
    payment = must_find(transaction, "payment", payment_id)
    return refunding.refund(simulator, transaction, payment, amount, details)


def idempotency_key(request: Request) -> str | None:
    """Return the key: at least 10 of A-Z, a-z, 0-9, - and _ (API page "Normal refunds, idempotent")."""
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is not None and not re.fullmatch(r"[A-Za-z0-9_-]{10,}", key, re.ASCII):
        raise refused("The idempotency key should have at least 10 characters: letters, digits, hyphens, underscores.")
    return key


def _earlier(transaction: Transaction, key: str, fingerprint: str) -> Record | None:
    row = transaction.connection.execute("SELECT request, refund_id FROM idempotency WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row[0] != fingerprint:
        raise refused("Different request with the same idempotency key has already been processed.")
    if not row[1]:
        raise refused(RUNNING, status=409)
    return must_find(transaction, "refund", row[1])


def _wanted(data: dict[str, Any]) -> tuple[int | None, dict[str, Any]]:
    """Return the amount in paise (None: all that is left) and the details of a refund."""
    validation.refuse_extra_fields(data, CREATE_FIELDS)
    speed = data.get("speed", "normal")
    if speed not in ("normal", "optimum"):
        raise invalid("The selected speed is invalid.", field="speed")
    details = {
        "speed": speed,
        "notes": validation.notes_object(data),
        "receipt": validation.receipt_text(data),
    }
    if data.get("amount") is None:
        return None, details
    amount = validation.integer(data, "amount")
    if amount < validation.MIN_INR_PAISE:
        raise invalid("The amount must be at least INR 1.00", field="amount")
    return amount, details


def fetch(simulator: "Simulator", request: Request, refund_id: str) -> dict[str, Any]:
    """GET /refunds/:id."""
    check_id("rfnd", refund_id)
    with simulator.store.transaction() as transaction:
        return must_find(transaction, "refund", refund_id).doc


def fetch_all(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /refunds: newest first."""
    validation.refuse_extra_fields(request.parameters, LIST_FIELDS)
    page = validation.page_of(request.parameters)
    with simulator.store.transaction() as transaction:
        page = switches.listed(transaction, simulator.now(), page)
        return entities.collection([refund.doc for refund in transaction.page("refund", page)])


def update(simulator: "Simulator", request: Request, refund_id: str) -> dict[str, Any]:
    """PATCH /refunds/:id: only notes can change."""
    check_id("rfnd", refund_id)
    notes = validation.required_notes(request.json())
    with simulator.store.transaction() as transaction:
        refund = must_find(transaction, "refund", refund_id)
        refund.doc["notes"] = entities.notes_json(notes)
        transaction.update(refund)
        return refund.doc


def for_payment(simulator: "Simulator", request: Request, payment_id: str) -> dict[str, Any]:
    """GET /payments/:id/refunds: newest first."""
    check_id("pay", payment_id)
    validation.refuse_extra_fields(request.parameters, LIST_FIELDS)
    page = validation.page_of(request.parameters)
    with simulator.store.transaction() as transaction:
        must_find(transaction, "payment", payment_id)
        page = switches.listed(transaction, simulator.now(), page)
        refunds = transaction.page("refund", page, parent=payment_id)
        return entities.collection([refund.doc for refund in refunds])


def fetch_for_payment(simulator: "Simulator", request: Request, payment_id: str, refund_id: str) -> dict[str, Any]:
    """GET /payments/:id/refunds/:id."""
    check_id("pay", payment_id)
    doc = fetch(simulator, request, refund_id)
    if doc["payment_id"] != payment_id:
        raise invalid("The id provided does not exist")
    return doc
