"""From event to verb: what each kind of Razorpay event does."""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings

from checkout import disputes, downtimes, payments, refunds, settlements
from checkout.facts import (
    BadFacts,
    OrderFacts,
    dispute_facts,
    is_payment_id,
    order_facts,
    payment_facts,
    refund_facts,
)
from checkout.models import Payment
from webhooks.models import Outcome

Payload = dict[str, Any]


class OtherAccount(Exception):
    """An event of another Razorpay account than the shop's own."""


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
    """Do what the event in a body asks for, and return its outcome. Safe to repeat. Raises BadFacts, OtherAccount."""
    message = _parse(body)
    _refuse_other_account(message)
    name = message.get("event")
    if not isinstance(name, str):
        raise BadFacts("the event has no name")
    verb = VERBS.get(name)
    if verb is None:
        return Outcome.IGNORED
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise BadFacts("the event has no payload")
    return verb(payload)


def storable(text: str) -> str:
    """Return text without what PostgreSQL cannot store: NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def _payment(payload: Payload) -> str:
    return payments.record(payment_facts(_entity(payload, "payment")), _order(payload))


def _refund(payload: Payload) -> str:
    facts = refund_facts(_entity(payload, "refund"))
    # Some events leave the payment out. When it is there it may bring the first word of the capture.
    if _entity(payload, "payment") is not None:
        _payment(payload)
    outcome = refunds.record(facts)
    is_ours = Payment.objects.filter(razorpay_payment_id=facts.payment_id).exclude(order=None).exists()
    return outcome if is_ours else Outcome.UNMATCHED


def _dispute(payload: Payload) -> str:
    return disputes.record(dispute_facts(_entity(payload, "dispute")))


def _downtime(payload: Payload) -> str:
    return downtimes.record(_entity(payload, "payment.downtime"))


def _settlement(payload: Payload) -> str:
    return settlements.record(_entity(payload, "settlement"))


VERBS: dict[str, Callable[[Payload], str]] = {
    **dict.fromkeys(("payment.authorized", "payment.captured", "payment.failed", "order.paid"), _payment),
    **dict.fromkeys((f"refund.{what}" for what in ("created", "processed", "failed", "speed_changed")), _refund),
    **dict.fromkeys(
        (f"payment.dispute.{what}" for what in ("created", "action_required", "under_review", "won", "lost", "closed")),
        _dispute,
    ),
    **dict.fromkeys((f"payment.downtime.{what}" for what in ("started", "updated", "resolved")), _downtime),
    "settlement.processed": _settlement,
}


def _refuse_other_account(message: dict[str, Any]) -> None:
    # Some events name no account. Only the settings can tell which one is ours: no answer of Razorpay's does.
    ours, theirs = settings.RAZORPAY_ACCOUNT_ID, message.get("account_id")
    if ours and theirs and isinstance(theirs, str) and theirs != ours:
        raise OtherAccount(f"account {storable(theirs)[:32]} sent it, and this shop’s is {ours}")


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
