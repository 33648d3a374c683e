"""Blocks that show what is for sale. Prices and stock are read when the page is shown, never stored in a block."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, IntegerBlock, ListBlock, TextBlock

from catalog.query import ListingQuery
from home.blocks.base import ShopBlock, Wants
from home.blocks.choosers import PictureBlock, ProductChooserBlock

SCALE_WORDS = {
    "1:87": _("railway size"),
    "1:64": _("pocket-size"),
    "1:50": _("working trucks"),
    "1:43": _("the collector’s classic"),
    "1:32": _("slot-car size"),
    "1:24": _("shelf pieces"),
    "1:18": _("full detail"),
    "1:12": _("the big ones"),
}
SAMPLE = 4


def sample_products(number: int) -> list[int]:
    """Return the keys of products to show in a preview."""
    # The listing reads models, so it can only be imported once they are loaded.
    from catalog.listing import newest_first

    return list(newest_first().values_list("pk", flat=True)[:number])


class HeroBlock(ShopBlock):
    """The yellow top of the home page, with one car and its price."""

    title = CharBlock(max_length=80, help_text=_("Short and plain, such as “The city cab, at one forty-third.”"))
    text = TextBlock(required=False, max_length=240, help_text=_("One or two sentences below the title."))
    image = PictureBlock(required=False, help_text=_("A cut-out on a transparent ground looks best."))
    product = ProductChooserBlock(required=False, help_text=_("What the button opens. Its price is shown beside it."))
    button = CharBlock(
        required=False, max_length=40, help_text=_("Such as “See the cab”. Empty: “See the” and the product’s name.")
    )

    class Meta:
        icon = "pick"
        group = _("For sale")
        template = "home/blocks/hero.html"
        label = _("Hero")
        description = _("The top of the page: a large title, a cut-out car and one button. It stands first.")

    def wants(self, value: Any) -> Wants:
        """Return the product and the picture."""
        product, image = value["product"], value["image"]
        return Wants(products=(product.pk,) if product else (), images=(image.pk,) if image else ())

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return the product's card, which one that is no longer for sale lacks, and the picture."""
        return {"card": display.card(value["product"]), "image": display.image(value["image"])}

    def get_preview_value(self) -> Any:
        """Return a hero with the newest product."""
        found = [*sample_products(1), None][0]
        return self.to_python(
            {"title": "The city cab, at one forty-third.", "text": "Zinc body, rubber tyres.", "product": found}
        )


class FeaturedBlock(ShopBlock):
    """Products that an editor picked."""

    title = CharBlock(max_length=60, help_text=_("Such as “For the monsoon”."))
    layout = ChoiceBlock(
        choices=[
            ("grid", _("Grid: all alike")),
            ("lead", _("Lead: the first one large, the others beside it")),
            ("strip", _("Strip: one row that scrolls sideways")),
        ],
        default="grid",
        help_text=_("Lead looks best with five products, a strip with six or more."),
    )
    products = ListBlock(
        ProductChooserBlock(), min_num=2, max_num=12, help_text=_("Two to twelve. What is not for sale is left out.")
    )

    class Meta:
        icon = "table"
        group = _("For sale")
        template = "home/blocks/featured.html"
        label = _("Products")
        description = _("Two to twelve products that you pick, in one of three layouts, with today’s prices.")

    def wants(self, value: Any) -> Wants:
        """Return the products."""
        return Wants(products=tuple(product.pk for product in value["products"] if product))

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return the cards of what is for sale, in the editor's order."""
        return {"cards": [card for product in value["products"] if (card := display.card(product))]}

    def get_preview_value(self) -> Any:
        """Return some of the newest products."""
        return self.to_python({"title": "For the monsoon", "layout": "grid", "products": sample_products(SAMPLE)})


class ArrivalsBlock(ShopBlock):
    """The newest products, without anybody picking them."""

    title = CharBlock(max_length=60, default="Just parked", help_text=_("Such as “Just parked”."))
    number = IntegerBlock(
        min_value=4, max_value=12, default=8, help_text=_("From 4 to 12; multiples of four fill the rows.")
    )

    class Meta:
        icon = "date"
        group = _("For sale")
        template = "home/blocks/arrivals.html"
        label = _("New arrivals")
        description = _("The newest products, always up to date, with a link to all models.")

    def wants(self, value: Any) -> Wants:
        """Return how many are shown, and that all are counted."""
        return Wants(newest=value["number"], counts=True)

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return the newest cards and how many models there are."""
        return {"cards": display.newest(value["number"]), "total": display.counts.total()}

    def get_preview_value(self) -> Any:
        """Return one row."""
        return self.to_python({"title": "Just parked", "number": SAMPLE})


class BrowseBlock(ShopBlock):
    """The shelves of the shop, with what stands on each."""

    title = CharBlock(max_length=60, help_text=_("Such as “Browse by scale”."))
    by = ChoiceBlock(
        choices=[("scale", _("Scale")), ("genre", _("Genre")), ("brand", _("Maker"))],
        default="scale",
        help_text=_("Only shelves with something for sale are shown."),
    )

    class Meta:
        icon = "list-ul"
        group = _("For sale")
        template = "home/blocks/browse.html"
        label = _("Browse")
        description = _("Links to every scale, genre or maker that has something for sale.")

    def wants(self, value: Any) -> Wants:
        """Return that the shelves are counted."""
        return Wants(counts=True)

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return label, words, number of models and address of each shelf."""
        facet, shop = value["by"], reverse("wagtail_serve", args=["shop/"])
        numbers = display.counts.counts(facet)
        return {
            "shelves": [
                (label, SCALE_WORDS.get(name, ""), numbers[name], shop + ListingQuery().toggled(facet, name).encoded())
                for name, label in display.counts.labels[facet].items()
            ]
        }

    def get_preview_value(self) -> Any:
        """Return the scales."""
        return self.to_python({"title": "Browse by scale", "by": "scale"})
