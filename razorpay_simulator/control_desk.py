"""The page of switches: faults, the account, the clock, webhooks, and what happens to the account as a whole."""

from importlib import resources
from typing import TYPE_CHECKING, Any

from razorpay_simulator import checkout, control_account, faults, gate, switches
from razorpay_simulator.control_forms import Choice, Form, Hidden, Text, decimal, render, whole
from razorpay_simulator.control_page import at, rows
from razorpay_simulator.pages import control_response, fill
from razorpay_simulator.wire import Response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

TEMPLATE = (resources.files("razorpay_simulator") / "assets" / "control_desk.html").read_text("utf-8")
ADDRESS = "/_simulator/desk"
CALLS = ("* *", *(f"{method} {path}" for method, path, _ in gate.ROUTES))
EVENTS = (
    "*",
    "payment.*",
    "payment.authorized",
    "payment.captured",
    "payment.failed",
    "order.paid",
    "refund.*",
    "payment.dispute.*",
    "settlement.processed",
)
CHANCE = (
    whole("times", "How often (0: for ever)", "1"),
    decimal("seconds", "Seconds (empty: what is usual)"),
    decimal("probability", "Probability from 0 to 1", "1"),
    whole("seed", "Seed of chance", "0"),
)


def show(simulator: "Simulator") -> Response:
    """Answer with the page."""
    clock = simulator.clock.shown()
    with simulator.store.transaction() as transaction:
        state, active = switches.read_all(transaction), faults.rows(transaction)
        webhooks = simulator.webhook_settings(transaction)
    cells = [
        [row.on, ", ".join(row.kinds), str(row.times or "for ever"), f"{row.probability:g}", str(row.seen)]
        for row in active
    ]
    page = fill(
        TEMPLATE,
        faults=rows(cells, 5),
        fault_forms=render(fault_forms(), ADDRESS),
        now=at(clock["now"]),
        clock="stands still" if clock["frozen"] else "runs",
        forms=render([*account_forms(state), *webhook_forms(webhooks), *clock_forms()], ADDRESS),
    )
    return control_response(page)


def fault_forms() -> list[Form]:
    """Let calls and webhooks go wrong."""
    call = (Choice("on", "Call", CALLS), Choice("kind", "What goes wrong", (*faults.CALL_KINDS, "any")), *CHANCE)
    events = tuple(f"{faults.WEBHOOK}{event}" for event in EVENTS)
    webhook = (
        Choice("on", "Event", events),
        Choice("kind", "What goes wrong", (*faults.WEBHOOK_KINDS, "any")),
        *CHANCE,
    )
    chance = (
        decimal("probability", "Probability from 0 to 1", "0.2"),
        whole("seed", "Seed of chance", "1"),
        decimal("seconds", "Seconds (empty: what is usual)"),
    )
    return [
        Form("faults", "Let calls go wrong", "Add", call),
        Form("faults", "Let webhooks go wrong", "Add", webhook),
        Form("chaos", "Let anything go wrong by chance", "Begin", chance),
        Form("clear_faults", "Let everything go right", "Clear all faults"),
    ]


def account_forms(state: dict[str, Any]) -> list[Form]:
    """Turn the account's switches, and let things happen to it."""
    balance = "" if state["balance"] is None else str(state["balance"])
    fields = (
        Choice("receipts", "A receipt that comes again is", switches.RECEIPTS, state["receipts"]),
        Choice("refunds", "Refunds are", switches.REFUND_OUTCOMES, state["refunds"]),
        decimal("refund_seconds", "Seconds until a refund's second state", f"{state['refund_seconds']:g}"),
        decimal("reference_seconds", "Seconds until the bank numbers a refund", f"{state['reference_seconds']:g}"),
        decimal("refund_takes_seconds", "Seconds that a refund's call runs", f"{state['refund_takes_seconds']:g}"),
        whole("balance", "Balance to refund from, in paise (empty: enough)", balance),
        decimal("list_lag_seconds", "Seconds until lists show what is new", f"{state['list_lag_seconds']:g}"),
        decimal("capture_window_seconds", "Seconds to capture in", f"{state['capture_window_seconds']:.0f}"),
        decimal("fee_after_seconds", "Seconds until a fee is known", f"{state['fee_after_seconds']:g}"),
    )
    loose = (
        whole("amount", "Amount in paise", "100000"),
        Choice("link", "By a payment link, with an order of its own", ("no", "yes")),
        Text("receipt", "Receipt of that order"),
    )
    outage = (
        Choice("method", "Method", ("netbanking", *checkout.METHODS[:2], "wallet")),
        Text("instrument", "Bank, network, UPI handle or wallet (empty: a usual one)"),
        Choice("severity", "Severity", control_account.SEVERITIES, "high"),
    )
    return [
        Form("switches", "How the account behaves", "Turn switches", fields),
        Form("pay", "A payment that the shop did not ask for", "Pay", loose),
        Form("downtime", "A method of payment breaks down", "Let it start", outage),
        Form("settle", "Pay out what is captured", "Settle"),
    ]


def webhook_forms(state: dict[str, Any]) -> list[Form]:
    """Change how webhooks are sent."""
    yes_no = {True: "yes", False: "no"}
    fields = (
        Choice("enabled", "Send them", ("yes", "no"), yes_no[state["enabled"] and not state["disabled"]]),
        decimal("delay_seconds", "Seconds after they happen", f"{state['delay_seconds']:g}"),
        Choice("one_at_a_time", "One at a time", ("no", "yes"), yes_no[state["one_at_a_time"]]),
        Text("url", "Address of the shop", state["url"], "url"),
        Text("secret", "New secret (empty: as it is)"),
    )
    note = "Disabled: they failed for 24 hours." if state["disabled"] else ""
    return [
        Form("webhooks", "Webhooks", "Change", fields, note),
        Form("replay", "Replay what was not acknowledged in seven days", "Replay"),
    ]


def clock_forms() -> list[Form]:
    """Move time, or begin anew."""
    moment = Text("at", "Time, such as 2026-04-01T10:00:00+05:30")
    return [
        Form("clock", "Move the clock", "Move", (decimal("advance", "Seconds forward", "3600"),)),
        Form("clock", "Stop the clock at a time", "Stop", (moment,)),
        Form("clock", "Show real time", "Real time", (Hidden("real", "yes"),)),
        Form("seed", "Make ids repeat themselves", "Seed", (Text("seed", "Seed (empty: nobody can know them)"),)),
        Form("reset", "Forget everything", "Reset", note="Orders, payments, events, faults and switches are deleted."),
    ]
