"""The control room under /_simulator/: for tests and people on this machine, no keys needed.

JSON when the request says JSON (Content-Type or Accept); forms are answered by going back to the page.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from razorpay_simulator import checkout, control_page, moves
from razorpay_simulator.errors import invalid, method_not_allowed, not_found, refused
from razorpay_simulator.ids import check_id
from razorpay_simulator.wire import Request, Response, json_response, see_other

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
Action = Callable[["Simulator", dict[str, Any]], dict[str, Any]]


def answer(simulator: "Simulator", request: Request) -> Response:
    """Answer a request from this machine; a page of another site can neither read nor press anything here."""
    refuse_strangers(request)
    name = request.path.removeprefix("/_simulator/").rstrip("/")
    if request.method == "GET" and name == "" and not request.wants_json:
        return control_page.show(simulator)
    actions = {"GET": GETS, "POST": POSTS}.get(request.method, {})
    if name not in actions:
        raise method_not_allowed() if name in GETS | POSTS else not_found()
    result = actions[name](simulator, request.data() if request.method == "POST" else {})
    simulator.courier.wake()
    return json_response(result) if request.method == "GET" or request.wants_json else see_other("/_simulator/")


def refuse_strangers(request: Request) -> None:
    """Only loopback names, and no form of another site."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if urlsplit(f"//{host}").hostname not in LOOPBACK or (origin and urlsplit(origin).netloc != host):
        raise refused("The control room is open to this machine only.", status=403)


def pay(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Pay an order as a customer would: order_id, method, outcome (success, failure, authorized, ...), vpa, ..."""
    outcome = data.get("outcome", "success")
    if outcome not in moves.OUTCOMES:
        raise invalid(f"The outcome is one of {', '.join(moves.OUTCOMES)}.", field="outcome")
    vpa = "success@razorpay" if outcome in {"success", "authorized"} else "failure@razorpay"
    details = checkout.payment_details({"vpa": vpa, **data})
    with simulator.store.transaction() as transaction:
        order_id = check_id("order", str(data.get("order_id", "")))
        order = moves.must_find(transaction, "order", order_id)
        payment = moves.start_payment(simulator, transaction, order, details)
        moves.finish_payment(simulator, transaction, payment, outcome)
    result = checkout.result_of(simulator, payment)
    triple = {"razorpay_order_id": order_id, "razorpay_payment_id": payment.id, "razorpay_signature": None}
    return {**triple, **result.get("response", {}), "status": result["status"], "error": result.get("error")}


def webhooks(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Pause, resume, delay or redirect webhooks: enabled, delay_seconds (of events to come), url."""
    with simulator.store.transaction() as transaction:
        if "enabled" in data:
            transaction.set("webhooks_enabled", str(data["enabled"]).lower() in {"true", "1", "on"})
        if "delay_seconds" in data:
            transaction.set("webhooks_delay_seconds", seconds(data["delay_seconds"]))
        if "url" in data:
            transaction.set("webhooks_url", str(data["url"]))
        return simulator.webhook_settings(transaction)


def seconds(value: Any) -> float:
    """Return a delay."""
    try:
        delay = float(value)
    except (TypeError, ValueError):
        delay = -1.0
    if not 0 <= delay <= 86400:
        raise invalid("The delay is a number of seconds from 0 to 86400.", field="delay_seconds")
    return delay


def redeliver(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Send an event once more, under the same event id."""
    event_id = str(data.get("event_id", ""))
    if not simulator.courier.redeliver(event_id):
        raise invalid("There is no such event.", field="event_id")
    return {"event_id": event_id, "state": "pending"}


def reset(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Forget every order, payment, refund, event and switch."""
    with simulator.store.transaction() as transaction:
        transaction.clear()
    return {"reset": True}


def events(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """List all events, oldest first, with the state of their delivery."""
    with simulator.store.transaction() as transaction:
        return {"items": transaction.events(), "webhooks": simulator.webhook_settings(transaction)}


def overview(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Return what the page shows, as JSON."""
    return control_page.overview(simulator)


GETS: dict[str, Action] = {"": overview, "events": events}
POSTS: dict[str, Action] = {"pay": pay, "webhooks": webhooks, "redeliver": redeliver, "reset": reset}
