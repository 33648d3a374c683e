"""The outbox: mail that was promised in a transaction and is sent afterwards."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from checkout.models.order import Order, OrderNote
from checkout.models.refund import Refund


class WaitingMail(models.Model):
    """A row of an outbox, which `checkout.outbox` sends. Staff read its name when it cannot be sent."""

    # The order that a case about it belongs to, if any.
    order: Order | None = None

    sent_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=255, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        indexes = [models.Index(fields=["sent_at", "next_try_at"])]

    @property
    def case_subject(self) -> str:
        """The subject of the case that is opened when it cannot be sent."""
        return f"mail {self.pk}"


class OutboxEmail(WaitingMail):
    """One mail of one kind for one order, one of its refunds or one of its notes, written with what it tells of.

    `edition` counts how often it went out once more, because its buyer asked for it or staff let it.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="emails")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="emails")
    note = models.ForeignKey(OrderNote, on_delete=models.PROTECT, null=True, blank=True, related_name="emails")
    kind = models.CharField(max_length=20)
    edition = models.PositiveIntegerField(db_default=0, default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WaitingMail.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=Q(refund__isnull=True, note__isnull=True),
                name="one_mail_of_a_kind_per_order",
            ),
            models.UniqueConstraint(
                fields=["refund", "kind"], condition=Q(refund__isnull=False), name="one_mail_of_a_kind_per_refund"
            ),
            models.UniqueConstraint(fields=["note"], condition=Q(note__isnull=False), name="one_mail_per_note"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: the mail “{self.kind}”"


class LinkRequest(models.Model):
    """Somebody has asked for the way back to an order. The worker looks whether there is one, and removes the row."""

    number = models.CharField(max_length=20)
    email = models.EmailField()
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Request {self.pk}"
