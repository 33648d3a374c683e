"""The server side of the checkout window: the page in the frame and what it asks for (test cards and UPI ids:
Razorpay, "Test card details" and "Test UPI details")."""

import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from razorpay_simulator import moves, pages
from razorpay_simulator.errors import ApiError, invalid, method_not_allowed, not_found, unknown_id
from razorpay_simulator.ids import check_id
from razorpay_simulator.signatures import checkout_signature
from razorpay_simulator.store import Record, Transaction
from razorpay_simulator.wire import Request, Response, json_response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

METHODS = ("upi", "card", "netbanking", "wallet")
BANKS = {
    "HDFC": "HDFC Bank",
    "SBIN": "State Bank of India",
    "ICIC": "ICICI Bank",
    "UTIB": "Axis Bank",
    "KKBK": "Kotak Mahindra Bank",
}
WALLETS = {"airtelmoney": "Airtel Money", "mobikwik": "MobiKwik", "olamoney": "Ola Money"}
UPI_OUTCOMES = {"success@razorpay": "success", "failure@razorpay": "failure"}
WINDOW = (resources.files("razorpay_simulator") / "assets" / "window.html").read_text("utf-8")


def answer(simulator: "Simulator", request: Request) -> Response:
    """Answer the frame."""
    if request.path == "/v1/checkout/window":
        return window(simulator, request)
    steps = re.fullmatch(r"/v1/checkout/payments(?:/([^/]+))?", request.path)
    if steps is None:
        raise not_found()
    if request.method != "POST":
        raise method_not_allowed()
    payment_id, data = steps.group(1), request.json()
    if payment_id is None:
        return json_response(start(simulator, data))
    return json_response(finish(simulator, payment_id, data))


def find_order(simulator: "Simulator", transaction: Transaction, key_id: Any, order_id: Any) -> Record:
    """Return the order that a browser names; key and order must belong together."""
    if key_id != simulator.config.key_id or not isinstance(order_id, str):
        raise unknown_id()
    return moves.must_find(transaction, "order", check_id("order", order_id))


def window(simulator: "Simulator", request: Request) -> Response:
    """GET the page inside the frame; the shop's page hands it the options by postMessage."""
    first = {name: values[0] for name, values in request.parameters.items()}
    parent = pages.web_address(first.get("parent", ""))
    try:
        with simulator.store.transaction() as transaction:
            order = find_order(simulator, transaction, first.get("key_id"), first.get("order_id"))
            state, problem = "open", ""
            try:
                moves.refuse_if_paid(transaction, order)
            except ApiError as error:
                state, problem = "paid", str(error)
            amount, order_id = pages.rupees(order.doc["amount"], order.doc["currency"]), order.id
    except ApiError as error:
        state, problem, amount, order_id = "refused", str(error), "", ""
    page = pages.fill(
        WINDOW,
        key_id=simulator.config.key_id,
        order_id=order_id,
        parent=parent,
        amount=amount,
        state=state,
        problem=problem,
        banks=options(BANKS),
        wallets=options(WALLETS),
    )
    return pages.html_response(page)


def options(choices: dict[str, str]) -> pages.Markup:
    """Return the options of a select."""
    rows = [pages.fill('<option value="$v">$t</option>', v=value, t=text) for value, text in choices.items()]
    return pages.Markup("".join(rows))


def start(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Start an attempt and say what the customer sees next: a UPI app, an OTP field or the bank's page."""
    details = payment_details(data)
    with simulator.store.transaction() as transaction:
        order = find_order(simulator, transaction, data.get("key_id"), data.get("order_id"))
        payment = moves.start_payment(simulator, transaction, order, details)
    return {"payment_id": payment.id, "step": next_step(payment)}


def next_step(payment: Record) -> str:
    """Return "otp", "upi" (the outcome is known) or "bank" (the customer chooses it)."""
    if payment.doc["method"] == "card":
        return "otp"
    return "upi" if payment.doc["vpa"] in UPI_OUTCOMES else "bank"


def payment_details(data: dict[str, Any]) -> dict[str, Any]:
    """Return what is known about a payment from what a browser sends; unknown parts are dropped."""
    method = data.get("method", "upi")
    if method not in METHODS:
        raise invalid("The selected method is invalid.", field="method")
    details: dict[str, Any] = {"method": method}
    for name in ("email", "contact", "description"):
        if isinstance(data.get(name), str) and data[name].strip():
            details[name] = data[name].strip()[:255]
    vpa = data.get("vpa", "success@razorpay")
    if method == "upi" and not (isinstance(vpa, str) and re.fullmatch(r"[\w.-]{2,256}@[a-zA-Z]{2,64}", vpa, re.ASCII)):
        raise invalid("Invalid VPA. Please enter a valid Virtual Payment Address", field="vpa", reason="invalid_vpa")
    details["vpa"] = vpa
    details["bank"] = data["bank"] if data.get("bank") in BANKS else "HDFC"
    details["wallet"] = data["wallet"] if data.get("wallet") in WALLETS else "airtelmoney"
    card = data.get("card")
    if isinstance(card, dict):
        details["card"] = {"last4": str(card.get("last4", ""))[-4:], "network": str(card.get("network", ""))[:20]}
    if isinstance(data.get("notes"), dict):
        details["notes"] = {str(k)[:256]: str(v)[:256] for k, v in list(data["notes"].items())[:15]}
    return details


def finish(simulator: "Simulator", payment_id: str, data: dict[str, Any]) -> dict[str, Any]:
    """End an attempt and return what checkout.js hands to the shop's page."""
    check_id("pay", payment_id)
    with simulator.store.transaction() as transaction:
        payment = moves.must_find(transaction, "payment", payment_id)
        find_order(simulator, transaction, data.get("key_id"), payment.doc["order_id"])
        moves.finish_payment(simulator, transaction, payment, outcome_of(payment, data))
    simulator.courier.wake()
    return result_of(simulator, payment)


def outcome_of(payment: Record, data: dict[str, Any]) -> str:
    """Decide as Razorpay's test mode does: an OTP of 4 to 10 digits succeeds, a UPI id may name its outcome."""
    if data.get("outcome") == "cancelled":
        return "cancelled"
    step = next_step(payment)
    if step == "otp":
        return "success" if re.fullmatch(r"[0-9]{4,10}", str(data.get("otp", "")), re.ASCII) else "invalid_otp"
    if step == "upi":
        return UPI_OUTCOMES[payment.doc["vpa"]]
    return "success" if data.get("outcome") == "success" else "failure"


def result_of(simulator: "Simulator", payment: Record) -> dict[str, Any]:
    """Return the signed triple of a payment, or its error."""
    if payment.doc["status"] == "failed":
        return {"status": "failed", "error": moves.error_of(payment)}
    order_id = payment.doc["order_id"]
    if order_id is None:
        return {"status": payment.doc["status"], "response": {"razorpay_payment_id": payment.id}}
    return {
        "status": payment.doc["status"],
        "response": {
            "razorpay_payment_id": payment.id,
            "razorpay_order_id": order_id,
            "razorpay_signature": checkout_signature(order_id, payment.id, simulator.config.key_secret),
        },
    }
