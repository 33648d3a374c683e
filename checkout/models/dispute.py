"""Disputes: buyers who ask their bank for the money back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from checkout.models.payment import Payment


class DisputeStatus(models.TextChoices):
    """Razorpay's own words for where a dispute stands (https://razorpay.com/docs/api/disputes/)."""

    OPEN = "open", _("Open")
    UNDER_REVIEW = "under_review", _("Under review")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    CLOSED = "closed", _("Closed")


# The bank may give the money back to the buyer, or has done so.
AT_STAKE = frozenset({DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW, DisputeStatus.LOST})


class Dispute(models.Model):
    """One dispute of a payment: a dimension of its own beside the order's status.

    `amount` and `amount_deducted` are in the smallest unit of `currency`; the latter is what the shop lost.
    `respond_by` is the bank's deadline.
    """

    razorpay_dispute_id = models.CharField(max_length=40, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    status = models.CharField(max_length=20, choices=DisputeStatus, default=DisputeStatus.OPEN)
    phase = models.CharField(max_length=20, blank=True)
    amount = models.PositiveBigIntegerField()
    amount_deducted = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="INR")
    reason_code = models.CharField(max_length=80, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DisputeStatus.values), name="dispute_status_known"),
        ]

    def __str__(self) -> str:
        return self.razorpay_dispute_id

    @property
    def is_open(self) -> bool:
        """Whether the bank has not decided yet."""
        return self.status in (DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW)
