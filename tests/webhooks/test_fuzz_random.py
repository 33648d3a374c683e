"""Random events: unsigned they leave no trace, signed they are kept and move only what they truly pay.

`effort.FUZZ` is how many, on PostgreSQL a share of them. What an event may move is judged by `Witness`, which reads
the body by itself and knows nothing of the shop's parsers. The controls, as they were seen, each within 8,000: without
`checkout.contradictions` the audit finds refunds beyond their capture and captures of two amounts; with
`data.get("order_id") or ""` in `facts.payments` an order id of `false` pays an order; when only the report that says
captured is judged, money whose order is told later has no home.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from checkout import audit
from checkout.models import Order, RazorpayOrder
from tests import effort
from tests.checkout.orders import cart_with, opened, ordered, place
from tests.checkout.reports import deliver, signature
from tests.webhooks.fuzzing import Generator
from webhooks import inbox, views
from webhooks.models import Outcome, WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SIZE = 500
# Of so many batches one is applied once more.
REPLAYED = 4
OPEN_ORDERS = 6
BOUGHT = "paid"


class Witness:
    """Says which orders the events so far may have moved: a captured payment names them, with the right money."""

    def __init__(self) -> None:
        self.captured: set[str] = set()
        self.right: dict[str, set[bool]] = defaultdict(set)
        self.named: dict[str, set[str]] = defaultdict(set)
        self.orderless: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def read(self, body: bytes, attempts: dict[str, RazorpayOrder]) -> None:
        """Remember what one signed body says."""
        try:
            message = json.loads(body)
            payment = message["payload"]["payment"]["entity"]
            named, order_id, _status = self.named[payment["id"]], payment.get("order_id"), payment["status"]
            is_orderless = order_id in (None, "")
            order_ids = set(named) if is_orderless else {order_id} & attempts.keys()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        # A report without an order is of the one that an earlier or a later report of this payment names.
        said = [message]
        if is_orderless:
            self.orderless[payment["id"]].append(message)
        else:
            said += self.orderless[payment["id"]]
        named |= order_ids
        for known in order_ids:
            for each in said:
                self._believe(each, attempts[known], known)

    def _believe(self, message: dict[str, Any], attempt: RazorpayOrder, order_id: str) -> None:
        payment = message["payload"]["payment"]["entity"]
        self.captured |= {order_id} if payment["status"] == "captured" else set()
        self.right[order_id].add(is_exact(payment, attempt) or is_settled(message, attempt))

    def allows(self, attempt: RazorpayOrder, status: str) -> bool:
        """Tell whether the order of `attempt` may stand at `status`."""
        order_id = attempt.razorpay_order_id or ""
        if status == "pending":
            return True
        return order_id in self.captured and (status == "on_hold" or True in self.right[order_id])


def is_exact(entity: Any, attempt: RazorpayOrder) -> bool:
    """An entity is of the whole amount: an int of paise, no bool and no float, in rupees."""
    amount = entity.get("amount") if isinstance(entity, dict) else None
    return type(amount) is int and (amount, entity.get("currency")) == (attempt.amount, "INR")


def is_settled(message: dict[str, Any], attempt: RazorpayOrder) -> bool:
    """Razorpay's order says that it is paid in full."""
    try:
        order = message["payload"]["order"]["entity"]
        paid = (order["id"], order["status"], order.get("amount_due") or 0)
        return is_exact(order, attempt) and paid == (attempt.razorpay_order_id, "paid", 0)
    except (KeyError, TypeError):
        return False


def no_query(_execute: Callable[..., Any], sql: str, *_rest: Any) -> None:
    """Refuse every question to the database."""
    raise AssertionError(f"an unsigned body asked the database: {sql[:80]}")


