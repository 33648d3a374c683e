"""The ledger: booking each movement of money once, and adding it up again.

A sum is always of one payment, because an entry is counted in the currency of its payment: paise for all but strays.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from checkout.models import LedgerEntry, Payment
from checkout.models.ledger import REVERSALS, EntryKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

KEPT = {
    EntryKind.CAPTURE: 1,
    EntryKind.WRITE_OFF: -1,
    EntryKind.WRITE_OFF_REVERSAL: 1,
    EntryKind.DISPUTE: -1,
    EntryKind.DISPUTE_REVERSAL: 1,
}


def book(
    kind: EntryKind,
    payment: Payment,
    amount: int,
    *,
    entity_id: str = "",
    text: str = "",
    user: "AbstractBaseUser | None" = None,
) -> bool:
    """Book `amount` paise, unless this entity was booked as this kind before. Returns whether the entry is new.

    `entity_id` is the payment's own id when none is given. Nothing to book (0 paise) is no entry.
    """
    if amount <= 0:
        return False
    _entry, is_new = LedgerEntry.objects.get_or_create(
        kind=kind,
        entity_id=entity_id or payment.razorpay_payment_id,
        defaults={"payment": payment, "amount": amount, "text": text[:255], "user": user},  # type: ignore[misc]
    )
    return is_new


def correct(
    kind: EntryKind,
    payment: Payment,
    amount: int,
    *,
    entity_id: str = "",
    text: str = "",
    user: "AbstractBaseUser | None" = None,
) -> None:
    """Let what is booked of an entity come to `amount` paise: the difference is a further entry, or its reversal.

    The caller has locked the payment.
    """
    entity = entity_id or payment.razorpay_payment_id
    own = Q(entity_id=entity) | Q(entity_id__startswith=f"{entity}/")
    booked = list(payment.entries.filter(own, kind__in=(kind, REVERSALS[kind])).values_list("kind", "amount"))
    more = amount - sum(part if each == kind else -part for each, part in booked)
    suffix = f"/{len(booked) + 1}" if booked else ""
    book(kind if more > 0 else REVERSALS[kind], payment, abs(more), entity_id=entity + suffix, text=text, user=user)


def captured(payment: Payment) -> int:
    """Return how many paise of this payment the shop has ever had; 0 while no capture is known."""
    return _sum(payment, EntryKind.CAPTURE)


def kept(payment: Payment) -> int:
    """Return how many paise of what was captured were neither written off nor lost to a bank."""
    return kept_of(payment.entries.values_list("kind", "amount"))


def kept_of(entries: Iterable[tuple[str, int]]) -> int:
    """Return the same, given kind and amount of the entries of one payment."""
    return sum(KEPT.get(EntryKind(kind), 0) * amount for kind, amount in entries)


def returned(payment: Payment) -> int:
    """Return how many paise of this payment have gone back to the buyer."""
    return _net(payment, EntryKind.REFUND)


def lost(payment: Payment) -> int:
    """Return how many paise of this payment a bank has taken back in disputes."""
    return _net(payment, EntryKind.DISPUTE)


def written_off(payment: Payment) -> int:
    """Return how many paise of this payment were dealt with outside the shop."""
    return _net(payment, EntryKind.WRITE_OFF)


def is_booked(kind: EntryKind, entity_id: str) -> bool:
    """Tell whether this entity was booked as this kind."""
    return LedgerEntry.objects.filter(kind=kind, entity_id=entity_id).exists()


def _net(payment: Payment, kind: EntryKind) -> int:
    return _sum(payment, kind) - _sum(payment, REVERSALS[kind])


def _sum(payment: Payment, kind: EntryKind) -> int:
    found = LedgerEntry.objects.filter(Q(payment=payment, kind=kind)).aggregate(total=Sum("amount"))["total"]
    return int(found or 0)
