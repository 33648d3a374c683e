"""Cases that a person must decide."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from checkout.models.order import Order
from checkout.models.payment import Payment


class CaseKind(models.TextChoices):
    """Why a person is needed."""

    UNMATCHED_MONEY = "unmatched_money", _("Money without an order")
    AMOUNT_MISMATCH = "amount_mismatch", _("Amount differs")
    RAZORPAY_REFUSED = "razorpay_refused", _("Razorpay refused the order")
    REFUND_FAILED = "refund_failed", _("Refund failed")
    DISPUTE_OPEN = "dispute_open", _("Buyer disputes a payment")
    DISPUTE_LOST = "dispute_lost", _("Dispute lost")
    REPORT_DIFFERS = "report_differs", _("Razorpay says something else")
    OTHER_ACCOUNT = "other_account", _("Event of another account")
    STUCK = "stuck", _("A job does not get through")


class AttentionCase(models.Model):
    """Something odd about an order or a payment, open until a person closes it."""

    kind = models.CharField(max_length=30, choices=CaseKind)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    subject = models.CharField(max_length=64, blank=True, help_text=_("What it is about, when it is neither of both."))
    text = models.CharField(max_length=255)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "payment", "subject"],
                condition=Q(payment__isnull=False, closed_at__isnull=True),
                name="one_open_case_of_a_kind_per_payment",
            ),
            models.UniqueConstraint(
                fields=["kind", "order", "subject"],
                condition=Q(payment__isnull=True, closed_at__isnull=True),
                name="one_open_case_of_a_kind_per_order",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(payment__isnull=True, order__isnull=True, closed_at__isnull=True),
                name="one_open_case_of_a_kind_per_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"

    @property
    def refund_id(self) -> int | None:
        """The key of the refund that failed, if it is about one."""
        number = self.subject.removeprefix("refund ")
        return int(number) if self.kind == CaseKind.REFUND_FAILED and number.isdecimal() else None
