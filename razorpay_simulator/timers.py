"""What happens by itself at a later time, as rows of the state file: a kill postpones it, nothing forgets it."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities, moves, refunding
from razorpay_simulator.store import Transaction

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

Action = Callable[["Simulator", Transaction, str, dict[str, Any]], None]


def run_due(simulator: "Simulator") -> int:
    """Do everything that is due by the simulator's clock, earliest first, and return how much that was."""
    done = 0
    with simulator.store.transaction() as transaction:
        while row := _next(transaction, simulator.now()):
            seq, action, entity_id, data = row
            transaction.connection.execute("DELETE FROM timers WHERE seq = ?", (seq,))
            ACTIONS[action](simulator, transaction, entity_id, json.loads(data))
            done += 1
    return done


def _next(transaction: Transaction, now: float) -> tuple[int, str, str, str] | None:
    query = "SELECT seq, action, entity_id, data FROM timers WHERE due_at <= ? ORDER BY due_at, seq LIMIT 1"
    found: tuple[int, str, str, str] | None = transaction.connection.execute(query, (now,)).fetchone()
    return found


def auto_refund(simulator: "Simulator", transaction: Transaction, payment_id: str, data: dict[str, Any]) -> None:
    """Give back what nobody captured in time."""
    payment = moves.must_find(transaction, "payment", payment_id)
    if payment.doc["status"] == "authorized":
        refunding.refund_uncaptured(simulator, transaction, payment)


def decide_refund(simulator: "Simulator", transaction: Transaction, refund_id: str, data: dict[str, Any]) -> None:
    """End a refund unless somebody did so by hand."""
    refund = moves.must_find(transaction, "refund", refund_id)
    if data["status"] in refunding.ENDS[refund.doc["status"]]:
        refunding.decide(simulator, transaction, refund, data["status"])


def late_authorization(simulator: "Simulator", transaction: Transaction, payment_id: str, data: dict[str, Any]) -> None:
    """Let the bank answer after all."""
    payment = moves.must_find(transaction, "payment", payment_id)
    if payment.doc["status"] == "failed":
        moves.authorize_late(simulator, transaction, payment, data["outcome"])


def tell_fee(simulator: "Simulator", transaction: Transaction, payment_id: str, data: dict[str, Any]) -> None:
    """Fill in the fee that was not known at capture."""
    payment = moves.must_find(transaction, "payment", payment_id)
    payment.doc["fee"], payment.doc["tax"] = data["fee"], data["tax"]
    transaction.update(payment)


def tell_reference(simulator: "Simulator", transaction: Transaction, refund_id: str, data: dict[str, Any]) -> None:
    """Fill in the bank's number of a refund, unless the bank has sent it back meanwhile. No event tells of it."""
    refund = moves.must_find(transaction, "refund", refund_id)
    if refund.doc["status"] == "processed":
        payment = moves.must_find(transaction, "payment", refund.doc["payment_id"])
        refund.doc["acquirer_data"] = entities.refund_reference(payment.doc["method"])
        transaction.update(refund)


ACTIONS: dict[str, Action] = {
    "auto_refund": auto_refund,
    "decide_refund": decide_refund,
    "late_authorization": late_authorization,
    "tell_fee": tell_fee,
    "tell_reference": tell_reference,
}
