"""What accounts have: mail that waits for the worker, and the models that a shopper keeps."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from catalog.models import ProductPage


class Letter(models.Model):
    """One mail to somebody who comes in or changes something. It may hold a code, so it is removed once it is sent.

    After `good_until` nobody could use what it says, and it is removed unsent.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    good_until = models.DateTimeField()
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Letter {self.pk}"


class Kept(models.Model):
    """One model on the wishlist of an account. It goes with either of them."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="kept")
    page = models.ForeignKey(ProductPage, on_delete=models.CASCADE, related_name="+")
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # The latest first; what came in one go stands in the order in which it was written.
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "page"], name="kept_once")]

    def __str__(self) -> str:
        return f"Kept {self.page_id}"
