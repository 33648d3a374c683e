"""What people can switch while the program runs, each with its default and what it accepts.

Amounts are paise. Seconds are those of the simulator's clock but for `refund_takes_seconds`, which a caller waits.
"""

from collections.abc import Callable
from typing import Any

from razorpay_simulator import fields
from razorpay_simulator.store import Page, Transaction

RECEIPTS = ("allowed", "refused", "same")
REFUND_OUTCOMES = (
    "processed",
    "pending",
    "pending_then_processed",
    "pending_then_failed",
    "processed_then_failed",
)
THREE_DAYS = 3 * 86400.0

Reader = Callable[[dict[str, Any], str], Any]


def _one_of(choices: tuple[str, ...]) -> Reader:
    return lambda data, name: fields.choice(data, name, choices)


# What an account does with a receipt that it has seen; how long lists do not show what is new; how refunds end and
# when; what there is to refund from (None: enough); when Razorpay gives back what nobody captured; when fees are known.
SWITCHES: dict[str, tuple[Any, Reader]] = {
    "receipts": ("allowed", _one_of(RECEIPTS)),
    "list_lag_seconds": (0.0, fields.seconds),
    "refunds": ("processed", _one_of(REFUND_OUTCOMES)),
    "refund_seconds": (0.0, fields.seconds),
    "reference_seconds": (86_400.0, fields.seconds),
    "refund_takes_seconds": (0.0, fields.seconds),
    "balance": (None, fields.paise_or_none),
    "capture_window_seconds": (THREE_DAYS, fields.seconds),
    "fee_after_seconds": (0.0, fields.seconds),
}


def read(transaction: Transaction, name: str) -> Any:
    """Return how a switch stands."""
    return transaction.setting(f"switch_{name}", SWITCHES[name][0])


def read_all(transaction: Transaction) -> dict[str, Any]:
    """Return how all of them stand."""
    return {name: read(transaction, name) for name in SWITCHES}


def turn(transaction: Transaction, data: dict[str, Any]) -> dict[str, Any]:
    """Turn the switches that are named and return all. Raises ApiError for another name or value."""
    fields.refuse_unknown(data, SWITCHES)
    for name in data:
        transaction.set(f"switch_{name}", SWITCHES[name][1](data, name))
    return read_all(transaction)


def move_balance(transaction: Transaction, paise: int) -> None:
    """Add to what there is to refund from, unless that is without limit."""
    balance = read(transaction, "balance")
    if balance is not None:
        transaction.set("switch_balance", balance + paise)


def listed_until(transaction: Transaction, now: float) -> int | None:
    """Return the last second whose entities lists show by now; None when they show everything."""
    lag = read(transaction, "list_lag_seconds")
    # Times of entities are cut to whole seconds: one more, so that nothing shows too early.
    return int(now - lag) - 1 if lag else None


def listed(transaction: Transaction, now: float, page: Page) -> Page:
    """Return the page without what is too new for a list."""
    limit = listed_until(transaction, now)
    if limit is None:
        return page
    until = limit if page.until is None else min(limit, page.until)
    return Page(page.since, until, page.count, page.skip)
