"""Webhooks by hand: pause, delay, roll the secret, deliver in a chosen order, replay."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import fields
from razorpay_simulator.errors import invalid

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

MOST_DELIVERIES = 500


def webhooks(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Change how webhooks are sent: enabled, delay_seconds (of events to come), url, one_at_a_time, secret.

    Events keep the signature of the secret under which they were born; the one before stays known as the previous.
    """
    fields.refuse_unknown(data, ("enabled", "delay_seconds", "url", "one_at_a_time", "secret"))
    with simulator.store.transaction() as transaction:
        if "enabled" in data:
            transaction.set("webhooks_enabled", fields.flag(data, "enabled"))
            transaction.set("webhooks_disabled", False)
        if "delay_seconds" in data:
            transaction.set("webhooks_delay_seconds", fields.number(data, "delay_seconds", 0, 86400))
        if "url" in data:
            transaction.set("webhooks_url", fields.text(data, "url"))
        if "one_at_a_time" in data:
            transaction.set("webhooks_one_at_a_time", fields.flag(data, "one_at_a_time"))
        if fields.given(data, "secret"):
            current, _ = simulator.webhook_secrets(transaction)
            transaction.set("webhook_secrets", [fields.text(data, "secret"), current])
        return simulator.webhook_settings(transaction)


def redeliver(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Send an event once more, under the same event id, whatever became of it: event_id."""
    event_id = fields.text(data, "event_id")
    if not simulator.courier.redeliver(event_id):
        raise invalid("There is no such event.", field="event_id")
    return {"event_id": event_id, "state": "pending"}


def replay(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Replay as the Dashboard does what nobody acknowledged in seven days: all of it, or event_id."""
    event_id = fields.text(data, "event_id")
    replayed = simulator.courier.replay(event_id)
    if event_id and not replayed:
        raise invalid("Only events of the last seven days that were not acknowledged are replayed.", field="event_id")
    return {"replayed": replayed}


def deliver(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Send events now, one after another, paused or not: event_ids, in any order and as often as they stand there."""
    ids = data.get("event_ids")
    if isinstance(ids, str):
        ids = ids.replace(",", " ").split()
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST_DELIVERIES:
        raise invalid(f"event_ids is a list of 1 to {MOST_DELIVERIES} ids of events.", field="event_ids")
    return {"items": simulator.courier.deliver([str(event_id) for event_id in ids])}


def events(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """List all events, oldest first, with the state of their delivery."""
    with simulator.store.transaction() as transaction:
        return {"items": transaction.events(), "webhooks": simulator.webhook_settings(transaction)}
