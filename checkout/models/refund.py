"""Refunds: money on its way back to a buyer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkout.models.order import OrderLine
from checkout.models.payment import Payment
from checkout.status import RefundStatus


class RefundOrigin(models.TextChoices):
    """Who asked for a refund."""

    STAFF = "staff", _("Staff")
    SHOP = "shop", _("The shop itself")
    DASHBOARD = "dashboard", _("Razorpay’s dashboard")
    AUTO = "auto", _("Razorpay itself")


WAYS = {
    "": _("the account or card that you paid with"),
    "card": _("the card that you paid with"),
    "upi": _("the bank account of the UPI app that you paid with"),
    "netbanking": _("the bank account that you paid from"),
    "wallet": _("the wallet that you paid with"),
}


class Refund(models.Model):
    """A refund of (part of) a payment. `amount` is in the smallest unit of the payment's currency.

    A row of ours exists before Razorpay is called: `key` makes every repetition of the call the same refund there
    (https://razorpay.com/docs/api/refunds/normal-refunds-idempotent/). Origin `auto` gives back money that was only
    authorized, so that it never counts against the order. `despite_dispute` says that a person knew of a dispute which
    may return the same money, and wanted the refund all the same. `credited` is how many paise its credit note is for;
    there is none for what was `before_sale`, on its way back before a person said what the money had bought.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    razorpay_refund_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    origin = models.CharField(max_length=10, choices=RefundOrigin, default=RefundOrigin.STAFF)
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=12, choices=RefundStatus, default=RefundStatus.REQUESTED)
    reason = models.CharField(max_length=255, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    despite_dispute = models.BooleanField(default=False)
    error = models.CharField(max_length=255, blank=True)
    speed = models.CharField(max_length=20, blank=True)
    arn = models.CharField(max_length=80, blank=True)
    credit_note_number = models.CharField(max_length=16, null=True, blank=True, unique=True)
    credited = models.PositiveBigIntegerField(default=0)
    before_sale = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["status", "next_try_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
        ]

    def __str__(self) -> str:
        return self.razorpay_refund_id or f"Refund {self.pk}"

    def get_credit_note_url(self) -> str:
        """Return the address of the credit note of an order's refund, or nothing before it has its number."""
        if not self.credit_note_number or self.payment.order is None:
            return ""
        number = self.credit_note_number.replace("/", "-")
        return reverse("checkout:credit_note", args=[self.payment.order.token, number])

    @property
    def way(self) -> str:
        """Where the money goes, as words inside a sentence to the buyer: always the way that it came."""
        return str(WAYS.get(self.payment.method, WAYS[""]))

    @property
    def may_be_retried(self) -> bool:
        """Whether Razorpay refused the call itself, so that the same call may still succeed later."""
        return self.status == RefundStatus.FAILED and not self.razorpay_refund_id and bool(self.key)


class RefundLine(models.Model):
    """Which pieces of an order a refund is for, and how many of them went back on the shelf."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refund_lines")
    quantity = models.PositiveIntegerField()
    restocked = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "order_line"], name="refund_line_once_per_order_line"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, restocked__lte=F("quantity")), name="refund_line_quantities"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.order_line_id}"