def unsigned(chance: random.Random, body: bytes) -> dict[str, str]:
    """Return headers with a signature that does not belong to this body."""
    good = signature(body)
    place = chance.randrange(64)
    flipped = good[:place] + chance.choice([c for c in "0123456789abcdef" if c != good[place]]) + good[place + 1 :]
    bad = [
        "",
        "0" * 64,
        good[:-1],
        good + "0",
        good.upper() + "G",
        flipped,
        signature(body + b" "),
        signature(body, ""),
    ]
    return {"X-Razorpay-Signature": chance.choice([*bad, signature(body, "guessed"), "é" * 64, f"{good} "[::-1]])}


@pytest.mark.slow
@pytest.mark.covers("E1", "E5", "E8", "E20", "E21", "E24", "E26", "E32")
@pytest.mark.parametrize("batch", range(effort.share(effort.FUZZ) // SIZE))
def test_whatever_is_posted(batch: int) -> None:
    make, witness, client = Generator(batch), Witness(), Client(enforce_csrf_checks=True)
    attempts: dict[str, RazorpayOrder] = {}
    first = ordered(on_hand=100_000)
    variant = first.order.lines.get().variant
    waiting = [first]
    for count in range(SIZE):
        waiting += [opened(place(cart_with(variant))) for _new in range(OPEN_ORDERS - len(waiting))]
        attempts.update({attempt.razorpay_order_id or "": attempt for attempt in waiting})
        aims = waiting if make.random.random() < 0.7 else list(attempts.values())
        body = make.body(aims)
        refuse(make.random, body, client)
        witness.read(body, attempts)
        keep(body, client, f"{batch}.{count}")
        waiting = judge(witness, attempts, f"{batch}.{count}: {body[:2_000]!r}")
    effort.count("random bodies, unsigned and signed", SIZE)
    assert violations() == []
    if batch % REPLAYED == 0:
        replay(make.random)
        assert violations() == []


def violations() -> list[str]:
    """Return what the audit has to say."""
    return [text for texts in audit.run().values() for text in texts]


def refuse(chance: random.Random, body: bytes, client: Client) -> None:
    """Without a true signature a body is refused before anything is asked of the database."""
    with connection.execute_wrapper(no_query):
        assert deliver(body, client=client, headers=unsigned(chance, body)) in (400, 413)


def keep(body: bytes, client: Client, event_id: str) -> None:
    """With a true one it is answered with 200 and kept as it came, and acting on it raised nothing."""
    too_large = len(body) > views.MAX_BODY
    assert deliver(body, client=client, event_id=event_id) == (413 if too_large else 200)
    if too_large:
        return
    stored = WebhookEvent.objects.filter(event_id=event_id.replace(".", "")).first()
    if stored is None:
        assert WebhookEvent.objects.filter(raw=body).exists(), "neither stored nor known"
        return
    assert bytes(stored.raw) == body
    assert stored.outcome not in (Outcome.FAILED, Outcome.WAITING), f"{stored.error}: {body[:2_000]!r}"


def judge(witness: Witness, attempts: dict[str, RazorpayOrder], story: str) -> list[RazorpayOrder]:
    """Compare every order with the witness, and return the attempts that are still open."""
    statuses = dict(Order.objects.values_list("pk", "status"))
    for attempt in attempts.values():
        old, new = attempt.order.status, statuses[attempt.order_id]
        assert witness.allows(attempt, new), f"{attempt.order} went from {old} to {new}; {story}"
        assert new == old or old != BOUGHT, f"{attempt.order} went back from {old} to {new}; {story}"
        attempt.order.status = new
    return [attempt for attempt in attempts.values() if attempt.order.status == "pending"]


def replay(chance: random.Random) -> None:
    """Apply every stored event once more, in any order: what was paid stays paid, and nothing is done twice."""
    paid = set(Order.objects.filter(status=BOUGHT).values_list("pk", "invoice_number"))
    assert paid
    events = list(WebhookEvent.objects.all())
    effort.count("applied once more", len(events))
    chance.shuffle(events)
    assert Outcome.FAILED not in {inbox.apply(event) for event in events}
    assert paid <= set(Order.objects.filter(status=BOUGHT).values_list("pk", "invoice_number"))
