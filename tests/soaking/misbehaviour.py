"""How Razorpay misbehaves: another plan of faults every second."""

import random
import threading

from tests.programs import Simulator
from tests.soaking.notebook import Notebook

CALLS = {
    "timeout_before": 1,
    "timeout_after": 1,
    "reset_before": 0,
    "reset_after": 0,
    "rate_limited": 0,
    "conflict": 0,
    "server_error": 0,
    "server_error_after": 0,
    "bad_gateway_after": 0,
    "empty_after": 0,
    "html_after": 0,
    "truncated": 0,
    "wrong_schema": 0,
    "delay": 0.5,
}
WEBHOOKS = {"drop": 0, "duplicate": 0, "delay": 2, "reorder": 3}


def misbehave(simulator: Simulator, seed: str, notebook: Notebook, is_over: threading.Event) -> None:
    """Change the faults every second until the time is over; afterwards all goes right."""
    chance = random.Random(f"{seed} razorpay")
    while not is_over.wait(1):
        simulator.control("clear_faults")
        for on, kinds in (("* *", CALLS), ("WEBHOOK *", WEBHOOKS)):
            for kind in chance.sample(list(kinds), 2):
                times = chance.randrange(2, 6) if kind == "reorder" else chance.randrange(1, 10)
                simulator.control(
                    "faults",
                    on=on,
                    kind=kind,
                    times=times,
                    seconds=kinds[kind],
                    probability=chance.choice([0.1, 0.2, 0.4]),
                    seed=chance.getrandbits(30),
                )
                notebook.count("faults planned")
        simulator.control(
            "switches",
            receipts=chance.choice(["allowed", "refused", "same"]),
            refunds=chance.choice(["processed", "pending_then_processed"]),
            refund_seconds=2,
            list_lag_seconds=chance.choice([0, 0, 2]),
        )
    simulator.control("clear_faults")
    simulator.control("switches", refunds="processed", list_lag_seconds=0)
