"""Tax as dated data: an HSN code and the GST rates that held for it."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.search import index

from catalog.money import percent


class HsnCode(index.Indexed, ClusterableModel):
    """A class of goods in the tax tariff."""

    logs_changes = True

    code = models.CharField(
        "HSN code",
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{4,8}$", "An HSN code has 4 to 8 digits, such as 9503.")],
        help_text="4 to 8 digits, such as 9503.",
    )
    description = models.CharField(max_length=200, blank=True)

    panels = [
        FieldPanel("code"),
        FieldPanel("description"),
        InlinePanel(
            "rates",
            heading="GST rates",
            label="rate",
            help_text="Add a line when a rate changes; never edit an old one, orders were taxed with it.",
        ),
    ]
    search_fields = [index.SearchField("code"), index.AutocompleteField("code"), index.SearchField("description")]

    class Meta:
        ordering = ["code"]
        verbose_name = "HSN code"

    def __str__(self) -> str:
        return f"{self.code} {self.description}".strip()


class GstRate(models.Model):
    """The GST rate of an HSN code from a date on, until the next one."""

    hsn = ParentalKey(HsnCode, on_delete=models.CASCADE, related_name="rates")
    basis_points = models.PositiveIntegerField(
        validators=[MaxValueValidator(10_000)], help_text="Hundredths of a percent: 500 is 5 %, 1800 is 18 %."
    )
    valid_from = models.DateField(help_text="The first day on which this rate holds.")

    class Meta:
        ordering = ["-valid_from"]
        constraints = [models.UniqueConstraint(fields=["hsn", "valid_from"], name="one_rate_for_each_day")]

    def __str__(self) -> str:
        return f"{percent(self.basis_points)} from {self.valid_from}"
