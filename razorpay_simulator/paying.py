"""Paying as a customer would, with everything that can be unusual about it; the control room's "pay" and "late"."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import checkout, entities, fields, moves
from razorpay_simulator.errors import invalid
from razorpay_simulator.ids import check_id
from razorpay_simulator.store import Record, Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

# late: failed now, authorized after `after_seconds`; upi_retry: failed, then paid by a second PIN on the same id.
OUTCOMES = (*moves.OUTCOMES, "late", "upi_retry")
# What becomes of a payment on an order that is paid: no such payment, Razorpay gives it back, or it is captured too.
SECONDS = ("refused", "refunded", "captured")
TEN_MINUTES = 600.0


def pay(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Pay an order: order_id, outcome, method, vpa, bank, ... and, in paise, discount (an offer of Razorpay's).

    Without order_id a payment of `amount` paise belongs to no order at all, or with `link` to one that Razorpay makes
    for a payment link, with `receipt`.
    """
    outcome = fields.choice(data, "outcome", OUTCOMES, "success")
    vpa = "success@razorpay" if outcome in {"success", "authorized"} else "failure@razorpay"
    details = checkout.payment_details({"vpa": vpa, **{k: v for k, v in data.items() if v != ""}})
    second = fields.choice(data, "second", SECONDS, "refused")
    with simulator.store.transaction() as transaction:
        order = _order(simulator, transaction, data)
        details |= _unusual_amount(order, data)
        payment = moves.start_payment(simulator, transaction, order, details, second=second)
        _finish(simulator, transaction, payment, outcome, fields.seconds(data, "after_seconds", TEN_MINUTES))
    return told(simulator, payment)


def _order(simulator: "Simulator", transaction: Transaction, data: dict[str, Any]) -> Record | None:
    if fields.given(data, "order_id"):
        return transaction.must_get("order", check_id("order", fields.text(data, "order_id")))
    amount = fields.paise(data, "amount")
    if not fields.flag(data, "link"):
        return None
    receipt = fields.text(data, "receipt") or None
    doc = entities.new_order(amount, "INR", receipt, {}, int(simulator.now()))
    private = {"capture": "automatic", "link": True}
    return transaction.insert(Record("order", doc["id"], doc, receipt=receipt, private=private))


def _unusual_amount(order: Record | None, data: dict[str, Any]) -> dict[str, Any]:
    """Return the amount of the payment where it is not that of the order, all in paise."""
    if order is None:
        return {"amount": fields.paise(data, "amount")}
    due = order.doc["amount"]
    discount = fields.paise(data, "discount", 0)
    if discount >= due:
        raise invalid("discount is less than the amount of the order.", field="discount")
    if discount:
        return {"amount": due - discount, "offer": True}
    if fields.flag(data, "customer_bears_fee"):
        fee, tax = entities.fee_and_tax(due)
        return {"amount": due + fee, "fee": (fee, tax)}
    return {}


def _finish(
    simulator: "Simulator", transaction: Transaction, payment: Record, outcome: str, after_seconds: float
) -> None:
    if outcome not in {"late", "upi_retry"}:
        moves.finish_payment(simulator, transaction, payment, outcome)
        return
    moves.finish_payment(simulator, transaction, payment, "no_answer" if outcome == "late" else "wrong_pin")
    if outcome == "upi_retry":
        moves.authorize_late(simulator, transaction, payment, "success")
    else:
        due_at = simulator.now() + after_seconds
        transaction.later(due_at, "late_authorization", payment.id, outcome="success")


def late(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let a failed payment be authorized after all: payment_id, outcome (success: as its order asks; authorized)."""
    outcome = fields.choice(data, "outcome", ("success", "authorized"), "success")
    with simulator.store.transaction() as transaction:
        payment = transaction.must_get("payment", check_id("pay", fields.text(data, "payment_id")))
        moves.authorize_late(simulator, transaction, payment, outcome)
    return told(simulator, payment)


def told(simulator: "Simulator", payment: Record) -> dict[str, Any]:
    """Return the state of a payment and what checkout.js would hand to the shop."""
    result = checkout.result_of(simulator, payment)
    triple = {
        "razorpay_order_id": payment.doc["order_id"],
        "razorpay_payment_id": payment.id,
        "razorpay_signature": None,
    }
    return {**triple, **result.get("response", {}), "status": result["status"], "error": result.get("error")}
