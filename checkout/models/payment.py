"""What Razorpay knows of an order: its Razorpay orders (one an attempt) and the payments made on them."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q

from checkout.models.order import Order
from checkout.status import PaymentStatus


def mode_of(key_id: str) -> str:
    """Return what the keys of one mode begin with. Test and live know nothing of each other's orders and money."""
    return key_id.rpartition("_")[0]


class RazorpayOrder(models.Model):
    """One attempt to have an order paid. The row exists before Razorpay is called; its id comes with the answer.

    `amount` is paise. `receipt` finds the Razorpay order after a lost answer. `key_id` is the key set that made it.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="razorpay_orders")
    attempt = models.PositiveIntegerField()
    razorpay_order_id = models.CharField(max_length=40, null=True, blank=True, unique=True)
    key_id = models.CharField(max_length=40)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3, default="INR")
    receipt = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=12, default="new")
    tries = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["attempt"]
        constraints = [models.UniqueConstraint(fields=["order", "attempt"], name="razorpay_order_once_per_attempt")]

    def __str__(self) -> str:
        return self.razorpay_order_id or self.receipt

    @property
    def mark(self) -> str:
        """What its notes at Razorpay tell it by: a database that was set back gives an order's number once more."""
        return hashlib.sha256(self.order.token.encode()).hexdigest()[:16]

    @property
    def is_of_this_mode(self) -> bool:
        """Whether the shop's key can know this Razorpay order; a key that was rolled since made it as well."""
        return mode_of(self.key_id) == mode_of(settings.RAZORPAY_KEY_ID)


class Payment(models.Model):
    """One payment at Razorpay, in Razorpay's words. `order` is empty while nobody knows what the money is for.

    `amount` and `amount_refunded` are counted in the smallest unit of `currency`, `fee` and `tax` in paise.
    `fulfils` marks the one payment that made its order PAID. `accepted_by` is the person who decided that it belongs to
    its order. `email` and `contact` are what the payer typed in Razorpay's window; the order keeps its own.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    razorpay_order = models.ForeignKey(
        RazorpayOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    razorpay_payment_id = models.CharField(max_length=40, unique=True)
    foreign_order_id = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, choices=PaymentStatus, default=PaymentStatus.CREATED)
    amount = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="INR")
    method = models.CharField(max_length=20, blank=True)
    fee = models.PositiveBigIntegerField(null=True, blank=True)
    tax = models.PositiveBigIntegerField(null=True, blank=True)
    amount_refunded = models.PositiveBigIntegerField(default=0)
    error_reason = models.CharField(max_length=80, blank=True)
    error_description = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=254, blank=True)
    contact = models.CharField(max_length=20, blank=True)
    fulfils = models.BooleanField(default=False)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(fulfils=True), name="order_fulfilled_once"),
            models.CheckConstraint(
                condition=Q(fulfils=False) | Q(order__isnull=False, status__in=["captured", "refunded"]),
                name="only_captured_money_fulfils",
            ),
        ]

    def __str__(self) -> str:
        return self.razorpay_payment_id
