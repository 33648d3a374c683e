"""Coupons: codes that lower what an order costs, within limits that hold however many try at once."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from catalog.fields import CapitalsField, PaiseField
from catalog.money import rupees


class CouponKind(models.TextChoices):
    """What a coupon takes off."""

    PERCENTAGE = "percentage", _("A part of the price of the models")
    AMOUNT = "amount", _("An amount")
    FREE_DELIVERY = "free_delivery", _("The delivery")


class Coupon(models.Model):
    """A code for shoppers. How often it was used is counted from the orders that carry it (`checkout/coupons.py`)."""

    logs_changes = True

    code = CapitalsField(
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9-]{3,20}\Z", _("Use 3 to 20 capital letters, digits and hyphens."))],
        help_text=_("What shoppers type, such as MONSOON10. Small letters do too."),
    )
    kind = models.CharField(_("takes off"), max_length=16, choices=CouponKind, default=CouponKind.PERCENTAGE)
    percent = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("For a part of the price: 1 to 100."),
    )
    amount = PaiseField(
        _("amount (₹)"), null=True, blank=True, help_text=_("For an amount; for a part, the most it may come to.")
    )
    minimum = PaiseField(_("from (₹)"), default=0, help_text=_("What the models must cost at least. 0: anything."))
    starts_at = models.DateTimeField(_("valid from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    limit = models.PositiveIntegerField(
        _("orders in all"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    limit_per_person = models.PositiveIntegerField(
        _("orders of one person"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("One person is one mobile number or email address. Empty: no limit."),
    )
    is_active = models.BooleanField(_("in use"), default=True, help_text=_("Untick instead of deleting."))
    created_at = models.DateTimeField(auto_now_add=True)

    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("is_active")]),
        MultiFieldPanel(
            [FieldPanel("kind"), FieldRowPanel([FieldPanel("percent"), FieldPanel("amount"), FieldPanel("minimum")])],
            heading=_("What it takes off"),
        ),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")], heading=_("When")),
        FieldRowPanel([FieldPanel("limit"), FieldPanel("limit_per_person")], heading=_("How often")),
    ]

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=CouponKind.PERCENTAGE) | Q(percent__isnull=False, percent__range=(1, 100)),
                name="coupon_percent_is_a_part",
                violation_error_message=_("Say which part of the price it takes off: 1 to 100 percent."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=CouponKind.AMOUNT) | Q(amount__isnull=False, amount__gt=0),
                name="coupon_amount_is_positive",
                violation_error_message=_("Say how many rupees it takes off."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="coupon_ends_after_it_starts",
                violation_error_message=_("It must end after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def effect_text(self) -> str:
        """What it takes off, in words: "10 %, up to ₹500, from ₹1,000"."""
        amount = rupees(self.amount) if self.amount else ""
        most = _("up to %(amount)s") % {"amount": amount} if amount else ""
        parts = {CouponKind.AMOUNT: amount, CouponKind.FREE_DELIVERY: _("the delivery")}
        what = [f"{self.percent} %", most] if self.kind == CouponKind.PERCENTAGE else [parts[CouponKind(self.kind)]]
        least = _("from %(minimum)s") % {"minimum": rupees(self.minimum)} if self.minimum else ""
        return ", ".join(str(part) for part in [*what, least] if part)
