"""Orders: what was bought, for how much, by whom, and everything that happened since."""

import secrets
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.days import span
from catalog.models import ShopImage, Variant
from catalog.states import State, state_name
from checkout.carriers import tracking_url
from checkout.models.cart import Cart
from checkout.models.coupon import Coupon
from checkout.status import BEFORE_DISPATCH, BOUGHT, OrderStatus


def new_token() -> str:
    """Return an unguessable order token (192 bits)."""
    return secrets.token_urlsafe(24)


class Order(models.Model):
    """One purchase. Amounts are paise. Status is written by `orders.move` alone; lines and totals never change."""

    number = models.CharField(_("order number"), max_length=20, unique=True)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    status = models.CharField(max_length=12, choices=OrderStatus, default=OrderStatus.PENDING)
    cart = models.ForeignKey(Cart, on_delete=models.SET_NULL, null=True, related_name="orders")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    checkout_key = models.CharField(max_length=64)
    cart_digest = models.CharField(max_length=64)

    email = models.EmailField()
    phone = models.CharField(_("mobile number"), max_length=16)
    full_name = models.CharField(max_length=100)
    address_line1 = models.CharField(_("flat, house number, street"), max_length=150)
    address_line2 = models.CharField(_("area, landmark"), max_length=150, blank=True)
    city = models.CharField(_("town or city"), max_length=80)
    state = models.CharField(max_length=2, choices=State)
    postcode = models.CharField(_("PIN code"), max_length=6)
    gstin = models.CharField("GSTIN", max_length=15, blank=True)
    billing = models.JSONField(null=True, editable=False, help_text=_("The bill, where it is not simply the buyer's."))

    subtotal = models.PositiveBigIntegerField()
    shipping = models.PositiveBigIntegerField(default=0)
    discount = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField()
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    currency = models.CharField(max_length=3, default="INR")

    promised_from = models.DateField(null=True, blank=True)
    promised_to = models.DateField(null=True, blank=True)

    invoice_number = models.CharField(max_length=16, null=True, blank=True, unique=True)
    parties = models.JSONField(null=True, editable=False, help_text=_("Seller and buyer as the invoice names them."))
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    staff_note = models.TextField(_("note for staff"), blank=True)

    created_at = models.DateTimeField(_("placed"), auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField(help_text=_("Until then the cars are held for the buyer."))
    extended_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "expires_at"]),
            models.Index(fields=["email"]),
            models.Index(Lower("email"), name="order_email_lowered"),
            models.Index(fields=["phone"]),
            models.Index(fields=["paid_at"], name="order_paid_at"),
            models.Index(fields=["tracking_number"], name="order_tracking_number"),
            # Narrow, so that it is read instead of the orders: admin/search.py. PostgreSQL has two more, see 0012.
            models.Index(fields=["full_name", "email", "phone", "number", "id"], name="order_found_by"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cart", "checkout_key"], name="order_once_per_checkout_key"),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") + F("shipping") - F("discount")), name="order_total_adds_up"
            ),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
        ]
        permissions = [
            ("ship_order", "Can pack, ship and deliver orders"),
            ("refund_order", "Can refund orders"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the buyer's address of this order."""
        return reverse("checkout:order", args=[self.token])

    def get_invoice_url(self) -> str:
        """Return the address of the invoice, which exists once the order has its number."""
        return reverse("checkout:invoice", args=[self.token])

    @property
    def is_bought(self) -> bool:
        """Whether the order has been paid, however far it has travelled since."""
        return self.status in BOUGHT

    @property
    def address_may_change(self) -> bool:
        """Whether the parcel is still here."""
        return self.status in BEFORE_DISPATCH

    @property
    def tracking_url(self) -> str:
        """Where the parcel can be followed at its carrier, or an empty text."""
        return tracking_url(self.carrier, self.tracking_number)

    @property
    def promise(self) -> str:
        """The days on which the parcel was promised to arrive, such as 14–17 Oct, or an empty text."""
        return span(self.promised_from, self.promised_to)

    @property
    def state_name(self) -> str:
        """The name of the state that the parcel goes to."""
        return state_name(self.state)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: orders and their money are never deleted."""
        raise TypeError("Orders are never deleted.")


class OrderLine(models.Model):
    """A snapshot of what was bought. `unit_price` is paise, `gst_rate` basis points (500 = 5 %), both as sold."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=40)
    title = models.CharField(max_length=255)
    option = models.CharField(max_length=80, blank=True)
    unit_price = models.PositiveBigIntegerField()
    quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    hsn = models.CharField("HSN", max_length=8, blank=True)
    gst_rate = models.PositiveIntegerField(default=0)
    image = models.ForeignKey(ShopImage, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "variant"], name="order_line_once_per_variant"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"

    @property
    def total(self) -> int:
        """Price of the line in paise, taxes included."""
        return self.unit_price * self.quantity


class OrderEvent(models.Model):
    """Something that happened to an order. `status` is set when the order moved: the last one is the order's status."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=12, blank=True)
    text = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class OrderNote(models.Model):
    """What staff wrote about an order: for colleagues, or for the buyer, who gets it by mail and finds it on the page.

    `key` comes with the form: however often it is sent, it makes one note.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="notes")
    for_buyer = models.BooleanField(default=False)
    text = models.TextField(max_length=1000)
    key = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order_id}: note {self.pk}"


class InvoiceSeries(models.Model):
    """The last number given out in one series of one financial year (Rule 46 of the CGST Rules)."""

    prefix = models.CharField(max_length=12, unique=True)
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}{self.last_number}"
