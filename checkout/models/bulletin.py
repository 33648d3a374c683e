"""What Razorpay announces beside payments: banks that are down, and money that it has paid out."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Downtime(models.Model):
    """A payment method that Razorpay reports as down. `end` is empty while nobody knows when it comes back."""

    razorpay_downtime_id = models.CharField(max_length=40, unique=True)
    method = models.CharField(max_length=20)
    instrument = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=20, blank=True)
    begin = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-begin"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.method} {self.instrument}".strip()

    @property
    def label(self) -> str:
        """The name that a buyer knows the method by."""
        names = {"upi": "UPI", "card": _("Card payment"), "netbanking": _("Netbanking"), "wallet": _("Wallet payment")}
        name = str(names.get(self.method, self.method))
        return f"{name} ({self.instrument})" if self.instrument else name


class Settlement(models.Model):
    """Money that Razorpay has paid to the shop's bank account; all amounts are paise."""

    razorpay_settlement_id = models.CharField(max_length=40, unique=True)
    amount = models.PositiveBigIntegerField()
    fees = models.PositiveBigIntegerField(default=0)
    tax = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=20, blank=True)
    utr = models.CharField(max_length=40, blank=True)
    settled_at = models.DateTimeField()

    class Meta:
        ordering = ["-settled_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.razorpay_settlement_id
