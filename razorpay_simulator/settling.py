"""Settlements: what Razorpay pays out, and the report that explains it row by row (Razorpay: "Settlements")."""

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from razorpay_simulator import account_entities, entities
from razorpay_simulator.errors import invalid
from razorpay_simulator.events import emit
from razorpay_simulator.ids import digits
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

# Days of the report are days in India.
INDIA = timezone(timedelta(hours=5, minutes=30))
# Kinds of entities that a settlement pays or takes, and which of them are ripe.
RIPE = {
    "payment": "json_extract(doc, '$.captured') = 1",
    "refund": "json_extract(doc, '$.status') = 'processed'",
    "dispute": "json_extract(doc, '$.status') = 'lost'",
}


def settle(simulator: "Simulator", transaction: Transaction) -> Record:
    """Pay out everything that is captured, less fees, refunds and lost disputes; refuse when nothing is left."""
    ripe = [record for kind, condition in RIPE.items() for record in transaction.unsettled(kind, condition)]
    rows = [row for record in ripe if (row := _row(transaction, record))]
    amount = sum(row["credit"] - row["debit"] for row in rows)
    if amount <= 0:
        raise invalid("There is nothing to settle.")
    doc = account_entities.new_settlement(amount, digits(16), int(simulator.now()))
    settlement = transaction.insert(Record("settlement", doc["id"], doc, private={"rows": rows}))
    for record in ripe:
        record.private["settlement"] = settlement.id
        transaction.update(record)
    emit(simulator, transaction, "settlement.processed", settlement)
    return settlement


def report(transaction: Transaction, days: tuple[int, int, int | None]) -> list[dict[str, Any]]:
    """Return the rows settled in a month or on a day of it (year, month, day or None)."""
    rows = []
    for settlement in transaction.all("settlement"):
        at = datetime.fromtimestamp(settlement.doc["created_at"], UTC).astimezone(INDIA)
        if (at.year, at.month) == days[:2] and days[2] in (None, at.day):
            rows += [{**row, **_settled(settlement, row)} for row in settlement.private["rows"]]
    return rows


def _settled(settlement: Record, row: dict[str, Any]) -> dict[str, Any]:
    adjusted = row["type"] == "adjustment"
    return {
        "settled_at": settlement.doc["created_at"],
        "settlement_id": settlement.id,
        "settlement_utr": None if adjusted else settlement.doc["utr"],
    }


def _row(transaction: Transaction, record: Record) -> dict[str, Any] | None:
    """Return how a payment, a refund or a lost dispute counts; None for a refund of what was never captured."""
    if record.kind == "payment":
        fee, tax = record.doc["fee"], record.doc["tax"]
        if fee is None:
            fee, tax = record.private.get("fee") or entities.fee_and_tax(record.doc["amount"])
        row = account_entities.settled_row(record, record.doc["amount"] - fee, _receipt(transaction, record))
        return {**row, "fee": fee, "tax": tax}
    payment = transaction.must_get("payment", record.doc["payment_id"])
    if not payment.doc["captured"]:
        return None
    row = account_entities.settled_row(payment, -record.doc["amount"], _receipt(transaction, payment))
    row |= {"entity_id": record.id, "amount": record.doc["amount"], "created_at": record.doc["created_at"]}
    if record.kind == "refund":
        return {**row, "type": "refund", "description": None, "payment_id": payment.id, "notes": record.doc["notes"]}
    nothing = dict.fromkeys(("notes", "order_id", "order_receipt", "method", *account_entities.CARD_COLUMNS))
    row |= {**nothing, "type": "adjustment", "description": "Debit disputed amount", "dispute_id": record.id}
    return {name: value for name, value in row.items() if name != "credit_type"}


def _receipt(transaction: Transaction, payment: Record) -> str | None:
    order = transaction.get("order", payment.doc["order_id"]) if payment.doc["order_id"] else None
    return order.receipt if order else None
