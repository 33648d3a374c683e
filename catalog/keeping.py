"""Models that a browser or an account has kept the numbers of: their cards, and which of them are no longer here."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from catalog.cards import Card, build_cards, for_sale, read_shelf
from catalog.models import ShopSettings

MOST = 48
"""As many cards are shown at once; the script keeps no more numbers than that."""


@dataclass(frozen=True)
class Kept:
    """The cards in the order of their numbers, and the numbers of which there is no card."""

    cards: list[Card]
    gone: list[int]

    @property
    def sold_out(self) -> int:
        """How many of the cards nobody can buy now."""
        return sum(card.availability.is_sold_out for card in self.cards)


def numbers(text: str) -> list[int]:
    """Return the numbers of "12,7,31". What is none is passed over, and so is what comes after the first 48."""
    return list(dict.fromkeys(_numbers(text.split(","))))[:MOST]


def look(numbers: list[int], request: HttpRequest) -> Kept:
    """Return the cards of these product pages, in their order."""
    shelf = read_shelf(for_sale().filter(pk__in=numbers))
    found = build_cards(shelf, request=request, threshold=ShopSettings.for_request(request).low_stock_threshold)
    cards = {card.pk: card for card in found}
    return Kept([cards[pk] for pk in numbers if pk in cards], [pk for pk in numbers if pk not in cards])


def _numbers(parts: Iterable[str]) -> Iterable[int]:
    # More digits than a primary key has are no number of ours, and a database refuses to compare with them.
    return (int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 16)
