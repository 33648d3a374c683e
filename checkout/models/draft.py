"""What somebody has typed into the checkout and not ordered yet."""

from django.db import models

from checkout.models.cart import Cart


class CheckoutDraft(models.Model):
    """The fields of a checkout that was refused, for the browser that has the cart. `checkout/drafts.py` bounds it."""

    cart = models.OneToOneField(Cart, on_delete=models.CASCADE, related_name="draft")
    typed = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    def __str__(self) -> str:
        return f"Draft of cart {self.cart_id}"
