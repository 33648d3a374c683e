"""Disputes: a customer or a bank wants money back (Razorpay: "Disputes", states and phases)."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import account_entities, switches
from razorpay_simulator.errors import invalid
from razorpay_simulator.events import emit
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

PHASES = ("chargeback", "fraud", "retrieval", "pre_arbitration", "arbitration")
STATUSES = ("open", "under_review", "won", "lost", "closed")
# What can happen to a dispute; action_required leaves it open.
MOVES = ("action_required", "under_review", "won", "lost", "closed")
PROOFS = (
    "shipping_proof",
    "billing_proof",
    "cancellation_proof",
    "customer_communication",
    "proof_of_service",
    "explanation_letter",
    "refund_confirmation",
    "access_activity_log",
    "refund_cancellation_policy",
    "term_and_conditions",
    "others",
)
WEEK = 7 * 86400


def create(simulator: "Simulator", transaction: Transaction, payment: Record, details: dict[str, Any]) -> Record:
    """Open a dispute about a payment; `details`: amount (paise), phase, reason_code, respond_by (Unix seconds)."""
    doc = account_entities.new_dispute(payment.doc, PROOFS, details, int(simulator.now()))
    dispute = transaction.insert(Record("dispute", doc["id"], doc, parent=payment.id))
    emit(simulator, transaction, "payment.dispute.created", payment, dispute)
    return dispute


def move(simulator: "Simulator", transaction: Transaction, dispute: Record, happening: str) -> None:
    """Let something happen to a dispute; a lost one takes its amount from the balance, once."""
    if happening != "action_required":
        dispute.doc["status"] = happening
    if happening == "lost" and not dispute.doc["amount_deducted"]:
        dispute.doc["amount_deducted"] = dispute.doc["amount"]
        switches.move_balance(transaction, -dispute.doc["amount"])
    transaction.update(dispute)
    payment = transaction.must_get("payment", dispute.doc["payment_id"])
    emit(simulator, transaction, f"payment.dispute.{happening}", payment, dispute)


def must_be_open(simulator: "Simulator", dispute: Record) -> None:
    """Refuse what the shop wants to do with a dispute that is decided, under review or overdue."""
    if dispute.doc["status"] != "open":
        raise invalid(f"Action not allowed when dispute is in {dispute.doc['status']} status.")
    if simulator.now() > dispute.doc["respond_by"]:
        raise invalid("Action not allowed as deadline to respond has elapsed.")
