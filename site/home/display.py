"""What the blocks of a page show of catalogue and journal, read together in a few queries for any number of cars."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from catalog import listing
from catalog.cards import Card, build_cards, for_sale, read_shelf
from catalog.models import ShopImage, ShopSettings
from catalog.tally import Tally
from home.blocks.base import ShopBlock, Wants
from home.models import StoryPage
from home.stories import newest_stories


@dataclass(frozen=True)
class Display:
    """Cards and pictures by key, the newest products, the counted shelves (None when nobody asks), and stories."""

    cards: dict[int, Card]
    images: dict[int, ShopImage]
    newest_keys: list[int]
    counts: Tally | None
    stories: list[StoryPage]

    def card(self, product: Any) -> Card | None:
        """Return the card of a chosen product, or None when it is gone or not for sale."""
        return self.cards.get(product.pk) if product else None

    def image(self, chosen: Any) -> ShopImage | None:
        """Return a chosen picture, or None when it is gone."""
        return self.images.get(chosen.pk) if chosen else None

    def newest(self, number: int) -> list[Card]:
        """Return the newest cards."""
        return [self.cards[pk] for pk in self.newest_keys[:number] if pk in self.cards]


def read_display(blocks: Iterable[tuple[Any, Any]], request: HttpRequest | None, also: Wants | None = None) -> Display:
    """Read what `blocks`, pairs of block and value, show, and what the page shows `also`."""
    wants = also or Wants()
    for block, value in blocks:
        if isinstance(block, ShopBlock):
            wants += block.wants(value)
    newest = list(listing.newest_first().values_list("pk", flat=True)[: wants.newest]) if wants.newest else []
    stories = list(newest_stories()[: wants.stories]) if wants.stories else []
    images = ShopImage.objects.in_bulk(wants.images) if wants.images else {}
    pictured = [*images.values(), *(story.picture for story in stories if story.picture)]
    shelf = read_shelf(for_sale().filter(pk__in={*wants.products, *newest}), pictured=pictured)
    shop = ShopSettings.for_request(request) if request else ShopSettings.current()
    cards = build_cards(shelf, request=request, threshold=shop.low_stock_threshold)
    return Display(
        cards={card.pk: card for card in cards},
        images=images,
        newest_keys=newest,
        counts=listing.tally() if wants.counts else None,
        stories=stories,
    )
