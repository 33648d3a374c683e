"""Who waits for a variant that is sold out. The request is its own outbox row: one mail, when pieces are back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from checkout.models.mail import WaitingMail


class StockRequest(WaitingMail):
    """One person's wish to be told of one variant. It is deleted some time after the mail, or when that person asks."""

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="requests")
    email = models.EmailField(_("email"))
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)

    class Meta(WaitingMail.Meta):
        abstract = False
        verbose_name = _("request for stock")
        verbose_name_plural = _("requests for stock")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "email"], condition=Q(sent_at=None), name="one_open_request_for_a_variant"
            )
        ]

    def __str__(self) -> str:
        return f"The mail of stock request {self.pk}"

    @property
    def case_subject(self) -> str:
        """The subject of its case, another than that of a mail of an order."""
        return f"mail of a stock request {self.pk}"
