"""Who waits for a variant that is sold out. The request is its own outbox row: one mail, when pieces are back."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant


class StockRequest(models.Model):
    """One person's wish to be told of one variant. It is deleted some time after the mail, or when that person asks."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="requests")
    email = models.EmailField(_("email"))
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("request for stock")
        verbose_name_plural = _("requests for stock")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["sent_at", "next_try_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "email"], condition=Q(sent_at=None), name="one_open_request_for_a_variant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} for {self.variant_id}"
