"""The catalogue and its products, as pages that editors draft, preview, schedule and publish."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from catalog import previews, publishing, variants
from catalog.forms import ProductCopyForm, ProductPageForm, TopPageForm
from catalog.models.images import ShopImage
from catalog.models.labels import Brand, Genre
from catalog.models.tax import HsnCode
from catalog.models.video import Video

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]


class CatalogPage(Page):
    """The listing of everything that is for sale."""

    introduction = RichTextField(blank=True, features=TEXT_FEATURES, help_text="One or two sentences above the list.")

    base_form_class = TopPageForm
    parent_page_types = ["home.HomePage"]
    subpage_types = ["catalog.ProductPage"]
    max_count_per_parent = 1
    page_description = "The shop: lists every product below it, with search and filters."
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = "catalogue"

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find a product and its labels in one query; Wagtail takes two for the page and one for each label."""
        if len(path_components) != 1:
            return super().route(request, path_components)
        products = ProductPage.objects.child_of(self).select_related("brand", "genre", "hsn", "video__poster")
        return get_object_or_404(products, slug=path_components[0]).route(request, [])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the `listing` that the address asks for."""
        # The listing reads these models, so it can only be imported once they are loaded.
        from catalog.listing import build_listing

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["listing"] = build_listing(page=self, request=request)
        return context


class ProductPage(Page):
    """One model car, in one or several variants."""

    class Scale(models.TextChoices):
        ONE_12 = "1:12", "1:12"
        ONE_18 = "1:18", "1:18"
        ONE_24 = "1:24", "1:24"
        ONE_32 = "1:32", "1:32"
        ONE_43 = "1:43", "1:43"
        ONE_50 = "1:50", "1:50"
        ONE_64 = "1:64", "1:64"
        ONE_87 = "1:87", "1:87"

    class Condition(models.TextChoices):
        NEW = "new", _("New")
        MINT_BOXED = "mint_boxed", _("Mint, boxed")
        OPENED = "opened", _("Opened, complete")
        PRE_OWNED = "pre_owned", _("Pre-owned")

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products", verbose_name="maker")
    genre = models.ForeignKey(Genre, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    scale = models.CharField(max_length=5, choices=Scale.choices, db_index=True)
    model_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the real car, such as 1962.")
    material = models.CharField(max_length=80, blank=True, help_text="Such as Die-cast zinc, ABS, rubber.")
    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.NEW)
    edition_size = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Such as 640. Empty when not limited."
    )
    per_person_limit = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Pieces for one person. Empty: no limit."
    )
    is_new_arrival = models.BooleanField("new arrival", default=False)
    curators_note = models.TextField(blank=True, help_text="Two or three plain sentences: why this one.")
    description = RichTextField(blank=True, features=TEXT_FEATURES)
    hsn = models.ForeignKey(
        HsnCode, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name="HSN code"
    )
    video = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, blank=True, related_name="products")
    length_mm = models.PositiveSmallIntegerField("length (mm)", null=True, blank=True)
    width_mm = models.PositiveSmallIntegerField("width (mm)", null=True, blank=True)
    height_mm = models.PositiveSmallIntegerField("height (mm)", null=True, blank=True)
    opening_parts = models.CharField(max_length=120, blank=True, help_text="Such as Bonnet, doors.")
    country_of_origin = models.CharField(max_length=60, default="India")
    maker_address = models.TextField(
        "made and packed, or imported, by", blank=True, help_text="Name and full address, as the box declares it."
    )
    packed_on = models.DateField(null=True, blank=True, help_text="Pages show the month and year.")

    base_form_class = ProductPageForm
    copy_form_class = ProductCopyForm
    parent_page_types = ["catalog.CatalogPage"]
    subpage_types: list[str] = []
    page_description = "One model car with photos, price and variants."
    # A SKU is one sellable thing: a copy gets them with SKUs of its own (`variants.copy_without_skus`).
    exclude_fields_in_copy = ["variants"]
    search_fields = [*Page.search_fields, index.SearchField("curators_note"), index.FilterField("scale")]

    content_panels = [
        TitleFieldPanel("title", help_text="As on the box, without maker and scale, such as Hooghly '62 Saloon."),
        FieldRowPanel(
            [
                FieldPanel("brand", help_text="Who made the model. New ones are added under Labels."),
                FieldPanel("genre", help_text="The shelf on which shoppers look for it."),
                FieldPanel("scale", help_text="Such as 1:43."),
            ]
        ),
        InlinePanel(
            "photos",
            heading="Photos",
            label="photo",
            min_num=1,
            help_text="At least one, better three; the first leads.",
        ),
        FieldPanel(
            "video", help_text="A short film, after the photos. Nothing of it is loaded before somebody plays it."
        ),
        InlinePanel("variants", heading="Variants and prices", label="variant", min_num=1),
        FieldPanel("curators_note"),
        FieldPanel("description", help_text="What one sees and can open, such as Bonnet and doors open; rubber tyres."),
        MultiFieldPanel(
            [
                FieldPanel("is_new_arrival", help_text="Shown among the arrivals until you untick it."),
                FieldRowPanel([FieldPanel("edition_size"), FieldPanel("per_person_limit")]),
                FieldPanel("condition", help_text="Of model and box, such as New."),
            ],
            heading="How it is sold",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("model_year"), FieldPanel("material")]),
                FieldRowPanel(
                    [
                        FieldPanel("length_mm", help_text="Of the model, such as 98."),
                        FieldPanel("width_mm", help_text="Such as 38."),
                        FieldPanel("height_mm", help_text="Such as 34."),
                    ]
                ),
                FieldPanel("opening_parts"),
            ],
            heading="Specification",
        ),
        MultiFieldPanel(
            [
                FieldPanel("hsn", help_text="Decides the GST, such as 9503."),
                FieldRowPanel(
                    [
                        FieldPanel("country_of_origin", help_text="As on the box, such as India."),
                        FieldPanel("packed_on"),
                    ]
                ),
                FieldPanel("maker_address"),
            ],
            heading="Tax and legal declarations",
        ),
    ]

    class Meta:
        verbose_name = "product"
        permissions = [("approve_prices", "Can approve new prices")]

    @property
    def preview_modes(self) -> list[Any]:
        """The days on which an editor can look at the product."""
        return previews.MODES

    def serve_preview(self, request: HttpRequest, mode_name: str) -> Any:
        """Show the page as on that day; before it is published nobody finds it."""
        if mode_name == previews.UNPUBLISHED:
            return TemplateResponse(request, "404.html", {"page": self})
        return super().serve_preview(request, mode_name)

    @classmethod
    def from_serializable_data(cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False) -> Any:
        """Build a page from a revision, with living labels where the revision names deleted ones."""
        return super().from_serializable_data(variants.with_living_labels(data), check_fks, strict_fks)

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """Return the page as a revision has it, with every variant that exists: none can be lost by an old draft."""
        page = super().with_content_json(content)
        variants.complete(page)
        return page

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the page; a variant that a revision leaves out becomes inactive instead of being deleted."""
        fields = kwargs.get("update_fields")
        left_out = variants.settle(self) if fields is None or "variants" in fields else []
        super().save(*args, **kwargs)
        variants.open_stock(self)
        variants.keep_in_mind(self, left_out)

    def publish(
        self, revision: Any, user: Any = None, changed: bool = True, log_action: Any = True, **more: Any
    ) -> Any:
        """Publish a revision, unless it lacks what the law or the shop needs. Raises NotReady when a person does it."""
        if publishing.refuse(revision, user=user, log_action=log_action):
            return None
        return super().publish(revision, user=user, changed=changed, log_action=log_action, **more)

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete the page unless its stock has moved. Raises ProtectedError then."""
        variants.forget_unmoved(self)
        return super().delete(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the product page shows; `?variant=<sku>` selects one of its variants."""
        # The product view reads these models, so it can only be imported once they are loaded.
        from catalog.product import product_context

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context.update(product_context(page=self, request=request))
        return context


class ProductPhoto(Orderable):
    """One picture of a product, in the order in which the gallery shows them."""

    page = ParentalKey(ProductPage, on_delete=models.CASCADE, related_name="photos")
    image = models.ForeignKey(ShopImage, on_delete=models.CASCADE, related_name="+")
    alt_text = models.CharField(
        "alternative text",
        max_length=200,
        help_text="What the picture shows, for people who cannot see it: Black and yellow taxi from the right.",
    )
    caption = models.CharField(max_length=200, blank=True)

    panels = [FieldPanel("image"), FieldPanel("alt_text"), FieldPanel("caption")]

    def __str__(self) -> str:
        return self.alt_text
