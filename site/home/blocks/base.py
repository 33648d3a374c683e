"""What every block of the shop has in common: it says what it shows, and all that a page shows is read together."""

from dataclasses import dataclass
from typing import Any

from wagtail.blocks import StructBlock


@dataclass(frozen=True)
class Wants:
    """What blocks show: products and pictures by key, how many new products and stories, and if shelves are counted."""

    products: tuple[int, ...] = ()
    newest: int = 0
    counts: bool = False
    stories: int = 0
    images: tuple[int, ...] = ()

    def __add__(self, other: "Wants") -> "Wants":
        return Wants(
            products=self.products + other.products,
            newest=max(self.newest, other.newest),
            counts=self.counts or other.counts,
            stories=max(self.stories, other.stories),
            images=self.images + other.images,
        )


class ShopBlock(StructBlock):
    """A block that may show products, counts, stories and pictures."""

    def wants(self, value: Any) -> Wants:
        """Return what `value` shows beside its own words."""
        return Wants()

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return what the template needs of the page's display."""
        return {}

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add this block's share of what the page has read; alone, as in a preview, it reads for itself."""
        # The display reads models whose pages have these blocks.
        from home.display import read_display

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        display = context.get("display") or read_display([(self, value)], context.get("request"))
        return {**context, **self.furnish(value, display)}
