"""What Razorpay says of a dispute."""

from dataclasses import dataclass

from checkout.facts.ids import is_dispute_id, is_payment_id
from checkout.facts.reading import BadFacts, currency, entity, paise, text, unix_time


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A dispute at Razorpay. Amounts are paise, `respond_by` and `created_at` Unix times."""

    dispute_id: str
    payment_id: str
    status: str
    phase: str
    amount: int
    amount_deducted: int
    currency: str
    reason_code: str
    respond_by: int | None


def dispute_facts(value: object) -> DisputeFacts:
    """Read a Razorpay dispute entity. Raises BadFacts."""
    data = entity(value, "dispute")
    if not is_dispute_id(data.get("id")):
        raise BadFacts("dispute id is malformed")
    if not is_payment_id(data.get("payment_id")):
        raise BadFacts("payment id of the dispute is malformed")
    status = data.get("status")
    if status not in ("open", "under_review", "won", "lost", "closed"):
        raise BadFacts("dispute status is unknown")
    return DisputeFacts(
        dispute_id=data["id"],
        payment_id=data["payment_id"],
        status=str(status),
        phase=text(data, "phase", 20),
        amount=paise(data, "amount"),
        amount_deducted=paise(data, "amount_deducted", default=0),
        currency=currency(data),
        reason_code=text(data, "reason_code", 80),
        respond_by=unix_time(data, "respond_by"),
    )
