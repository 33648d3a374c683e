"""Razorpay's Orders API (razorpay.com/docs/api/orders)."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities, switches, validation
from razorpay_simulator.errors import invalid
from razorpay_simulator.ids import check_id
from razorpay_simulator.moves import must_find
from razorpay_simulator.store import Page, Record, Transaction
from razorpay_simulator.wire import Request

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

CREATE_FIELDS = ("amount", "currency", "receipt", "notes", "partial_payment", "payment_capture", "payment")
LIST_FIELDS = ("receipt", "from", "to", "count", "skip", "authorized", "expand[]", "expand")
CAPTURE_PERIODS = ("automatic_expiry_period", "manual_expiry_period")
CAPTURE_OPTIONS = (*CAPTURE_PERIODS, "refund_speed")
WAS_AUTHORIZED = (
    "EXISTS (SELECT 1 FROM entities AS p WHERE p.kind = 'payment' AND p.parent = entities.id "
    "AND json_extract(p.doc, '$.status') IN ('authorized', 'captured', 'refunded'))"
)


def create(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """POST /orders."""
    data = request.json()
    validation.refuse_extra_fields(data, (*CREATE_FIELDS, "unique_receipt"))
    currency = validation.currency_code(data)
    amount = validation.money(data, currency, simulator.config.max_amount)
    receipt, notes = validation.receipt_text(data), validation.notes_object(data)
    private = capture_setting(data)
    with simulator.store.transaction() as transaction:
        if known := _known_receipt(transaction, data, receipt):
            return known.doc
        doc = entities.new_order(amount, currency, receipt, notes, int(simulator.now()))
        transaction.insert(Record("order", doc["id"], doc, receipt=receipt, private=private))
    return doc


def _known_receipt(transaction: Transaction, data: dict[str, Any], receipt: str | None) -> Record | None:
    """Return the order to answer with instead of a new one; accounts differ in what they do with a known receipt."""
    policy = switches.read(transaction, "receipts")
    if "unique_receipt" in data and policy != "same":
        validation.refuse_extra_fields(data, CREATE_FIELDS)
    known = transaction.page("order", Page(count=1), receipt=receipt) if receipt and policy != "allowed" else []
    if known and policy == "refused":
        raise invalid("Order receipt should be unique.", metadata={"order_id": known[0].id})
    return known[0] if known else None


def capture_setting(data: dict[str, Any]) -> dict[str, Any]:
    """Return "capture": "automatic" (the default of an account) or "manual", and how many minutes Razorpay waits."""
    if data.get("partial_payment") not in (None, False, 0, "0"):
        raise invalid("Partial payment is not enabled for this account.", field="partial_payment")
    payment = data.get("payment")
    if payment is not None:
        return _payment_setting(payment)
    legacy = data.get("payment_capture")
    if legacy is None:
        return {"capture": "automatic"}
    if legacy not in (0, 1, "0", "1"):
        raise invalid("The payment capture field must be true or false.", field="payment_capture")
    return {"capture": "automatic" if int(legacy) else "manual"}


def _payment_setting(payment: Any) -> dict[str, Any]:
    """Check payment.capture and its options: periods are in minutes (Razorpay: "Capture settings, API")."""
    if not isinstance(payment, dict):
        raise invalid("The payment must be an array.", field="payment")
    validation.refuse_extra_fields(payment, ("capture", "capture_options"))
    if payment.get("capture") not in ("automatic", "manual"):
        raise invalid("The selected capture is invalid.", field="capture")
    options = payment.get("capture_options", {})
    if not isinstance(options, dict):
        raise invalid("The capture options must be an array.", field="capture_options")
    validation.refuse_extra_fields(options, CAPTURE_OPTIONS)
    if "automatic_expiry_period" in options and validation.integer(options, "automatic_expiry_period") < 12:
        raise invalid("The automatic expiry period must be at least 12.", field="automatic_expiry_period")
    if "manual_expiry_period" in options and validation.integer(options, "manual_expiry_period") > 7200:
        text = "The manual expiry period may not be greater than 7200."
        raise invalid(text, field="manual_expiry_period")
    if options.get("refund_speed", "normal") not in ("normal", "optimum"):
        raise invalid("The selected refund speed is invalid.", field="refund_speed")
    periods = {name: validation.integer(options, name) for name in CAPTURE_PERIODS if name in options}
    return {"capture": payment["capture"], **periods}


def fetch(simulator: "Simulator", request: Request, order_id: str) -> dict[str, Any]:
    """GET /orders/:id."""
    expand = _expansions(request)
    check_id("order", order_id)
    with simulator.store.transaction() as transaction:
        return _shown(simulator, transaction, must_find(transaction, "order", order_id), expand)


def fetch_all(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /orders: newest first."""
    parameters = request.parameters
    validation.refuse_extra_fields(parameters, LIST_FIELDS)
    page, expand = validation.page_of(parameters), _expansions(request)
    equal = {"receipt": parameters["receipt"][-1]} if "receipt" in parameters else {}
    authorized = parameters.get("authorized", [None])[-1]
    if authorized not in (None, "0", "1"):
        raise invalid("The authorized field must be true or false.", field="authorized")
    conditions = {"1": [WAS_AUTHORIZED], "0": [f"NOT {WAS_AUTHORIZED}"]}.get(authorized or "", [])
    with simulator.store.transaction() as transaction:
        page = switches.listed(transaction, simulator.now(), page)
        orders = transaction.page("order", page, conditions, **equal)
        return entities.collection([_shown(simulator, transaction, order, expand) for order in orders])


def update(simulator: "Simulator", request: Request, order_id: str) -> dict[str, Any]:
    """PATCH /orders/:id: only notes can change."""
    check_id("order", order_id)
    notes = validation.required_notes(request.json())
    with simulator.store.transaction() as transaction:
        order = must_find(transaction, "order", order_id)
        order.doc["notes"] = entities.notes_json(notes)
        transaction.update(order)
        return order.doc


def payments(simulator: "Simulator", request: Request, order_id: str) -> dict[str, Any]:
    """GET /orders/:id/payments: every attempt, failed ones too."""
    check_id("order", order_id)
    with_cards = bool(validation.expansions(request.parameters, {"card"}))
    with simulator.store.transaction() as transaction:
        must_find(transaction, "order", order_id)
        return _payments_of(simulator, transaction, order_id, with_cards)


def _expansions(request: Request) -> set[str]:
    return validation.expansions(request.parameters, {"payments", "payments.card"})


def _shown(simulator: "Simulator", transaction: Transaction, order: Record, expand: set[str]) -> dict[str, Any]:
    if not expand:
        return order.doc
    return {**order.doc, "payments": _payments_of(simulator, transaction, order.id, "payments.card" in expand)}


def _payments_of(simulator: "Simulator", transaction: Transaction, order_id: str, with_cards: bool) -> dict[str, Any]:
    limit = switches.listed_until(transaction, simulator.now())
    found = transaction.children("payment", order_id)
    listed = [payment for payment in found if limit is None or payment.doc["created_at"] <= limit]
    if with_cards:
        return entities.collection([entities.with_card(payment.doc, payment.private) for payment in listed])
    return entities.collection([payment.doc for payment in listed])
