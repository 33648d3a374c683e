"""Giving money back: refunds that the shop asks for, and those that Razorpay makes by itself."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities
from razorpay_simulator.errors import invalid
from razorpay_simulator.events import emit
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

# Razorpay's test mode: an instant refund of this many paise falls back to normal speed.
SLOW_INSTANT_REFUND = 2468


def refund(
    simulator: "Simulator", transaction: Transaction, payment: Record, amount: int | None, details: dict[str, Any]
) -> Record:
    """Refund `amount` paise of a captured payment, or all that is left of it."""
    if payment.doc["status"] == "refunded":
        raise invalid("The payment has been fully refunded already")
    if payment.doc["status"] != "captured":
        raise invalid("The payment status should be captured for action to be taken")
    left = payment.doc["amount"] - payment.doc["amount_refunded"]
    if amount is not None and amount > left:
        raise invalid("The refund amount provided is greater than amount captured", field="amount")
    return _write(simulator, transaction, payment, left if amount is None else amount, details)


def refund_duplicate(simulator: "Simulator", transaction: Transaction, payment: Record) -> Record:
    """Return an authorized payment of an order that is already paid: it was never captured (auto-refund)."""
    return _write(simulator, transaction, payment, payment.doc["amount"], {})


def _write(
    simulator: "Simulator", transaction: Transaction, payment: Record, amount: int, details: dict[str, Any]
) -> Record:
    doc = entities.new_refund(payment.doc, amount, details, int(simulator.now()))
    if doc["speed_requested"] == "optimum" and amount != SLOW_INSTANT_REFUND:
        doc["speed_processed"] = "instant"
    record = transaction.insert(Record("refund", doc["id"], doc, parent=payment.id, receipt=doc["receipt"]))
    payment.doc["amount_refunded"] += amount
    whole = payment.doc["amount_refunded"] == payment.doc["amount"]
    payment.doc["refund_status"] = "full" if whole else "partial"
    if whole:
        payment.doc["status"] = "refunded"
    transaction.update(payment)
    emit(simulator, transaction, "refund.created", record, payment)
    emit(simulator, transaction, "refund.processed", record, payment)
    return record
