"""Switches of the control room: faults, the account's settings, the clock and webhooks."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from razorpay_simulator import faults, fields, switches, timers

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

# Kinds after which an event still arrives, if not at once, or is found by asking.
WEBHOOK_CHAOS = ("drop", "duplicate", "delay", "reorder")


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


def seed(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let ids repeat themselves from run to run: seed; an empty one goes back to ids that nobody can know."""
    with simulator.store.transaction() as transaction:
        simulator.seed(transaction, fields.text(data, "seed") or None)
    return {"seed": data.get("seed")}


def chaos(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Let calls and webhooks go wrong by chance from now on: probability, seed, seconds."""
    fields.refuse_unknown(data, ("probability", "seed", "seconds"))
    chance = {"probability": 0.2, "times": 0, **{name: value for name, value in data.items() if value != ""}}
    with simulator.store.transaction() as transaction:
        rows = [
            faults.add(transaction, {**chance, "on": "* *", "kind": "any"}),
            faults.add(transaction, {**chance, "on": "WEBHOOK *", "kind": list(WEBHOOK_CHAOS)}),
        ]
    return {"items": rows}


def reset(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """Forget every entity, event, fault and switch, and show real time; ids are those of the start."""
    with simulator.store.transaction() as transaction:
        transaction.clear()
        simulator.clock.be_real(transaction)
        simulator.seed(transaction, simulator.config.seed or None)
        simulator.calls.clear()
    return {"reset": True}


def calls(simulator: "Simulator", data: dict[str, Any]) -> dict[str, Any]:
    """List the latest API calls since the start, oldest first, each with its answer and its fault."""
    return {"items": list(simulator.calls)}
