"""The page at /_simulator/: what this pretended Razorpay knows, and buttons for webhooks."""

from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

from razorpay_simulator.pages import Markup, control_response, fill, rupees
from razorpay_simulator.store import Page
from razorpay_simulator.wire import Response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

SHOWN = 50
TEMPLATE = (resources.files("razorpay_simulator") / "assets" / "control.html").read_text("utf-8")
REDELIVER = """<form method="post" action="/_simulator/redeliver"><input type="hidden" name="event_id" value="$id">
<button aria-label="Redeliver $event $id">Redeliver</button></form>"""


def overview(simulator: "Simulator") -> dict[str, Any]:
    """Return the newest orders, payments, refunds and events."""
    with simulator.store.transaction() as transaction:
        return {
            **{
                f"{kind}s": [record.doc for record in transaction.page(kind, Page(count=SHOWN))]
                for kind in ("order", "payment", "refund", "dispute", "settlement")
            },
            "downtimes": [record.doc for record in transaction.all("payment.downtime")[-SHOWN:]],
            "events": transaction.events(SHOWN),
            "webhooks": simulator.webhook_settings(transaction),
        }


def show(simulator: "Simulator") -> Response:
    """Answer with the page."""
    found = overview(simulator)
    enabled = found["webhooks"]["enabled"] and not found["webhooks"]["disabled"]
    rest = [*found["disputes"], *found["downtimes"], *found["settlements"]]
    page = fill(
        TEMPLATE,
        key_id=simulator.config.key_id,
        script=f"{simulator.config.public_url}/v1/checkout.js",
        webhook_url=found["webhooks"]["url"] or "no address set",
        webhook_state=webhook_state(found["webhooks"]),
        toggle="false" if enabled else "true",
        toggle_label="Pause webhooks" if enabled else "Resume webhooks",
        delay=f"{found['webhooks']['delay_seconds']:g}",
        orders=rows([order_cells(order) for order in found["orders"]], 6),
        payments=rows([payment_cells(payment) for payment in found["payments"]], 6),
        refunds=rows([refund_cells(refund) for refund in found["refunds"]], 5),
        rest=rows([rest_cells(entity) for entity in rest], 4),
        events=rows([event_cells(event) for event in found["events"]], 6),
    )
    return control_response(page)


def rows(lines: list[list[str]], width: int) -> Markup:
    """Return table rows, or one that says that there is nothing yet."""
    if not lines:
        return Markup(f'<tr><td class="none" colspan="{width}">Nothing yet.</td></tr>')
    cells = ["".join(fill("<td>$c</td>", c=cell) for cell in line) for line in lines]
    return Markup("\n".join(f"<tr>{line}</tr>" for line in cells))


def link(entity_id: str) -> Markup:
    """Return an id that leads to what can happen to it."""
    return fill('<a href="/_simulator/play?id=$t"><code>$t</code></a>', t=entity_id)


def badge(state: str) -> Markup:
    """Return a state with its colour."""
    return fill('<span class="state state-$s">$s</span>', s=state)


def at(moment: float) -> str:
    """Write a moment in UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %H:%M:%S UTC")


def order_cells(order: dict[str, Any]) -> list[str]:
    """Return the cells of an order."""
    money = rupees(order["amount"], order["currency"])
    return [
        link(order["id"]),
        order["receipt"] or "",
        money,
        badge(order["status"]),
        str(order["attempts"]),
        at(order["created_at"]),
    ]


def payment_cells(payment: dict[str, Any]) -> list[str]:
    """Return the cells of a payment."""
    money = rupees(payment["amount"], payment["currency"])
    return [
        link(payment["id"]),
        link(payment["order_id"]) if payment["order_id"] else "none",
        money,
        payment["method"],
        badge(payment["status"]),
        at(payment["created_at"]),
    ]


def refund_cells(refund: dict[str, Any]) -> list[str]:
    """Return the cells of a refund."""
    money = rupees(refund["amount"], refund["currency"])
    return [
        link(refund["id"]),
        link(refund["payment_id"]),
        money,
        badge(refund["status"]),
        at(refund["created_at"]),
    ]


def rest_cells(entity: dict[str, Any]) -> list[str]:
    """Return the cells of a dispute, an outage or a settlement."""
    money = rupees(entity["amount"], entity.get("currency", "INR")) if "amount" in entity else entity["method"]
    return [link(entity["id"]), money, badge(entity["status"]), at(entity["created_at"])]


def webhook_state(settings: dict[str, Any]) -> str:
    """Say whether events are sent."""
    if settings["disabled"]:
        return "disabled, they failed for 24 hours"
    return "on" if settings["enabled"] else "paused"


def event_cells(event: dict[str, Any]) -> list[str]:
    """Return the cells of an event with its button."""
    answer = str(event["last_status"] or event["last_error"] or "")
    return [
        link(event["event_id"]),
        event["event"],
        badge(event["state"]),
        f"{event['attempts']} {'(' + answer + ')' if answer else ''}",
        at(event["created_at"]),
        fill(REDELIVER, id=event["event_id"], event=event["event"]),
    ]
