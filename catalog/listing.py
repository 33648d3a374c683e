"""The only door for listings: search, facets with counts, sort and paging, in few queries."""

from dataclasses import dataclass

from django.core.paginator import Page as PageOfCards
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from catalog import facets, prices
from catalog.cards import Card, build_cards, card_image, for_sale, in_stock, read_shelf
from catalog.facets import Chip, Facet, Option
from catalog.models import CatalogPage, ProductPage, ShopSettings
from catalog.money import plain_rupees
from catalog.query import SORTS, ListingQuery
from catalog.search.promoted import Promotion, promotions
from catalog.search.understanding import Search, understand
from catalog.tally import Tally, taken
from catalog.vain import Help, help_with

__all__ = ["Card", "Chip", "Facet", "Listing", "Option", "build_listing", "card_image", "newest_first", "tally"]

PAGE_SIZE = 24
COLUMNS = {"scale": "scale", "brand": "brand__slug", "genre": "genre__slug", "condition": "condition"}


class KnownCount(Paginator[Card]):
    """A paginator whose number of items the facets have counted already."""

    def __init__(self, total: int) -> None:
        super().__init__([], PAGE_SIZE)
        self.total = total

    @cached_property
    def count(self) -> int:
        """The number of products in all pages."""
        return self.total


@dataclass(frozen=True)
class Listing:
    """Everything that the listing's template shows. `min` and `max` are rupee text, `query` is the searched text.

    `corrected` is the text that was searched for instead, "" when it was the same. `help` is there when nothing is.
    """

    cards: list[Card]
    total: int
    showing: str
    facets: list[Facet]
    bands: list[Option]
    chips: list[Chip]
    clear_url: str
    sorts: list[tuple[str, str, bool]]
    query: str
    corrected: str
    promotions: list[Promotion]
    help: Help | None
    min: str
    max: str
    page_obj: PageOfCards[Card]
    page_links: list[tuple[int, str, bool]]
    previous_url: str
    next_url: str

    @property
    def filters_on(self) -> int:
        """How many filters are on; the searched text is none."""
        return len(self.chips) - bool(self.query)

    @property
    def is_first_look(self) -> bool:
        """Whether somebody has just searched, and not yet filtered or turned a page."""
        return bool(self.query) and not self.filters_on and self.page_obj.number == 1


def build_listing(*, page: CatalogPage, request: HttpRequest) -> Listing:
    """Return the listing of a catalogue page as the address asks for it. Never raises for odd parameters."""
    shop = ShopSettings.for_request(request)
    base = page.get_url(request) or ""
    products = for_sale().filter(path__startswith=page.path, depth=page.depth + 1)
    asked = ListingQuery.read(request.GET)
    search = understand(asked.text) if asked.text else None
    counted = taken(asked, search, products)
    query, total = counted.query, counted.total()
    page_obj = KnownCount(total).get_page(query.page)
    shelf = read_shelf(_page_of(_sorted(_matching(products, query, search), query.order, search), page_obj))
    return Listing(
        cards=build_cards(shelf, request=request, threshold=shop.low_stock_threshold),
        total=total,
        showing=facets.sentence(counted),
        facets=facets.build_facets(counted, base),
        bands=facets.build_bands(counted, base),
        chips=facets.build_chips(counted, base),
        clear_url=base + ListingQuery(sort=query.sort).encoded(),
        sorts=_sorts(query),
        query=query.text,
        corrected=search.corrected if search and total else "",
        promotions=promotions(search, request) if search and page_obj.number == 1 else [],
        help=None if total else help_with(search, counted, products, base),
        min=plain_rupees(query.low) if query.low is not None else "",
        max=plain_rupees(query.high) if query.high is not None else "",
        page_obj=page_obj,
        page_links=_page_links(page_obj, query, base),
        previous_url=base + query.encoded(page_obj.number - 1) if page_obj.has_previous() else "",
        next_url=base + query.encoded(page_obj.number + 1) if page_obj.has_next() else "",
    )


def newest_first() -> QuerySet[ProductPage]:
    """Return the products for sale, the newest first and what is sold out last."""
    return _sorted(for_sale(), "newest")


def found(search: Search, *, request: HttpRequest, limit: int) -> list[Card]:
    """Return the cards of the products that answer best to a search, sold-out ones last."""
    shop = ShopSettings.for_request(request)
    shelf = read_shelf(_sorted(for_sale().filter(search.condition()), "best", search)[:limit])
    return build_cards(shelf, request=request, threshold=shop.low_stock_threshold)


def tally() -> Tally:
    """Return everything that is for sale counted by scale, maker and genre, in one query."""
    return taken(ListingQuery(), None, for_sale())


def _matching(products: QuerySet[ProductPage], query: ListingQuery, search: Search | None) -> QuerySet[ProductPage]:
    """Return the products that match everything in the query."""
    conditions = [prices.within(query.low, query.high), *([search.condition()] if search else [])]
    for facet, column in COLUMNS.items():
        if query.chosen(facet):
            conditions.append(Q(**{f"{column}__in": query.chosen(facet)}))
    if query.available:
        conditions.append(Q(in_stock()))
    return products.filter(*conditions)


def _sorted(products: QuerySet[ProductPage], sort: str, search: Search | None = None) -> QuerySet[ProductPage]:
    """Return the products in order; the usual orders put what is sold out last."""
    if sort == "name":
        return products.order_by("title", "pk")
    if sort in ("price", "-price"):
        order = F("lowest").asc() if sort == "price" else F("lowest").desc()
        priced: QuerySet[ProductPage] = products.annotate(lowest=prices.lowest()).order_by(order, "pk")
        return priced
    latest = [F("first_published_at").desc(nulls_last=True), "-pk"]
    stocked = products.annotate(has_stock=in_stock())
    if sort == "best" and search:
        best: QuerySet[ProductPage] = stocked.order_by("-has_stock", search.closeness(), *latest)
        return best
    usual: QuerySet[ProductPage] = stocked.order_by("-has_stock", *latest)
    return usual


def _page_of(products: QuerySet[ProductPage], page: PageOfCards[Card]) -> QuerySet[ProductPage]:
    """Return the products of one page, and ask for none when the facets have counted none."""
    first = (page.number - 1) * PAGE_SIZE
    return (products if page.paginator.count else products.none())[first : first + PAGE_SIZE]


def _sorts(query: ListingQuery) -> list[tuple[str, str, bool]]:
    """Return value, label and whether it is chosen of each order that this listing may have."""
    fitting = [value for value in SORTS if query.text or value != "best"]
    return [(value, str(SORTS[value]), value == query.order) for value in fitting]


def _page_links(page: PageOfCards[Card], query: ListingQuery, base: str) -> list[tuple[int, str, bool]]:
    """Return number, address and whether it is this one, for the first, the last and the pages around this one."""
    last = page.paginator.num_pages
    if last < 2:
        return []
    numbers = sorted({1, last, *range(max(1, page.number - 2), min(last, page.number + 2) + 1)})
    return [(number, base + query.encoded(number), number == page.number) for number in numbers]
