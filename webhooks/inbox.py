"""The inbox: a signed event is stored, then applied, and stays until it was. Applying one again changes nothing."""

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from checkout import attention, claims
from checkout.facts import BadFacts
from checkout.models.attention import CaseKind
from webhooks import handlers
from webhooks.models import Outcome, WebhookEvent

logger = logging.getLogger(__name__)

OPEN = (Outcome.WAITING, Outcome.FAILED)
# Razorpay hangs up after five seconds, and there are two locks to wait for: one to store, one to apply.
SQLITE_PATIENCE = 2_000


def store(body: bytes, event_id: str) -> tuple[WebhookEvent, bool]:
    """Store a signed body durably, claimed by the caller, and return it and whether it is new.

    The same bytes are one event, whatever the event id says: it is not signed. Raises `django.db.Error`.
    """
    name, payment_id = handlers.label(body)
    with transaction.atomic(durable=True):
        return WebhookEvent.objects.get_or_create(
            body_sha256=hashlib.sha256(body).hexdigest(),
            defaults={
                "event_id": re.sub(r"[^A-Za-z0-9_-]", "", event_id)[:64],
                "event": name,
                "payment_id": payment_id,
                "raw": body,
                "attempts": 1,
                "claimed_until": timezone.now() + claims.LEASE,
            },
        )


def apply(event: WebhookEvent) -> str:
    """Apply a stored event, keep what came of it on its row and return it. Never raises: what failed stays waiting."""
    try:
        outcome, error = handlers.handle(bytes(event.raw)), ""
    except BadFacts as problem:
        outcome, error = Outcome.QUARANTINED, str(problem)
    except handlers.OtherAccount as problem:
        outcome, error = Outcome.FOREIGN, str(problem)
    except OperationalError as problem:
        # Somebody else held the order for long, or the database is gone: nothing is wrong with the event.
        logger.warning("Event %s waits: %s", event, problem)
        outcome, error = Outcome.WAITING, str(problem)
    # Whatever goes wrong, the event is stored: it is kept with its error and tried again by the worker.
    except Exception as problem:
        logger.exception("Event %s could not be applied", event)
        outcome, error = Outcome.FAILED, f"{type(problem).__name__}: {problem}"
    try:
        _keep(event, outcome, error)
    except Error:
        logger.exception("What came of event %s could not be noted; it is applied again", event)
    return outcome


def waiting() -> QuerySet[WebhookEvent]:
    """Return the events that were stored and not applied, oldest first."""
    return WebhookEvent.objects.filter(outcome__in=OPEN).order_by("pk")


def apply_waiting(limit: int = 500) -> int:
    """Apply the waiting events whose time has come, and return how many. Many workers share them."""
    due = waiting().filter(claims.due(timezone.now()))
    return len([apply(event) for event in claims.take_each(due, limit=limit)])


def replay(events: QuerySet[WebhookEvent]) -> Counter[str]:
    """Apply events now, oldest first, whoever has claimed them, and count the outcomes."""
    counts: Counter[str] = Counter()
    for pk in list(events.order_by("pk").values_list("pk", flat=True)):
        WebhookEvent.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
        counts[str(apply(WebhookEvent.objects.get(pk=pk)))] += 1
    return counts


@contextmanager
def short_waits() -> Iterator[None]:
    """Wait for SQLite's one lock no longer than Razorpay waits for us. PostgreSQL's `lock_timeout` is short anyway."""
    if connection.vendor != "sqlite":
        yield
        return
    _set_patience(SQLITE_PATIENCE)
    try:
        yield
    finally:
        _set_patience(int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000))


def _set_patience(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


def _keep(event: WebhookEvent, outcome: str, error: str) -> None:
    error = handlers.storable(error)[:255]
    if outcome in OPEN:
        claims.put_back(event, outcome=outcome, error=error)
    else:
        claims.done(event, outcome=outcome, error=error, applied_at=timezone.now())
    _tell(event, outcome, error)


def _tell(event: WebhookEvent, outcome: str, error: str) -> None:
    """Put before staff what cannot be used, and what was tried many times; what got through needs nobody."""
    subject = f"event {event.pk}"
    if outcome == Outcome.QUARANTINED:
        text = f"Razorpay sent {event}, which cannot be read: {error}. It is kept in the webhook events."
        attention.open_case(CaseKind.STUCK, text, subject="unreadable event")
    elif outcome == Outcome.FOREIGN:
        text = (
            f"Nothing was done with an event: {error}. If it is this shop’s too, correct RAZORPAY_ACCOUNT_ID and apply "
            "the event again; if not, take this shop’s address out of that account’s webhooks."
        )
        attention.open_case(CaseKind.OTHER_ACCOUNT, text, subject="another account")
    elif outcome in OPEN and event.attempts >= claims.MANY_ATTEMPTS:
        attention.open_case(CaseKind.STUCK, f"{event} was tried {event.attempts} times: {error}", subject=subject)
    elif event.attempts > claims.MANY_ATTEMPTS:
        attention.close_stuck(subject, f"It got through: {outcome}")
