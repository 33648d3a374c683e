"""Which calls and webhooks go wrong, and how: rows that are used up, so that a kill neither repeats nor loses one.

A row names calls by "METHOD /path", in which :id stands for one id and * for anything; "WEBHOOK event" names webhooks.
"""

import json
import random
import re
from dataclasses import asdict, dataclass
from typing import Any

from razorpay_simulator import fields
from razorpay_simulator.errors import invalid
from razorpay_simulator.store import Transaction

# Seconds that a kind takes unless told otherwise: silence before hanging up, the wait for a right answer, the pause
# between two bytes, how long a webhook is kept back.
CALL_KINDS = {
    "timeout_before": 30.0,
    "timeout_after": 30.0,
    "reset_before": 0.0,
    "reset_after": 0.0,
    "rate_limited": 0.0,
    "conflict": 0.0,
    "server_error": 0.0,
    "server_error_after": 0.0,
    "bad_gateway": 0.0,
    "bad_gateway_after": 0.0,
    "empty": 0.0,
    "empty_after": 0.0,
    "html": 0.0,
    "html_after": 0.0,
    "redirect": 0.0,
    "truncated": 0.0,
    "wrong_schema": 0.0,
    "slow": 1.0,
    "delay": 2.0,
}
WEBHOOK_KINDS = {
    "drop": 0.0,
    "duplicate": 0.0,
    "delay": 60.0,
    "reorder": 5.0,
    "previous_secret": 0.0,
    "wrong_secret": 0.0,
}
WEBHOOK = "WEBHOOK "
FIELDS = ("on", "kind", "times", "seconds", "probability", "seed")
SHAPE = re.compile(r"(\*|GET|POST|PATCH|WEBHOOK) \S+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong now; `last` says that its row is used up, `share` is chance from 0 to 1."""

    id: int
    kind: str
    seconds: float
    last: bool
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """A switch as it is kept; `times` None means for ever."""

    id: int
    on: str
    kinds: list[str]
    times: int | None
    seconds: float | None
    probability: float
    seed: int
    seen: int

    def matches(self, call: str) -> bool:
        """Return whether it is about this call; only a row that says so is about webhooks."""
        if self.on.startswith(WEBHOOK) != call.startswith(WEBHOOK):
            return False
        parts = re.split(r"(\*|:id)", self.on)
        pattern = "".join({"*": ".*", ":id": "[^/]+"}.get(part) or re.escape(part) for part in parts)
        return re.fullmatch(pattern, call, re.DOTALL) is not None


def add(transaction: Transaction, data: dict[str, Any]) -> dict[str, Any]:
    """Add a switch: on, kind (one, several, or "any"), times (0: for ever), seconds, probability, seed."""
    fields.refuse_unknown(data, FIELDS)
    on = fields.text(data, "on", "* *")
    if not SHAPE.fullmatch(on):
        raise invalid(
            'on is such as "POST /v1/orders", "GET /v1/payments/:id", "* *" or "WEBHOOK payment.*".', field="on"
        )
    kinds = _kinds(data.get("kind"), WEBHOOK_KINDS if on.startswith(WEBHOOK) else CALL_KINDS)
    times = int(fields.number(data, "times", 0, 10**9, 1)) or None
    wait = fields.seconds(data, "seconds") if fields.given(data, "seconds") else None
    probability = fields.number(data, "probability", 0, 1, 1)
    seed = int(fields.number(data, "seed", 0, 2**53, 0))
    cursor = transaction.connection.execute(
        'INSERT INTO faults ("on", kinds, times, seconds, probability, seed) VALUES (?, ?, ?, ?, ?, ?)',
        (on, json.dumps(kinds), times, wait, probability, seed),
    )
    return asdict(next(row for row in rows(transaction) if row.id == cursor.lastrowid))


def _kinds(value: Any, known: dict[str, float]) -> list[str]:
    if value == "any":
        return list(known)
    kinds = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
    if not kinds or any(kind not in known for kind in kinds):
        raise invalid(f"kind is any, or some of {', '.join(known)}.", field="kind")
    return kinds


def rows(transaction: Transaction) -> list[Row]:
    """Return the switches, oldest first."""
    found = transaction.connection.execute(
        'SELECT id, "on", kinds, times, seconds, probability, seed, seen FROM faults ORDER BY id'
    )
    return [Row(row[0], row[1], json.loads(row[2]), *row[3:]) for row in found.fetchall()]


def take(transaction: Transaction, call: str) -> Fault | None:
    """Return what goes wrong with this call, once: the oldest switch that matches and, by its seed, strikes."""
    for row in rows(transaction):
        if not row.matches(call):
            continue
        # The n-th matching call meets the same fate in every run with this seed.
        chance = random.Random(f"{row.seed}:{row.on}:{row.seen}")
        transaction.connection.execute("UPDATE faults SET seen = seen + 1 WHERE id = ?", (row.id,))
        if chance.random() < row.probability:
            return _use(transaction, row, chance.choice(row.kinds), chance.random())
    return None


def _use(transaction: Transaction, row: Row, kind: str, share: float) -> Fault:
    last = row.times == 1
    if last:
        transaction.connection.execute("DELETE FROM faults WHERE id = ?", (row.id,))
    elif row.times:
        transaction.connection.execute("UPDATE faults SET times = times - 1 WHERE id = ?", (row.id,))
    known = WEBHOOK_KINDS if row.on.startswith(WEBHOOK) else CALL_KINDS
    return Fault(row.id, kind, known[kind] if row.seconds is None else row.seconds, last, share)


def clear(transaction: Transaction) -> None:
    """Let everything go right again."""
    transaction.connection.execute("DELETE FROM faults")
