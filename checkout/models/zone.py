"""Delivery zones: where delivery costs or takes something else than in the rest of India, or is not possible."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from catalog.fields import PaiseField

PREFIX = re.compile(r"[1-9][0-9]{0,5}")
# In paise: an order with so dear a delivery is a slip of the keyboard.
MOST = MaxValueValidator(1_000_000, "Delivery may cost ₹10,000 at most.")
DAYS = MaxValueValidator(90)


class DeliveryZone(models.Model):
    """The PIN codes that begin with one of its prefixes; of several zones the longest prefix wins. Fees are paise.

    What no zone names is the rest of India, whose fee and days stand in the shop's settings.
    """

    logs_changes = True

    name = models.CharField(max_length=60, unique=True, help_text="Such as North-East. Shoppers read it.")
    prefixes = models.CharField(
        "PIN codes begin with",
        max_length=500,
        help_text="1 to 6 digits each, with commas between them, such as 737, 78, 79. The longest one wins.",
    )
    first_fee = PaiseField("delivery fee (₹)", validators=[MOST])
    first_grams = models.PositiveIntegerField("for the first (g)", default=5000, validators=[MinValueValidator(1)])
    further_fee = PaiseField("further fee (₹)", default=0, validators=[MOST])
    further_grams = models.PositiveIntegerField(
        "for each further (g)", default=1000, validators=[MinValueValidator(100)]
    )
    days_from = models.PositiveSmallIntegerField("days on the road, from", default=3, validators=[DAYS])
    days_to = models.PositiveSmallIntegerField(
        "to", default=6, validators=[DAYS], help_text="Working days, Monday to Saturday, after dispatch."
    )
    delivers = models.BooleanField("the shop delivers there", default=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("prefixes"),
        FieldPanel("delivers"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("first_fee"), FieldPanel("first_grams")]),
                FieldRowPanel([FieldPanel("further_fee"), FieldPanel("further_grams")]),
            ],
            heading="Fee by weight",
            help_text="What the shop's settings make free is free here too.",
        ),
        FieldRowPanel([FieldPanel("days_from"), FieldPanel("days_to")]),
    ]

    class Meta:
        ordering = ["name"]
        verbose_name = "delivery zone"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days_from__lte=models.F("days_to")),
                name="zone_days_in_order",
                violation_error_message="The first day on the road may not come after the last one.",
            ),
            models.CheckConstraint(
                condition=models.Q(first_grams__gt=0, further_grams__gt=0), name="zone_weights_are_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def starts(self) -> list[str]:
        """The prefixes one by one."""
        return [part for part in re.split(r"[\s,]+", self.prefixes) if part]

    def clean(self) -> None:
        """Put the prefixes in order, and refuse what is none or what another zone has. Raises ValidationError."""
        starts = sorted(set(self.starts))
        wrong = [start for start in starts if PREFIX.fullmatch(start) is None]
        if wrong:
            raise ValidationError({"prefixes": f"{wrong[0]} is no beginning of a PIN code: 1 to 6 digits, not from 0."})
        for other in DeliveryZone.objects.exclude(pk=self.pk):
            if taken := set(starts).intersection(other.starts):
                raise ValidationError({"prefixes": f"{min(taken)} belongs to the zone {other.name} already."})
        self.prefixes = ", ".join(starts)
