"""Which variants have run short, and the mails that tell of it: one for all that ran short at the same time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from checkout.models.mail import WaitingMail


class ShortageMail(WaitingMail):
    """A mail to the address in the shop's settings."""

    class Meta(WaitingMail.Meta):
        abstract = False
        verbose_name = _("mail of a shortage")
        default_permissions = ()

    def __str__(self) -> str:
        return f"The mail of shortage {self.pk}"

    @property
    def case_subject(self) -> str:
        """The subject of its case, another than that of a mail of an order."""
        return f"mail of a shortage {self.pk}"


class Shortage(models.Model):
    """A variant of which few are left. The row is deleted once there are more again: the next time is another mail."""

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="shortage")
    mail = models.ForeignKey(ShortageMail, on_delete=models.CASCADE, related_name="shortages")

    class Meta:
        verbose_name = _("shortage")
        default_permissions = ()

    def __str__(self) -> str:
        return f"Few of {self.variant} are left"
