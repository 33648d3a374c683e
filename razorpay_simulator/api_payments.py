"""Razorpay's Payments API (razorpay.com/docs/api/payments)."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities, moves, switches, validation
from razorpay_simulator.errors import invalid
from razorpay_simulator.ids import check_id
from razorpay_simulator.moves import must_find
from razorpay_simulator.store import Record, Transaction
from razorpay_simulator.wire import Request

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

LIST_FIELDS = ("from", "to", "count", "skip", "expand[]", "expand")


def fetch(simulator: "Simulator", request: Request, payment_id: str) -> dict[str, Any]:
    """GET /payments/:id."""
    check_id("pay", payment_id)
    expand = validation.expansions(request.parameters, {"card", "offers"})
    with simulator.store.transaction() as transaction:
        return _shown(must_find(transaction, "payment", payment_id), expand)


def fetch_all(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /payments: newest first."""
    validation.refuse_extra_fields(request.parameters, LIST_FIELDS)
    page = validation.page_of(request.parameters)
    expand = validation.expansions(request.parameters, {"card"})
    with simulator.store.transaction() as transaction:
        page = switches.listed(transaction, simulator.now(), page)
        return entities.collection([_shown(payment, expand) for payment in transaction.page("payment", page)])


def update(simulator: "Simulator", request: Request, payment_id: str) -> dict[str, Any]:
    """PATCH /payments/:id: only notes can change."""
    check_id("pay", payment_id)
    notes = validation.required_notes(request.json())
    with simulator.store.transaction() as transaction:
        payment = must_find(transaction, "payment", payment_id)
        payment.doc["notes"] = entities.notes_json(notes)
        transaction.update(payment)
        return payment.doc


def capture(simulator: "Simulator", request: Request, payment_id: str) -> dict[str, Any]:
    """POST /payments/:id/capture: exactly the authorized amount (paise), once."""
    check_id("pay", payment_id)
    data = request.json()
    validation.refuse_extra_fields(data, ("amount", "currency"))
    amount, currency = validation.integer(data, "amount"), validation.currency_code(data, "INR")
    with simulator.store.transaction() as transaction:
        payment = must_find(transaction, "payment", payment_id)
        order = _order_of(transaction, payment)
        _refuse_capture(payment, order)
        if currency != payment.doc["currency"]:
            raise invalid("Payment currency and capture currency do not match", field="currency")
        if amount != payment.doc["amount"]:
            raise invalid("Capture amount must be equal to the amount authorized", field="amount")
        moves.capture(simulator, transaction, payment, order)
        return payment.doc


def _order_of(transaction: Transaction, payment: Record) -> Record:
    if payment.doc["order_id"] is None:
        raise invalid("The payment cannot be captured because it has no order")
    return must_find(transaction, "order", payment.doc["order_id"])


def _refuse_capture(payment: Record, order: Record) -> None:
    if payment.doc["captured"]:
        raise invalid("This payment has already been captured")
    if payment.doc["status"] != "authorized":
        raise invalid("Only payments which have been authorized and not yet captured can be captured")
    if order.doc["status"] == "paid":
        raise invalid("The payment cannot be captured because the order is already paid")


def _shown(payment: Record, expand: set[str]) -> dict[str, Any]:
    doc = entities.with_card(payment.doc, payment.private) if "card" in expand else payment.doc
    if "offers" not in expand:
        return doc
    offers = [{"id": entities.OFFER_ID}] if payment.private.get("offer") else []
    return {**doc, "offers": entities.collection(offers)}
