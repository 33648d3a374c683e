"""The ledger: booking each movement of money once, and adding it up again.

A sum is always of one payment, because an entry is counted in the currency of its payment: paise for all but strays.
"""

from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from checkout.models import LedgerEntry, Payment
from checkout.models.ledger import EntryKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


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


def captured(payment: Payment) -> int:
    """Return how many paise of this payment the shop has ever had; 0 while no capture is known."""
    return _sum(payment, EntryKind.CAPTURE)


def kept(payment: Payment) -> int:
    """Return how many paise of what was captured have not been written off."""
    return captured(payment) - _sum(payment, EntryKind.WRITE_OFF)


def returned(payment: Payment) -> int:
    """Return how many paise of this payment have gone back to the buyer."""
    return _sum(payment, EntryKind.REFUND) - _sum(payment, EntryKind.REFUND_REVERSAL)


def lost(payment: Payment) -> int:
    """Return how many paise of this payment a bank has taken back in disputes."""
    return _sum(payment, EntryKind.DISPUTE)


def is_booked(kind: EntryKind, entity_id: str) -> bool:
    """Tell whether this entity was booked as this kind."""
    return LedgerEntry.objects.filter(kind=kind, entity_id=entity_id).exists()


def _sum(payment: Payment, kind: EntryKind) -> int:
    found = LedgerEntry.objects.filter(Q(payment=payment, kind=kind)).aggregate(total=Sum("amount"))["total"]
    return int(found or 0)
