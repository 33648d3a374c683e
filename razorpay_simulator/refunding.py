"""Giving money back: what the shop or somebody in the Dashboard asks for, and what Razorpay does by itself."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities, switches
from razorpay_simulator.errors import bank_refused, invalid, refused
from razorpay_simulator.events import emit
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

# Razorpay's test mode: an instant refund of this many paise falls back to normal speed.
SLOW_INSTANT_REFUND = 2468
OLDEST_SECONDS = 183 * 86400
TOO_OLD = "Refund is not supported by the bank because the payment is more than 6 months old"
TOO_POOR = (
    "Your account does not have enough balance to carry out the refund operation. You can add funds to your account "
    "from your Razorpay dashboard or capture new payments."
)
# Which ends a refund in each state may still come to: a bank can return what was called processed.
ENDS: dict[str, tuple[str, ...]] = {"pending": ("processed", "failed"), "processed": ("failed",), "failed": ()}


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
    wanted = left if amount is None else amount
    if payment.doc["created_at"] < simulator.now() - OLDEST_SECONDS:
        raise bank_refused(TOO_OLD)
    balance = switches.read(transaction, "balance")
    if balance is not None and balance < wanted:
        raise refused(TOO_POOR)
    switches.move_balance(transaction, -wanted)
    return _write(simulator, transaction, payment, wanted, details)


def refund_uncaptured(simulator: "Simulator", transaction: Transaction, payment: Record) -> Record:
    """Return an authorized payment that was never captured (Razorpay: "Auto-refunds").

    Either its order was paid by another payment already, or nobody captured it in time.
    """
    return _write(simulator, transaction, payment, payment.doc["amount"], {})


def decide(simulator: "Simulator", transaction: Transaction, record: Record, status: str) -> None:
    """End a refund as the bank decided: "processed" gives it the bank's number, "failed" brings the money back."""
    if status not in ENDS[record.doc["status"]]:
        raise invalid(f"A refund that is {record.doc['status']} does not become {status}.", field="status")
    payment = transaction.must_get("payment", record.doc["payment_id"])
    record.doc["status"] = status
    if status == "processed":
        record.doc["acquirer_data"] = entities.refund_reference(payment.doc["method"])
    transaction.update(record)
    # The event shows the payment as it was: so do Razorpay's samples of refund.failed.
    emit(simulator, transaction, f"refund.{status}", record, payment)
    if status == "failed":
        _take_back(transaction, payment, record.doc["amount"])


def _take_back(transaction: Transaction, payment: Record, amount: int) -> None:
    payment.doc["amount_refunded"] -= amount
    payment.doc["refund_status"] = "partial" if payment.doc["amount_refunded"] else None
    payment.doc["status"] = "captured" if payment.doc["captured"] else "authorized"
    transaction.update(payment)
    if payment.doc["captured"]:
        switches.move_balance(transaction, amount)


def _write(
    simulator: "Simulator", transaction: Transaction, payment: Record, amount: int, details: dict[str, Any]
) -> Record:
    first, *later = switches.read(transaction, "refunds").split("_then_")
    doc = entities.new_refund(payment.doc, amount, details, int(simulator.now()))
    doc["status"] = first
    instant = doc["speed_requested"] == "optimum"
    if instant and amount != SLOW_INSTANT_REFUND:
        doc["speed_processed"] = "instant"
    record = transaction.insert(Record("refund", doc["id"], doc, parent=payment.id, receipt=doc["receipt"]))
    payment.doc["amount_refunded"] += amount
    whole = payment.doc["amount_refunded"] == payment.doc["amount"]
    payment.doc["refund_status"] = "full" if whole else "partial"
    if whole:
        payment.doc["status"] = "refunded"
    transaction.update(payment)
    emit(simulator, transaction, "refund.created", record, payment)
    if instant and amount == SLOW_INSTANT_REFUND:
        emit(simulator, transaction, "refund.speed_changed", record, payment)
    if first == "processed":
        emit(simulator, transaction, "refund.processed", record, payment)
        due_at = simulator.now() + switches.read(transaction, "reference_seconds")
        transaction.later(due_at, "tell_reference", record.id)
    for status in later:
        due_at = simulator.now() + switches.read(transaction, "refund_seconds")
        transaction.later(due_at, "decide_refund", record.id, status=status)
    return record
