"""What a person or a test can let happen to the account as a whole: outages of a method, and pay-outs."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import account_entities, checkout, fields, settling
from razorpay_simulator.errors import invalid
from razorpay_simulator.events import emit
from razorpay_simulator.ids import check_id
from razorpay_simulator.store import Record

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

SEVERITIES = ("low", "medium", "high")
# What an outage of a method is about when nobody says so.
INSTRUMENTS = {
    "netbanking": ("bank", "HDFC"),
    "card": ("network", "Visa"),
    "upi": ("vpa_handle", "ALL"),
    "wallet": ("wallet", "airtelmoney"),
}


def downtime(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let an outage start: method, instrument (a bank, network, handle or wallet), severity, scheduled."""
    method = fields.choice(data, "method", checkout.METHODS, "netbanking")
    schema, usual = INSTRUMENTS[method]
    instrument = {schema: fields.text(data, "instrument", usual)}
    severity = fields.choice(data, "severity", SEVERITIES, "high")
    doc = account_entities.new_downtime(
        method, instrument, severity, fields.flag(data, "scheduled"), int(simulator.now())
    )
    with simulator.store.transaction() as transaction:
        record = transaction.insert(Record("payment.downtime", doc["id"], doc))
        emit(simulator, transaction, "payment.downtime.started", record)
    return doc


def move_downtime(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Change or end an outage: downtime_id, status (updated or resolved), severity."""
    status = fields.choice(data, "status", ("updated", "resolved"))
    now = int(simulator.now())
    with simulator.store.transaction() as transaction:
        record = transaction.must_get("payment.downtime", check_id("down", fields.text(data, "downtime_id")))
        if record.doc["status"] == "resolved":
            raise invalid("This outage is over.", field="downtime_id")
        record.doc |= {"status": status, "updated_at": now}
        record.doc["severity"] = fields.choice(data, "severity", SEVERITIES, record.doc["severity"])
        if status == "resolved":
            record.doc["end"] = now
        transaction.update(record)
        emit(simulator, transaction, f"payment.downtime.{status}", record)
        return record.doc


def settle(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Pay out what is captured and not settled yet."""
    with simulator.store.transaction() as transaction:
        return settling.settle(simulator, transaction).doc
