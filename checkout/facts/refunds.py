"""What Razorpay says of a refund."""

import re
from dataclasses import dataclass
from typing import Any

from checkout.facts.ids import is_payment_id, is_refund_id
from checkout.facts.reading import BadFacts, currency, entity, paise, text
from checkout.status import RefundStatus

# What banks write: 23 digits (ARN), 12 digits (RRN), 16 or 22 capitals and digits (UTR).
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/-]{3,39}")


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund at Razorpay. `amount` is paise; `key` is the shop's own, when the shop asked for the refund.

    `arn` is the reference by which the buyer's bank finds it, once there is one: Razorpay writes ARN, RRN and UTR alike
    (https://razorpay.com/docs/payments/refunds/chargeback).
    """

    refund_id: str
    payment_id: str
    status: RefundStatus
    amount: int
    currency: str
    key: str = ""
    speed: str = ""
    arn: str = ""


def refund_facts(value: object) -> RefundFacts:
    """Read a Razorpay refund entity. Raises BadFacts. Without a status, as in old webhooks, it is on its way."""
    data = entity(value, "refund")
    if not is_refund_id(data.get("id")):
        raise BadFacts("refund id is malformed")
    if not is_payment_id(data.get("payment_id")):
        raise BadFacts("payment id of the refund is malformed")
    status = data.get("status") or RefundStatus.PENDING
    if status not in (RefundStatus.PENDING, RefundStatus.PROCESSED, RefundStatus.FAILED):
        raise BadFacts("refund status is unknown")
    amount = paise(data, "amount")
    if amount == 0:
        raise BadFacts("a refund of nothing")
    notes, bank = data.get("notes"), data.get("acquirer_data")
    return RefundFacts(
        refund_id=data["id"],
        payment_id=data["payment_id"],
        status=RefundStatus(status),
        amount=amount,
        currency=currency(data),
        key=text(notes if isinstance(notes, dict) else {}, "refund", 64),
        speed=text(data, "speed_processed", 20),
        arn=_reference(bank if isinstance(bank, dict) else {}),
    )


def _reference(bank: dict[str, Any]) -> str:
    """Return the bank's reference. A buyer will read it out to a bank, so that what looks like none is none."""
    value = text(bank, "arn", 80)
    return value if REFERENCE.fullmatch(value) else ""
