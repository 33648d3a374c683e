"""What a person or a test can let happen to refunds and disputes by hand."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import disputing, fields, refunding
from razorpay_simulator.errors import invalid
from razorpay_simulator.ids import check_id

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator


def refund(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Refund in the Dashboard, without the shop: payment_id, amount (paise; all that is left), speed."""
    amount = fields.paise_or_none(data, "amount")
    details = {"speed": fields.choice(data, "speed", ("normal", "optimum"), "normal")}
    with simulator.store.transaction() as transaction:
        payment = transaction.must_get("payment", check_id("pay", fields.text(data, "payment_id")))
        return refunding.refund(simulator, transaction, payment, amount, details).doc


def auto_refund(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let Razorpay give back an authorized payment now instead of at its deadline: payment_id."""
    with simulator.store.transaction() as transaction:
        payment = transaction.must_get("payment", check_id("pay", fields.text(data, "payment_id")))
        if payment.doc["status"] != "authorized":
            raise invalid("Only an authorized payment is given back by itself.", field="payment_id")
        return refunding.refund_uncaptured(simulator, transaction, payment).doc


def decide_refund(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """End a refund as a bank would: refund_id, status (processed or failed)."""
    status = fields.choice(data, "status", ("processed", "failed"))
    with simulator.store.transaction() as transaction:
        record = transaction.must_get("refund", check_id("rfnd", fields.text(data, "refund_id")))
        refunding.decide(simulator, transaction, record, status)
        return record.doc


def dispute(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Open a dispute: payment_id, amount (paise, default all of it), phase, reason_code, respond_in_seconds."""
    with simulator.store.transaction() as transaction:
        payment = transaction.must_get("payment", check_id("pay", fields.text(data, "payment_id")))
        deadline = simulator.now() + fields.seconds(data, "respond_in_seconds", disputing.WEEK)
        amount = fields.paise(data, "amount", payment.doc["amount"])
        if not 0 < amount <= payment.doc["amount"]:
            raise invalid("amount is at most that of the payment.", field="amount")
        details = {
            "amount": amount,
            "phase": fields.choice(data, "phase", disputing.PHASES, "chargeback"),
            "reason_code": fields.text(data, "reason_code", "goods_or_services_not_received_or_partially_received"),
            "respond_by": int(deadline),
        }
        return disputing.create(simulator, transaction, payment, details).doc


def move_dispute(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let something happen to a dispute: dispute_id, status (action_required, under_review, won, lost, closed)."""
    happening = fields.choice(data, "status", disputing.MOVES)
    with simulator.store.transaction() as transaction:
        record = transaction.must_get("dispute", check_id("disp", fields.text(data, "dispute_id")))
        disputing.move(simulator, transaction, record, happening)
        return record.doc
