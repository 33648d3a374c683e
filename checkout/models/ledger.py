"""The ledger: every movement of money, once, for ever."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.stock import AppendOnlyError
from catalog.money import RUPEE
from checkout.models.payment import Payment


class EntryKind(models.TextChoices):
    """What a line of the ledger says of money."""

    CAPTURE = "capture", _("Captured")
    REFUND = "refund", _("Refunded")
    REFUND_REVERSAL = "refund_reversal", _("Refund failed after all")
    FEE = "fee", _("Razorpay’s fee")
    FEE_REVERSAL = "fee_reversal", _("Razorpay’s fee was less")
    DISPUTE = "dispute", _("Lost in a dispute")
    DISPUTE_REVERSAL = "dispute_reversal", _("The dispute took less")
    WRITE_OFF = "write_off", _("Written off")
    WRITE_OFF_REVERSAL = "write_off_reversal", _("Left by itself after it was written off")


# What makes the shop's money less, and what takes that back.
REVERSALS = {
    EntryKind.REFUND: EntryKind.REFUND_REVERSAL,
    EntryKind.FEE: EntryKind.FEE_REVERSAL,
    EntryKind.DISPUTE: EntryKind.DISPUTE_REVERSAL,
    EntryKind.WRITE_OFF: EntryKind.WRITE_OFF_REVERSAL,
}


class EntryQuerySet(models.QuerySet["LedgerEntry"]):
    """A query that can read and append, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("The ledger is never changed; a correction is a new entry.")

    def delete(self) -> NoReturn:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("The ledger is never deleted from; a correction is a new entry.")


class LedgerEntry(models.Model):
    """One movement of `amount` (always positive; the kind tells the direction) of one payment.

    It is counted in the smallest unit of `currency`: paise, except for money that came in another currency.
    `entity_id` is Razorpay's id of the payment, refund or dispute that it came from: the database lets each be booked
    once, whatever reports it how often. A correction has the same id with `/2`, `/3` and so on behind it. Who the money
    belongs to is said by the payment, which may be linked later.
    """

    kind = models.CharField(max_length=20, choices=EntryKind)
    entity_id = models.CharField(max_length=40)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="entries")
    amount = models.PositiveBigIntegerField()
    text = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["kind", "entity_id"], name="booked_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="entry_amount_positive"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
        ]

    @property
    def currency(self) -> str:
        """The currency of the payment. Razorpay's own fee is in rupees, whatever the payment came in."""
        return RUPEE if self.kind in (EntryKind.FEE, EntryKind.FEE_REVERSAL) else self.payment.currency

    @property
    def goes_out(self) -> bool:
        """Whether the shop has less money by it."""
        return self.kind in REVERSALS

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.entity_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append the entry. Raises AppendOnlyError when the row exists already."""
        if not self._state.adding:
            raise AppendOnlyError("The ledger is never changed; a correction is a new entry.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("The ledger is never deleted from; a correction is a new entry.")
