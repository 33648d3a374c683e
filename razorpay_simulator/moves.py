"""How payments and orders change state (Razorpay: "Orders", "Payments", "Refunds": life cycles).

Each function runs inside a transaction and queues the events of its change there.
"""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import account_entities, entities, switches
from razorpay_simulator.errors import invalid
from razorpay_simulator.events import emit
from razorpay_simulator.refunding import refund_uncaptured
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
    "no_answer": {
        "code": "GATEWAY_ERROR",
        "description": "Payment was not completed on time.",
        "source": "bank",
        "step": "payment_authorization",
        "reason": "payment_timed_out",
    },
    "wrong_pin": {
        "code": "BAD_REQUEST_ERROR",
        "description": "Payment was unsuccessful as you entered an incorrect PIN. Try again.",
        "source": "customer",
        "step": "payment_authorization",
        "reason": "incorrect_pin",
    },
}
OUTCOMES = ("success", "authorized", *FAILURES)


def must_find(transaction: Transaction, kind: str, entity_id: str) -> Record:
    """Return the entity or refuse the id."""
    return transaction.must_get(kind, entity_id)


def start_payment(
    simulator: "Simulator",
    transaction: Transaction,
    order: Record | None,
    details: dict[str, Any],
    second: str = "refused",
) -> Record:
    """Start an attempt: the order becomes attempted. A paid order, or one with money authorized, takes none.

    Two windows may be open at once, so that `second` may be "refunded" or "captured" as well. `details` say how it is
    paid, and the amount (paise) and fee where they are unusual.
    """
    if order and second == "refused":
        refuse_if_paid(transaction, order)
    doc = entities.new_payment(order.doc if order else entities.NO_ORDER, details, int(simulator.now()))
    private = {name: details[name] for name in ("card", "fee", "offer") if details.get(name)}
    private["second"] = second
    payment = transaction.insert(Record("payment", doc["id"], doc, parent=doc["order_id"], private=private))
    if order:
        order.doc["attempts"] += 1
        if order.doc["status"] == "created":
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
    _settle(simulator, transaction, payment, outcome)


def authorize_late(simulator: "Simulator", transaction: Transaction, payment: Record, outcome: str) -> None:
    """Let the bank say yes to a payment that was called failed (Razorpay: "Late authorisation", UPI: another PIN).

    What was settled in time is captured if the order asks for it; "authorized" leaves it uncaptured in any case.
    """
    if payment.doc["status"] != "failed":
        raise invalid("Only a failed payment can be authorized late.", field="payment_id")
    _settle(simulator, transaction, payment, outcome)


def _settle(simulator: "Simulator", transaction: Transaction, payment: Record, outcome: str) -> None:
    order = must_find(transaction, "order", payment.doc["order_id"]) if payment.doc["order_id"] else None
    authorize(simulator, transaction, payment)
    if order and order.doc["status"] == "paid" and payment.private.get("second") != "captured":
        refund_uncaptured(simulator, transaction, payment)
    elif outcome == "success" and _captures_itself(simulator, payment, order):
        capture(simulator, transaction, payment, order)
    else:
        transaction.later(_deadline(simulator, transaction, payment, order), "auto_refund", payment.id)


def _captures_itself(simulator: "Simulator", payment: Record, order: Record | None) -> bool:
    if order is None:
        return True
    window = order.private.get("automatic_expiry_period")
    in_time = window is None or simulator.now() <= payment.doc["created_at"] + 60 * window
    return in_time and bool(order.private["capture"] == "automatic")


def _deadline(simulator: "Simulator", transaction: Transaction, payment: Record, order: Record | None) -> float:
    """Return when Razorpay gives the money back: the order's own window (minutes), or the account's (seconds)."""
    own = order.private.get("manual_expiry_period") if order else None
    if own is not None:
        return float(payment.doc["created_at"] + 60 * own)
    return simulator.now() + float(switches.read(transaction, "capture_window_seconds"))


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


def capture(simulator: "Simulator", transaction: Transaction, payment: Record, order: Record | None) -> None:
    """Take the money: the order is paid, if there is one and it was not paid yet."""
    payment.doc["status"] = "captured"
    payment.doc["captured"] = True
    _charge_fee(simulator, transaction, payment)
    transaction.update(payment)
    emit(simulator, transaction, "payment.captured", payment)
    if order and order.doc["status"] != "paid":
        order.doc.update(status="paid", amount_paid=order.doc["amount"], amount_due=0)
        if payment.private.get("offer"):
            order.doc["offer_id"] = entities.OFFER_ID
        transaction.update(order)
        emit(simulator, transaction, "order.paid", payment, order)
        if order.private.get("link"):
            link = account_entities.new_payment_link(order.doc, int(simulator.now()))
            emit(simulator, transaction, "payment_link.paid", Record("payment_link", link["id"], link), order, payment)


def _charge_fee(simulator: "Simulator", transaction: Transaction, payment: Record) -> None:
    fee, tax = payment.private.get("fee") or entities.fee_and_tax(payment.doc["amount"])
    switches.move_balance(transaction, payment.doc["amount"] - fee)
    if wait := switches.read(transaction, "fee_after_seconds"):
        transaction.later(simulator.now() + wait, "tell_fee", payment.id, fee=fee, tax=tax)
    else:
        payment.doc["fee"], payment.doc["tax"] = fee, tax


def error_of(payment: Record) -> dict[str, Any]:
    """Return what the checkout window reports about a failed payment."""
    names = ("code", "description", "source", "step", "reason")
    error: dict[str, Any] = {name: payment.doc[f"error_{name}"] for name in names}
    error["metadata"] = {"payment_id": payment.id, "order_id": payment.doc["order_id"]}
    return error
