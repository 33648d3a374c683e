"""From event to verb: what each kind of Razorpay event does."""

import json
import logging
from typing import Any

from django.db.models import F
from django.utils import timezone

from checkout import payments
from checkout.facts import BadFacts, OrderFacts, order_facts, payment_facts
from webhooks.models import Outcome, WebhookEvent

logger = logging.getLogger(__name__)

PAYMENT_EVENTS = frozenset({"payment.authorized", "payment.captured", "payment.failed", "order.paid"})
OPEN = (Outcome.WAITING, Outcome.FAILED)


def apply(event: WebhookEvent) -> str:
    """Apply a stored event and keep what came of it on its row. Never raises: a poisoned event stays in the inbox."""
    try:
        outcome, error = _apply(bytes(event.raw)), ""
    except BadFacts as problem:
        outcome, error = Outcome.QUARANTINED, str(problem)
    # Whatever goes wrong, the event is stored: it is kept with its error and tried again by the worker.
    except Exception as problem:
        logger.exception("Event %s could not be applied", event)
        outcome, error = Outcome.FAILED, f"{type(problem).__name__}: {problem}"
    WebhookEvent.objects.filter(pk=event.pk).update(
        outcome=outcome, error=_storable(error), applied_at=timezone.now(), attempts=F("attempts") + 1
    )
    return outcome


def apply_waiting(limit: int = 500) -> int:
    """Apply the events that were stored and not applied, oldest first, and return how many there were."""
    waiting = WebhookEvent.objects.filter(outcome__in=OPEN, attempts__lt=10).order_by("pk")[:limit]
    return len([apply(event) for event in list(waiting)])


def name_of(body: bytes) -> str:
    """Return the name of the event in a body, or an empty text when it cannot be read."""
    try:
        name = _parse(body).get("event")
    except BadFacts:
        return ""
    return _storable(name)[:64] if isinstance(name, str) else ""


def _apply(body: bytes) -> str:
    message = _parse(body)
    name = message.get("event")
    if not isinstance(name, str):
        raise BadFacts("the event has no name")
    if name not in PAYMENT_EVENTS:
        return Outcome.IGNORED
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise BadFacts("the event has no payload")
    return payments.record(payment_facts(_entity(payload, "payment")), _order(payload))


def _parse(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadFacts("the body is not JSON") from error
    if not isinstance(message, dict):
        raise BadFacts("the body is not a JSON object")
    return message


def _entity(payload: dict[str, Any], name: str) -> object:
    part = payload.get(name)
    return part.get("entity") if isinstance(part, dict) else None


def _order(payload: dict[str, Any]) -> OrderFacts | None:
    entity = _entity(payload, "order")
    return order_facts(entity) if entity is not None else None


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")[:255]
