"""The sellable unit: a product in one colour, box or edition, with its SKU and price."""

from typing import Any

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from catalog.fields import PaiseField, SkuField

SKU_PATTERN = r"^[A-Z0-9][A-Z0-9-]{1,39}$"


class Variant(Orderable):
    """One SKU of a product. Its price is content, drafted with the page; its stock is not (see `Stock`).

    Rows are never deleted by publishing: what a revision leaves out becomes inactive (`catalog/variants.py`).
    """

    page = ParentalKey("catalog.ProductPage", on_delete=models.CASCADE, related_name="variants")
    sku = SkuField(
        "SKU",
        max_length=40,
        unique=True,
        validators=[RegexValidator(SKU_PATTERN, "Use capital letters, digits and hyphens, such as CG43-TX-0007.")],
        help_text="Shop and scale, series, number, such as CG43-TX-0007. It never changes once stock has moved.",
    )
    option = models.CharField(
        max_length=60, blank=True, help_text="What sets it apart, such as Ivory. Empty when there is only one variant."
    )
    price = PaiseField("selling price (₹)", help_text="In rupees, all taxes included, such as 1,899. 0 for a gift.")
    mrp = PaiseField("MRP (₹)", help_text="In rupees, as printed on the box. Never below the selling price.")
    weight_grams = models.PositiveIntegerField(
        "packed weight (g)", validators=[MinValueValidator(1)], help_text="With box and packing, such as 300."
    )
    low_stock_threshold = models.PositiveSmallIntegerField(
        "few are left at", null=True, blank=True, help_text="Such as 2. Empty: as in the shop's settings."
    )
    is_active = models.BooleanField("for sale", default=True, help_text="Untick instead of deleting.")

    panels = [
        FieldRowPanel([FieldPanel("sku"), FieldPanel("option")]),
        # A draft is text and may lack them; `catalog/variants.py` keeps what is not whole out of the rows.
        FieldRowPanel([FieldPanel(name, required_on_save=False) for name in ("price", "mrp", "weight_grams")]),
        FieldRowPanel([FieldPanel("low_stock_threshold"), FieldPanel("is_active")]),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(mrp__gt=0),
                name="mrp_is_positive",
                violation_error_message="The MRP must be more than ₹0.",
            ),
            models.CheckConstraint(
                condition=Q(price__lte=F("mrp")),
                name="price_never_exceeds_mrp",
                violation_error_message="The selling price may not exceed the MRP (Legal Metrology rules).",
            ),
            models.CheckConstraint(
                condition=Q(weight_grams__gt=0),
                name="weight_is_positive",
                violation_error_message="The weight must be more than 0 g.",
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def title(self) -> str:
        """The name that carts, orders and invoices show: "Hooghly '62 Saloon, Ivory"."""
        return f"{self.page.title}, {self.option}" if self.option else str(self.page.title)

    @property
    def is_for_sale(self) -> bool:
        """True when the page is live and the variant is active. Says nothing about stock."""
        return self.is_active and bool(self.page.live)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Leave it to `variants.lacks`: a draft need not be whole, and an editor is told at the field."""

    def _get_unique_checks(self, *args: Any, **kwargs: Any) -> Any:
        # Whether a SKU is taken depends on the page: a draft may hold a variant that was published meanwhile and
        # does not know its primary key yet. ProductPageForm checks it; the column stays unique in the database.
        unique_checks, date_checks = super()._get_unique_checks(*args, **kwargs)
        return [check for check in unique_checks if check[1] != ("sku",)], date_checks
