"""Switches of the control room: faults, the account's settings, the clock and webhooks."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from razorpay_simulator import faults, fields, switches, timers
from razorpay_simulator.errors import invalid

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator


def add_fault(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let calls or webhooks go wrong: see faults.add."""
    with simulator.store.transaction() as transaction:
        return faults.add(transaction, data)


def list_faults(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """List what is still to go wrong, and the kinds there are."""
    with simulator.store.transaction() as transaction:
        items = [asdict(row) for row in faults.rows(transaction)]
    return {"items": items, "kinds": list(faults.CALL_KINDS), "webhook_kinds": list(faults.WEBHOOK_KINDS)}


def clear_faults(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let everything go right again."""
    with simulator.store.transaction() as transaction:
        faults.clear(transaction)
    return {"items": []}


def turn_switches(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Turn switches of the account: see switches.SWITCHES."""
    with simulator.store.transaction() as transaction:
        return switches.turn(transaction, data)


def show_switches(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Return how the switches stand."""
    with simulator.store.transaction() as transaction:
        return switches.read_all(transaction)


def set_clock(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Stop the clock at a moment (at), move it (advance, in seconds) or show real time (real); then do what is due."""
    fields.refuse_unknown(data, ("at", "advance", "real"))
    with simulator.store.transaction() as transaction:
        if fields.flag(data, "real"):
            simulator.clock.be_real(transaction)
        if fields.given(data, "at"):
            simulator.clock.stop_at(transaction, fields.moment(data, "at"))
        if fields.given(data, "advance"):
            simulator.clock.advance(transaction, fields.seconds(data, "advance"))
    timers.run_due(simulator)
    return simulator.clock.shown()


def show_clock(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Return what time it is here."""
    return simulator.clock.shown()


def webhooks(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Pause, resume, delay or redirect webhooks: enabled, delay_seconds (of events to come), url."""
    with simulator.store.transaction() as transaction:
        if "enabled" in data:
            transaction.set("webhooks_enabled", fields.flag(data, "enabled"))
        if "delay_seconds" in data:
            transaction.set("webhooks_delay_seconds", fields.number(data, "delay_seconds", 0, 86400))
        if "url" in data:
            transaction.set("webhooks_url", str(data["url"]))
        return simulator.webhook_settings(transaction)


def redeliver(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Send an event once more, under the same event id."""
    event_id = fields.text(data, "event_id")
    if not simulator.courier.redeliver(event_id):
        raise invalid("There is no such event.", field="event_id")
    return {"event_id": event_id, "state": "pending"}


def reset(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Forget every entity, event, fault and switch, and show real time."""
    with simulator.store.transaction() as transaction:
        transaction.clear()
        simulator.clock.be_real(transaction)
        simulator.calls.clear()
    return {"reset": True}


def events(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """List all events, oldest first, with the state of their delivery."""
    with simulator.store.transaction() as transaction:
        return {"items": transaction.events(), "webhooks": simulator.webhook_settings(transaction)}


def calls(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """List the latest API calls since the start, oldest first, each with its answer and its fault."""
    return {"items": list(simulator.calls)}
