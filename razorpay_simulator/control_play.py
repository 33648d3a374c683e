"""The page about one thing: what Razorpay shows of it, and what can happen to it."""

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

from razorpay_simulator import checkout, control_account, disputing, paying, refunding
from razorpay_simulator.control_forms import Choice, Form, Hidden, Text, decimal, render, whole
from razorpay_simulator.errors import not_found
from razorpay_simulator.pages import Markup, control_response, fill
from razorpay_simulator.store import Record, Transaction
from razorpay_simulator.wire import Request, Response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

TEMPLATE = (resources.files("razorpay_simulator") / "assets" / "control_play.html").read_text("utf-8")
KINDS = {
    "order": "order",
    "pay": "payment",
    "rfnd": "refund",
    "disp": "dispute",
    "setl": "settlement",
    "down": "payment.downtime",
}
ALL_THAT_IS_LEFT = "Amount in paise (empty: all that is left)"


def show(simulator: "Simulator", request: Request) -> Response:
    """GET /_simulator/play?id=...: an order, payment, refund, dispute, settlement, outage or event."""
    entity_id = request.parameters.get("id", [""])[-1]
    with simulator.store.transaction() as transaction:
        title, doc, forms = _found(transaction, entity_id)
    page = fill(
        TEMPLATE,
        title=title,
        id=entity_id,
        json=json.dumps(doc, indent=2, ensure_ascii=False),
        forms=render(forms, f"/_simulator/play?id={entity_id}") if forms else Markup("<p>Nothing more can happen.</p>"),
    )
    return control_response(page)


def _found(transaction: Transaction, entity_id: str) -> tuple[str, Any, list[Form]]:
    kind = KINDS.get(entity_id.partition("_")[0], "")
    if record := transaction.get(kind, entity_id) if kind else None:
        return (
            f"{kind} {record.doc.get('status', '')}".replace("payment.", "").capitalize(),
            record.doc,
            forms_of(record),
        )
    event = next((event for event in transaction.events() if event["event_id"] == entity_id), None)
    if event is None:
        raise not_found()
    return f"Event {event['event']}", event, event_forms(entity_id)


def forms_of(record: Record) -> list[Form]:
    """Return what can happen to an entity in its state."""
    forms = {
        "order": order_forms,
        "payment": payment_forms,
        "refund": refund_forms,
        "dispute": dispute_forms,
        "payment.downtime": downtime_forms,
    }
    return forms[record.kind](record) if record.kind in forms else []


def order_forms(record: Record) -> list[Form]:
    """A customer pays, one way or another."""
    seconds = paying.SECONDS if record.doc["status"] != "paid" else paying.SECONDS[1:]
    fields = (
        Hidden("order_id", record.id),
        Choice("outcome", "How it ends", paying.OUTCOMES),
        Choice("method", "Method", checkout.METHODS),
        whole("discount", "Offer: paise that the customer pays less", ""),
        Choice("customer_bears_fee", "The customer pays Razorpay's fee on top", ("no", "yes")),
        Choice("second", "If the order is paid already, the payment is", seconds),
        decimal("after_seconds", "If late: seconds until the bank answers", "600"),
    )
    return [Form("pay", "Pay this order", "Pay", fields)]


def payment_forms(record: Record) -> list[Form]:
    """Bank, Dashboard and Razorpay itself go on with a payment."""
    payment = Hidden("payment_id", record.id)
    if record.doc["status"] == "failed":
        outcomes = Choice("outcome", "What then", ("success", "authorized"))
        return [Form("late", "The bank says yes after all", "Authorize late", (payment, outcomes))]
    if record.doc["status"] == "authorized":
        return [Form("auto_refund", "Nobody captured it in time", "Give it back", (payment,))]
    if not record.doc["captured"]:
        return []
    speed = Choice("speed", "Speed", ("normal", "optimum"))
    dispute = (
        payment,
        whole("amount", "Amount in paise (empty: the whole payment)"),
        Choice("phase", "Phase", disputing.PHASES),
        decimal("respond_in_seconds", "Seconds to respond", str(disputing.WEEK)),
    )
    return [
        Form("refund", "Refund it in the Dashboard", "Refund", (payment, whole("amount", ALL_THAT_IS_LEFT), speed)),
        Form("dispute", "The customer disputes it", "Open a dispute", dispute),
    ]


def refund_forms(record: Record) -> list[Form]:
    """The bank decides about a refund."""
    ends = refunding.ENDS[record.doc["status"]]
    fields = (Hidden("refund_id", record.id), Choice("status", "It becomes", ends))
    return [Form("decide_refund", "The bank decides", "Decide", fields)] if ends else []


def dispute_forms(record: Record) -> list[Form]:
    """The bank goes on with a dispute."""
    fields = (Hidden("dispute_id", record.id), Choice("status", "What happens", disputing.MOVES))
    return [Form("move_dispute", "The bank goes on", "Let it happen", fields)]


def downtime_forms(record: Record) -> list[Form]:
    """An outage changes or ends."""
    if record.doc["status"] == "resolved":
        return []
    fields = (
        Hidden("downtime_id", record.id),
        Choice("status", "It is", ("updated", "resolved")),
        Choice("severity", "Severity", control_account.SEVERITIES, record.doc["severity"]),
    )
    return [Form("move_downtime", "The outage goes on", "Tell the shop", fields)]


def event_forms(event_id: str) -> list[Form]:
    """Send an event again."""
    event = Hidden("event_id", event_id)
    twice = Text("event_ids", "Ids of events, in the order in which they are sent", event_id)
    return [
        Form("redeliver", "Send it again soon", "Redeliver", (event,)),
        Form("deliver", "Send it and others now, paused or not", "Deliver", (twice,)),
        Form("replay", "Replay it as the Dashboard does, with the current secret", "Replay", (event,)),
    ]
