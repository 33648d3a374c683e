"""Who sells: the shop's name, registration, address, contact and terms, editable in the admin."""

from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from catalog.changes import NewestChanges
from catalog.fields import PaiseField
from catalog.states import State

DAYS = [MaxValueValidator(90)]


@register_setting(icon="home")
class ShopSettings(BaseSiteSetting):
    """The shop's own data for pages, mails and invoices."""

    shop_name = models.CharField(max_length=60, default="Diecast Store")
    legal_name = models.CharField(max_length=120, blank=True, help_text="The registered seller, for invoices.")
    strapline = models.CharField(max_length=160, blank=True, help_text="One sentence for the footer.")
    logo = models.ForeignKey(
        "catalog.ShopImage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Before the name in the header. Empty: the small car.",
    )
    gstin = models.CharField(
        "GSTIN",
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{2}[A-Z0-9]{13}$", "A GSTIN has 15 characters, such as 27ABCDE1234F1Z5.")],
    )
    state = models.CharField(
        max_length=2, choices=State, default=State.MAHARASHTRA, help_text="Decides CGST + SGST or IGST."
    )
    address = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    grievance_officer = models.CharField(
        max_length=160, blank=True, help_text="Name and contact (Consumer Protection (E-Commerce) Rules, 2020)."
    )
    shipping_fee = PaiseField("delivery fee (₹)", default=9900)
    free_shipping_from = PaiseField(
        "free delivery from (₹)", null=True, blank=True, default=150000, help_text="Empty: delivery is never free."
    )
    shipping_grams = models.PositiveIntegerField(
        "for the first (g)", default=5000, validators=[MinValueValidator(1)], help_text="Packed weight of an order."
    )
    further_fee = PaiseField("further fee (₹)", default=0, validators=[MaxValueValidator(1_000_000)])
    further_grams = models.PositiveIntegerField(
        "for each further (g)", default=1000, validators=[MinValueValidator(100)]
    )
    dispatch_days = models.PositiveSmallIntegerField(
        "days until dispatch", default=2, validators=DAYS, help_text="Working days, to every place."
    )
    days_from = models.PositiveSmallIntegerField("days on the road, from", default=3, validators=DAYS)
    days_to = models.PositiveSmallIntegerField(
        "to", default=6, validators=DAYS, help_text="Working days, Monday to Saturday."
    )
    return_days = models.PositiveSmallIntegerField(
        "days to return", default=7, help_text="0: nothing is taken back. Says the same as the returns note below."
    )
    returns_are_free = models.BooleanField(default=False, help_text="Untick when the buyer pays for sending it back.")
    low_stock_threshold = models.PositiveSmallIntegerField(
        "few are left at",
        default=5,
        help_text='At this number of pieces or fewer a page says "Only 3 left". A variant may have its own number.',
    )
    reservation_minutes = models.PositiveSmallIntegerField(
        "minutes that an unpaid order holds its models",
        null=True,
        blank=True,
        # Razorpay keeps an authorized payment open for twelve minutes.
        validators=[MinValueValidator(12), MaxValueValidator(24 * 60)],
        help_text="Such as 30. Empty: as the shop is deployed.",
    )
    unpaid_orders = models.PositiveSmallIntegerField(
        "unpaid orders of one cart",
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(20)],
        help_text="At a time; each holds its models until it is paid or given up. Empty: 3.",
    )
    unpaid_orders_of_number = models.PositiveSmallIntegerField(
        "of one mobile number",
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(100)],
        help_text="More than of one cart: anybody can type a number. Empty: 10.",
    )
    stock_alerts_to = models.EmailField(
        "tell of few left", blank=True, help_text="One mail when a model runs short. Empty: nobody is written to."
    )
    prices_need_approval = models.BooleanField(
        "new prices need approval",
        default=False,
        help_text="Who may not approve prices submits a new price of a product that was published once.",
    )
    dispatch_note = models.CharField(max_length=160, blank=True)
    returns_note = models.CharField(max_length=160, blank=True)
    packing_note = models.CharField(max_length=160, blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel("shop_name"), FieldPanel("logo"), FieldPanel("legal_name"), FieldPanel("strapline")],
            heading="Name",
        ),
        MultiFieldPanel([FieldPanel("gstin"), FieldPanel("state"), FieldPanel("address")], heading="Registration"),
        MultiFieldPanel([FieldPanel("email"), FieldPanel("phone"), FieldPanel("grievance_officer")], heading="Contact"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("shipping_fee"), FieldPanel("shipping_grams")]),
                FieldRowPanel([FieldPanel("further_fee"), FieldPanel("further_grams")]),
                FieldPanel("free_shipping_from"),
                FieldPanel("dispatch_days"),
                FieldRowPanel([FieldPanel("days_from"), FieldPanel("days_to")]),
                FieldRowPanel([FieldPanel("return_days"), FieldPanel("returns_are_free")]),
            ],
            heading="Delivery and returns",
            help_text="To every PIN code that no delivery zone names.",
        ),
        MultiFieldPanel(
            [
                FieldPanel("dispatch_note"),
                FieldPanel("returns_note"),
                FieldPanel("packing_note"),
            ],
            heading="On product pages",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("low_stock_threshold"), FieldPanel("stock_alerts_to")]),
                FieldPanel("prices_need_approval"),
                FieldPanel("reservation_minutes"),
                FieldRowPanel([FieldPanel("unpaid_orders"), FieldPanel("unpaid_orders_of_number")]),
            ],
            heading="Stock, prices and limits",
        ),
        NewestChanges(heading="Newest changes"),
    ]

    class Meta:
        verbose_name = "shop settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(days_from__lte=F("days_to")),
                name="delivery_days_in_order",
                violation_error_message="The first day on the road may not come after the last one.",
            ),
            models.CheckConstraint(
                condition=Q(shipping_grams__gt=0, further_grams__gt=0), name="delivery_weights_are_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.shop_name

    @property
    def hold_time(self) -> timedelta:
        """For how long an unpaid order holds its models at first."""
        return timedelta(minutes=self.reservation_minutes or settings.RESERVATION_MINUTES)

    def shipping_for(self, subtotal: int) -> int:
        """Return what the delivery of goods for `subtotal` paise costs, in paise."""
        is_free = self.free_shipping_from is not None and subtotal >= self.free_shipping_from
        return 0 if is_free else int(self.shipping_fee)

    @classmethod
    def for_site(cls, site: Any) -> Self:
        """Return the settings of `site`, or unsaved defaults: reading a page never writes, not even this row."""
        found: Self | None = cls.base_queryset().filter(site=site).first()
        return found or cls(site=site)

    @classmethod
    def current(cls) -> Self:
        """Return the settings of the default site, where there is no request (workers, commands)."""
        found: Self | None = cls.base_queryset().filter(site__is_default_site=True).first()
        return found or cls()
