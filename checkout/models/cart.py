"""A shopper's cart, kept on the server and found by a signed cookie."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Variant


class Cart(models.Model):
    """What one browser, or all of an account, means to buy. Its token stands in a signed cookie for 30 days."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="carts"
    )
    coupon_code = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(account__isnull=False), name="one_cart_of_an_account"
            ),
        ]

    def __str__(self) -> str:
        return f"Cart {self.pk}"


class CartLine(models.Model):
    """One SKU in a cart. `accepted_price` (paise) is the unit price that the shopper has been shown and agreed to."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    accepted_price = models.PositiveBigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once_per_variant"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=99), name="cart_line_quantity_1_to_99"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x variant {self.variant_id}"
