"""What the search field suggests while somebody types: makers and genres to look at, and the models that fit best."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext

from catalog.cards import Card
from catalog.listing import found
from catalog.models import Brand, CatalogPage, Genre, ProductPage
from catalog.query import ListingQuery
from catalog.search.understanding import Search, beginning, understand
from catalog.search.words import split

MODELS = 5
SHELVES = 3
SHORTEST = 2
"""Characters from which something is suggested; fewer would fit everything."""


@dataclass(frozen=True)
class Shelf:
    """A maker or genre whose name was begun, with the address of its models."""

    label: str
    kind: str
    url: str


@dataclass(frozen=True)
class Suggestions:
    """What fits `text`; `corrected` is what was searched for instead of a misspelled one, "" when it was the same."""

    text: str
    shelves: list[Shelf]
    cards: list[Card]
    corrected: str
    all_url: str

    @property
    def number(self) -> int:
        """How many options there are."""
        return len(self.shelves) + len(self.cards) + bool(self.all_url)


def suggest(parameters: ListingQuery, request: HttpRequest) -> Suggestions | None:
    """Return suggestions for what was typed so far, None when it is too short or nothing fits."""
    shop = CatalogPage.objects.live().first()
    search = understand(parameters.text)
    if shop is None or sum(map(len, search.words)) < SHORTEST:
        return None
    base = shop.get_url(request) or ""
    cards = found(search, request=request, limit=MODELS)
    shelves = _shelves(search, base)
    if not cards and not shelves:
        return None
    all_url = base + ListingQuery(text=parameters.text).encoded() if cards else ""
    return Suggestions(parameters.text, shelves, cards, search.corrected, all_url)


def _shelves(search: Search, base: str) -> list[Shelf]:
    """Return the makers and genres with live products in whose name every word begins some word."""
    found = []
    for facet, kind, labels in (("brand", gettext("maker"), Brand.objects), ("genre", gettext("genre"), Genre.objects)):
        carried = Exists(ProductPage.objects.live().filter(**{facet: OuterRef("pk")}))
        for label in labels.filter(carried):
            names = split(label.name)
            if all(any(name.startswith(beginning(word)) for name in names) for word in search.words):
                url = base + ListingQuery().toggled(facet, label.slug).encoded()
                found.append(Shelf(label.name, kind, url))
    return found[:SHELVES]
