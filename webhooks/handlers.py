"""From event to verb: what each kind of Razorpay event does."""

import json
from typing import Any

from checkout import payments
from checkout.facts import BadFacts, OrderFacts, is_payment_id, order_facts, payment_facts
from webhooks.models import Outcome

PAYMENT_EVENTS = frozenset({"payment.authorized", "payment.captured", "payment.failed", "order.paid"})


def label(body: bytes) -> tuple[str, str]:
    """Return the name of the event in a body and the id of the payment in it; empty texts for what cannot be read."""
    try:
        message = _parse(body)
    except BadFacts:
        return "", ""
    name, payload = message.get("event"), message.get("payload")
    payment = _entity(payload, "payment") if isinstance(payload, dict) else None
    payment_id = payment.get("id") if isinstance(payment, dict) else None
    return (
        storable(name)[:64] if isinstance(name, str) else "",
        str(payment_id) if is_payment_id(payment_id) else "",
    )


def handle(body: bytes) -> str:
    """Do what the event in a body asks for, and return its outcome. Safe to repeat. Raises BadFacts."""
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


def storable(text: str) -> str:
    """Return text without what PostgreSQL cannot store: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


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
