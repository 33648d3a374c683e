"""Forgetting in the inbox: the bodies of applied events lose what names a person, and keep what tells of money.

The hash of the body as it came stays, so that the same event is still known when it comes again.
"""

import json
from collections.abc import Sequence
from typing import Any

from webhooks.inbox import OPEN
from webhooks.models import WebhookEvent

# Keys of Razorpay's entities whose values name or reach a person, or are an account or a card of theirs.
PERSONAL = frozenset(
    {
        "billing_address",
        "bank_account",
        "card",
        "card_id",
        "contact",
        "customer_details",
        "customer_id",
        "email",
        "shipping_address",
        "token",
        "token_id",
        "upi",
        "vpa",
    }
)


def forget(payment_ids: Sequence[str]) -> int:
    """Redact the applied events of these payments and return how many changed."""
    changed = 0
    for event in WebhookEvent.objects.filter(payment_id__in=payment_ids).exclude(outcome__in=OPEN):
        body = bytes(event.raw)
        redacted = redact(body)
        if redacted != body:
            changed += WebhookEvent.objects.filter(pk=event.pk).update(raw=redacted)
    return changed


def redact(body: bytes) -> bytes:
    """Return a body without personal values; one that is no JSON object loses all of it."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return b"{}"
    if not isinstance(message, dict):
        return b"{}"
    return json.dumps(_without_person(message)).encode()


def _without_person(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_person(inner) for key, inner in value.items() if key not in PERSONAL}
    if isinstance(value, list):
        return [_without_person(inner) for inner in value]
    return value
