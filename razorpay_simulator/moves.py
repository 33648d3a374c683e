"""How payments and orders change state (Razorpay: "Orders", "Payments", "Refunds": life cycles).

Each function runs inside a transaction and queues the events of its change there.
"""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities
from razorpay_simulator.errors import invalid, unknown_id
from razorpay_simulator.events import emit
from razorpay_simulator.refunding import refund_duplicate
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

ALREADY_PAID = "Payment already done for this order"
FAILURES: dict[str, dict[str, str]] = {
    "failure": {
        "code": "BAD_REQUEST_ERROR",
        "description": "Payment was unsuccessful due to a temporary issue. "
        "If amount got deducted, it will be refunded within 5-7 working days.",
        "source": "gateway",
        "step": "payment_response",
        "reason": "payment_failed",
    },
    "cancelled": {
        "code": "BAD_REQUEST_ERROR",
        "description": "Your payment has been cancelled. Try again or complete the payment later.",
        "source": "customer",
        "step": "payment_authentication",
        "reason": "payment_cancelled",
    },
    "invalid_otp": {
        "code": "BAD_REQUEST_ERROR",
        "description": "Authentication failed due to incorrect otp",
        "source": "customer",
        "step": "payment_authentication",
        "reason": "invalid_otp",
    },
}
OUTCOMES = ("success", "authorized", *FAILURES)


def must_find(transaction: Transaction, kind: str, entity_id: str) -> Record:
    """Return the entity or refuse the id."""
    record = transaction.get(kind, entity_id)
    if record is None:
        raise unknown_id()
    return record


def start_payment(simulator: "Simulator", transaction: Transaction, order: Record, details: dict[str, Any]) -> Record:
    """Start an attempt: the order becomes attempted. A paid order, or one with money authorized, takes none."""
    refuse_if_paid(transaction, order)
    doc = entities.new_payment(order.doc, details, int(simulator.now()))
    private = {"card": details["card"]} if details.get("card") else {}
    payment = transaction.insert(Record("payment", doc["id"], doc, parent=order.id, private=private))
    order.doc["attempts"] += 1
    order.doc["status"] = "attempted"
    transaction.update(order)
    return payment


def refuse_if_paid(transaction: Transaction, order: Record) -> None:
    """Refuse another payment when the money is already there."""
    payments = transaction.children("payment", order.id)
    if order.doc["status"] == "paid" or any(payment.doc["status"] == "authorized" for payment in payments):
        raise invalid(ALREADY_PAID, metadata={"order_id": order.id})


def finish_payment(simulator: "Simulator", transaction: Transaction, payment: Record, outcome: str) -> None:
    """End an attempt as the bank decided; "authorized" leaves it uncaptured whatever the order asks for."""
    if payment.doc["status"] != "created":
        raise invalid("The payment has already been processed")
    if outcome in FAILURES:
        fail(simulator, transaction, payment, FAILURES[outcome])
        return
    order = must_find(transaction, "order", payment.doc["order_id"])
    authorize(simulator, transaction, payment)
    if order.doc["status"] == "paid":
        refund_duplicate(simulator, transaction, payment)
    elif outcome == "success" and order.private["capture"] == "automatic":
        capture(simulator, transaction, payment, order)


def fail(simulator: "Simulator", transaction: Transaction, payment: Record, error: dict[str, str]) -> None:
    """Mark an attempt as failed; the order stays open for another."""
    payment.doc["status"] = "failed"
    payment.doc.update({f"error_{name}": value for name, value in error.items()})
    transaction.update(payment)
    emit(simulator, transaction, "payment.failed", payment)


def authorize(simulator: "Simulator", transaction: Transaction, payment: Record) -> None:
    """Hold the customer's money; any error of an earlier answer is gone."""
    payment.doc["status"] = "authorized"
    payment.doc["acquirer_data"] = entities.acquirer_data(payment.doc["method"], reached_bank=True)
    payment.doc.update({f"error_{name}": None for name in ("code", "description", "source", "step", "reason")})
    transaction.update(payment)
    emit(simulator, transaction, "payment.authorized", payment)


def capture(simulator: "Simulator", transaction: Transaction, payment: Record, order: Record) -> None:
    """Take the money: the order is paid."""
    payment.doc["status"] = "captured"
    payment.doc["captured"] = True
    payment.doc["fee"], payment.doc["tax"] = entities.fee_and_tax(payment.doc["amount"])
    transaction.update(payment)
    order.doc.update(status="paid", amount_paid=order.doc["amount"], amount_due=0)
    transaction.update(order)
    emit(simulator, transaction, "payment.captured", payment)
    emit(simulator, transaction, "order.paid", payment, order)


def error_of(payment: Record) -> dict[str, Any]:
    """Return what the checkout window reports about a failed payment."""
    names = ("code", "description", "source", "step", "reason")
    error: dict[str, Any] = {name: payment.doc[f"error_{name}"] for name in names}
    error["metadata"] = {"payment_id": payment.id, "order_id": payment.doc["order_id"]}
    return error
