"""What lies on the shelf, keyed by the variant and outside the page. Only `catalog/stock.py` writes these rows."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete a row of the books."""


class Stock(models.Model):
    """How many pieces of a variant are on hand, and how many of those are held for open orders."""

    variant = models.OneToOneField("catalog.Variant", on_delete=models.PROTECT, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0, editable=False)
    reserved = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name_plural = "stock"
        default_permissions = ("view",)
        permissions = [("receive_stock", "Can receive stock"), ("adjust_stock", "Can adjust stock")]
        constraints = [
            models.CheckConstraint(condition=Q(reserved__gte=0), name="reserved_is_never_negative"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="reserved_never_exceeds_on_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.variant}: {self.available} of {self.on_hand} available"

    @property
    def available(self) -> int:
        """Pieces that may still be sold."""
        return self.on_hand - self.reserved


class MovementQuerySet(models.QuerySet["StockMovement"]):
    """A query that can read and append, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("Stock movements are never changed; a correction is a new movement.")

    def delete(self) -> NoReturn:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("Stock movements are never deleted; a correction is a new movement.")


class StockMovement(models.Model):
    """One line of the stock book: what changed, by how much, for which reference, by whom.

    `key` names the one form in which a person said so: sent twice, it is booked once.
    """

    class Kind(models.TextChoices):
        RECEIVE = "receive", "Received"
        RESERVE = "reserve", "Reserved"
        RELEASE = "release", "Released"
        SELL = "sell", "Sold"
        RETURN = "return", "Returned"
        ADJUST = "adjust", "Adjusted"

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on_hand_delta = models.IntegerField(default=0)
    reserved_delta = models.IntegerField(default=0)
    reference = models.CharField(max_length=64, blank=True, db_index=True, help_text="Such as an order number.")
    reason = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    # SQLite adds a column that may be NULL without making the table, and with it its triggers, anew.
    key = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["stock", "reference"], condition=Q(kind="sell"), name="one_sale_for_each_reference"
            ),
            models.UniqueConstraint(fields=["key"], condition=Q(key__isnull=False), name="one_movement_for_each_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on_hand_delta:+} / {self.reserved_delta:+} {self.reference}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append the movement. Raises AppendOnlyError when the row exists already."""
        if not self._state.adding:
            raise AppendOnlyError("Stock movements are never changed; a correction is a new movement.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse. Raises AppendOnlyError."""
        raise AppendOnlyError("Stock movements are never deleted; a correction is a new movement.")
