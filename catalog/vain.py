"""What a listing in which nothing is offers instead: another spelling, fewer words, the shelves of the shop."""

from dataclasses import dataclass

from django.db.models import QuerySet

from catalog.facets import Option, build_shelves
from catalog.models.pages import ProductPage
from catalog.query import ListingQuery
from catalog.search.understanding import Search, understand
from catalog.tally import Tally


@dataclass(frozen=True)
class Help:
    """`spelling` and `words` are texts with the addresses that search for them, `shelves` are scales and genres."""

    spelling: tuple[str, str] | None
    words: list[tuple[str, str]]
    shelves: list[Option]


def help_with(search: Search | None, tally: Tally, products: QuerySet[ProductPage], base: str) -> Help:
    """Return the ways out of an empty listing. Nothing is suggested that finds nothing."""
    spelling, words = None, []
    if search:
        better = search.suggestion
        if better and products.filter(understand(better).condition()).exists():
            spelling = (better, _searching(better, base))
        words = [(word, _searching(word, base)) for word in search.alone]
    shelves = [*build_shelves("genre", tally, base), *build_shelves("scale", tally, base)]
    return Help(spelling, words, shelves)


def _searching(text: str, base: str) -> str:
    return base + ListingQuery(text=text).encoded()
