"""What must be true after a soak. Each check returns a sentence for everything that is not."""

import io
import itertools
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.db.models import Sum

from catalog.models import Stock
from checkout import gateway
from checkout.models import LedgerEntry, Order, OrderEvent, OrderLine, OutboxEmail, Refund
from checkout.models.ledger import EntryKind
from checkout.status import BOUGHT
from tests.programs import Simulator
from tests.soaking.notebook import Notebook
from webhooks.models import WebhookEvent

# A connection that was ended under a process, or a lock that took too long; never two that wait for each other.
EXPECTED_ERRORS = re.compile(r"django\.db\.utils\.OperationalError: (?!.*deadlock)")
# A traceback with the line that names its error, unless that error only led to another one.
TRACEBACK = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ +|].*\n|\n)*(?P<error>\S.*)\n"
    r"(?!(?:[ \t].*\n|\n)*(?:During handling of|The above exception))",
    re.MULTILINE,
)


def lost(notebook: Notebook, simulator: Simulator) -> list[str]:
    """Look for whatever the shop acknowledged to anybody, to Razorpay too, and has no row of."""
    return [*_lost_orders(notebook), *_lost_states(notebook), *_lost_refunds(notebook), *_lost_events(simulator)]


def _lost_orders(notebook: Notebook) -> Iterable[str]:
    known = dict(Order.objects.values_list("number", "total"))
    for number, total in notebook.placed.items():
        if known.get(number) != total:
            yield f"{number} of {total} paise was placed, and is {known.get(number)}"


def _lost_states(notebook: Notebook) -> Iterable[str]:
    known = set(OrderEvent.objects.exclude(status="").values_list("order__number", "status"))
    placed = {(number, "pending") for number in notebook.placed}
    for number, status in sorted(notebook.seen - known - placed):
        yield f"{number} was seen {status}, and never was"


def _lost_refunds(notebook: Notebook) -> Iterable[str]:
    known = dict(Refund.objects.exclude(status="failed").values_list("reason", "amount"))
    for reason, amount in notebook.refunds.items():
        if known.get(reason) != amount:
            yield f"the refund {reason!r} was promised, and is not there"


def _lost_events(simulator: Simulator) -> Iterable[str]:
    known = set(WebhookEvent.objects.values_list("event_id", flat=True))
    for event in simulator.events():
        if event["state"] == "delivered" and event["event_id"] not in known:
            yield f"{event['event']} {event['event_id']} was acknowledged to Razorpay, and is not there"


def audited() -> list[str]:
    """Return what `manage.py audit` finds, Razorpay asked about each payment too."""
    told = io.StringIO()
    try:
        call_command("audit", json=True, ask_razorpay=True, stdout=told)
    except CommandError:
        found: dict[str, dict[str, Any]] = json.loads(told.getvalue())
        return [f"{name}: {text}" for name, each in found.items() for text in each["details"]]
    return []


def different_money() -> list[str]:
    """Compare what Razorpay has captured and refunded, by id and paise, with the ledger."""
    razorpay = gateway._client()
    captured = {item["id"]: item["amount"] for item in all_of(razorpay.payment.all) if item["captured"]}
    refunds = [item for item in all_of(razorpay.refund.all) if item["payment_id"] in captured]
    # Refunds of money that was never captured are no revenue's return.
    there = {(EntryKind.CAPTURE.value, *item) for item in captured.items()}
    there |= {(EntryKind.REFUND.value, item["id"], item["amount"]) for item in refunds if item["status"] == "processed"}
    booked = LedgerEntry.objects.filter(kind__in=[EntryKind.CAPTURE, EntryKind.REFUND])
    here = set(booked.values_list("kind", "entity_id", "amount"))
    return [f"only at Razorpay: {each}" for each in there - here] + [f"only here: {each}" for each in here - there]


def all_of(listing: Callable[[dict[str, int]], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every item of one of Razorpay's lists."""
    pages = (listing({"count": 100, "skip": skip})["items"] for skip in itertools.count(0, 100))
    return [item for page in itertools.takewhile(bool, pages) for item in page]


def not_once() -> list[str]:
    """Look for orders without everything that becoming paid brings, and for what it brought without being paid."""
    paid = set(OrderEvent.objects.filter(status="paid").values_list("order_id", flat=True))
    mailed = list(OutboxEmail.objects.filter(kind="paid").exclude(sent_at=None).values_list("order_id", flat=True))
    invoiced = set(Order.objects.exclude(invoice_number=None).values_list("pk", flat=True))
    found = [f"order {pk}: paid, invoiced and told of do not agree" for pk in (paid ^ invoiced) | (paid ^ set(mailed))]
    return found + [f"order {pk} was told of twice" for pk in set(mailed) if mailed.count(pk) > 1]


def wrong_stock(opening: dict[str, int]) -> list[str]:
    """Look for a SKU whose stock is not what it began with, less the cars of the orders that are bought now."""
    bought = OrderLine.objects.filter(order__status__in=BOUGHT).values_list("sku").annotate(Sum("quantity"))
    sold = dict(bought)
    found = dict(Stock.objects.values_list("variant__sku", "on_hand"))
    wanted = {sku: count - sold.get(sku, 0) for sku, count in opening.items()}
    held = Stock.objects.exclude(reserved=0).values_list("variant__sku", "reserved")
    return [f"{sku}: {found[sku]} on hand, not {count}" for sku, count in wanted.items() if found[sku] != count] + [
        f"{sku}: {count} held for nobody" for sku, count in held
    ]


def unexpected_errors(logs: Iterable[Path]) -> list[str]:
    """Return the last line of each traceback that no kill explains."""
    found = [match["error"] for log in logs for match in TRACEBACK.finditer(log.read_text())]
    return sorted({error for error in found if not EXPECTED_ERRORS.match(error)})
