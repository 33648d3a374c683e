"""Settlements: what Razorpay has paid to the shop's bank account, and whether its report agrees with the books."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from catalog import shop_time
from catalog.money import RUPEE
from checkout import gateway
from checkout.facts.ids import is_payment_id, is_refund_id
from checkout.facts.reading import BadFacts, entity, paise, text, unix_time
from checkout.gateway import GatewayError
from checkout.models import LedgerEntry, Settlement
from checkout.models.ledger import EntryKind


def record(value: object) -> str:
    """Record a Razorpay settlement entity: `applied` or `unchanged`. Raises BadFacts."""
    data = entity(value, "settlement")
    known_id, moment = text(data, "id", 40), unix_time(data, "created_at")
    if not known_id or moment is None:
        raise BadFacts("the settlement has no id or no time")
    values = {
        "amount": paise(data, "amount"),
        "fees": paise(data, "fees", default=0),
        "tax": paise(data, "tax", default=0),
        "status": text(data, "status", 20),
        "utr": text(data, "utr", 40),
        "settled_at": datetime.fromtimestamp(moment, UTC),
    }
    _settlement, is_new = Settlement.objects.update_or_create(razorpay_settlement_id=known_id, defaults=values)
    return "applied" if is_new else "unchanged"


def differences() -> list[str]:
    """Return what Razorpay's reports of the days of the known settlements say otherwise than the ledger."""
    found: list[str] = []
    for day in sorted({shop_time.day(settlement.settled_at) for settlement in Settlement.objects.all()}):
        try:
            found += disagreements(day)
        except GatewayError as error:
            found.append(f"the settlement report of {day}: {error}")
    return found


def disagreements(day: date) -> Iterator[str]:
    """Compare Razorpay's settlement report of a day with the ledger, to the paisa. Raises GatewayError.

    https://razorpay.com/docs/api/settlements/fetch-recon/
    """
    for item in gateway.settlement_report(day):
        entity_id = item.get("entity_id")
        if is_payment_id(entity_id):
            yield from _compare(item, str(entity_id), {"amount": EntryKind.CAPTURE, "fee": EntryKind.FEE})
        elif is_refund_id(entity_id):
            yield from _compare(item, str(entity_id), {"amount": EntryKind.REFUND})


def _compare(item: dict[str, Any], entity_id: str, kinds: dict[str, EntryKind]) -> Iterator[str]:
    for name, kind in kinds.items():
        entry = LedgerEntry.objects.filter(kind=kind, entity_id=entity_id).select_related("payment").first()
        if entry and entry.currency != RUPEE:
            # Razorpay settles in rupees, at a rate that the ledger does not know.
            continue
        theirs, ours = paise(item, name, default=0), entry.amount if entry else 0
        if theirs != ours:
            yield f"{entity_id}: Razorpay settled {name} {theirs} paise, the ledger says {ours}"
