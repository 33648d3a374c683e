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
    DISPUTE = "dispute", _("Lost in a dispute")
    WRITE_OFF = "write_off", _("Written off")


# What makes the shop's money less.
OUT = frozenset({EntryKind.REFUND, EntryKind.FEE, EntryKind.DISPUTE, EntryKind.WRITE_OFF})


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
    once, whatever reports it how often. Who the money belongs to is said by the payment, which may be linked later.
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
        return RUPEE if self.kind == EntryKind.FEE else self.payment.currency

    @property
    def goes_out(self) -> bool:
        """Whether the shop has less money by it."""
        return self.kind in OUT

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
