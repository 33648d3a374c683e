"""Refunds: money on its way back to a buyer."""

from django.db import models
from django.db.models import Q

from checkout.models.payment import Payment
from checkout.status import RefundStatus


class Refund(models.Model):
    """A refund of (part of) a payment. `amount` is paise."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    razorpay_refund_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=12, choices=RefundStatus, default=RefundStatus.REQUESTED)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=1), name="refund_amount_positive")]

    def __str__(self) -> str:
        return self.razorpay_refund_id or f"Refund {self.pk}"
