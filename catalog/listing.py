"""The only door for listings: search, facets with counts, sort and paging, in few queries."""

from dataclasses import dataclass

from django.core.paginator import Page as PageOfCards
from django.core.paginator import Paginator
from django.db.models import F, Min, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.functional import cached_property

from catalog import facets
from catalog.cards import Card, active_variants, build_cards, card_image, for_sale, in_stock, read_shelf
from catalog.facets import Chip, Facet, Option, Tally
from catalog.models import CatalogPage, ProductPage, ShopSettings
from catalog.money import plain_rupees
from catalog.query import FACETS, SORTS, ListingQuery

__all__ = ["Card", "Chip", "Facet", "Listing", "Option", "build_listing", "card_image", "newest_first", "tally"]

PAGE_SIZE = 24


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
    """Everything that the listing's template shows. `min` and `max` are rupee text, `query` is the searched text."""

    cards: list[Card]
    total: int
    showing: str
    facets: list[Facet]
    chips: list[Chip]
    clear_url: str
    sorts: list[tuple[str, str, bool]]
    query: str
    min: str
    max: str
    page_obj: PageOfCards[Card]
    page_links: list[tuple[int, str, bool]]
    previous_url: str
    next_url: str


def build_listing(*, page: CatalogPage, request: HttpRequest) -> Listing:
    """Return the listing of a catalogue page as the address asks for it. Never raises for odd parameters."""
    shop = ShopSettings.for_request(request)
    base = page.get_url(request) or ""
    products = for_sale().filter(path__startswith=page.path, depth=page.depth + 1)
    query, counted = facets.understood(ListingQuery.read(request.GET), products)
    total = counted.total()
    page_obj = KnownCount(total).get_page(query.page)
    first = (page_obj.number - 1) * PAGE_SIZE
    rows = _sorted(_matching(products, query), query.sort)[first : first + PAGE_SIZE]
    shelf = read_shelf(rows if total else rows.none())
    return Listing(
        cards=build_cards(shelf, request=request, threshold=shop.low_stock_threshold),
        total=total,
        showing=facets.sentence(counted),
        facets=[facets.build_facet(name, counted, base) for name in (*FACETS, "available")],
        chips=facets.build_chips(counted, base),
        clear_url=base + ListingQuery(sort=query.sort).encoded(),
        sorts=[(value, label, value == query.sort) for value, label in SORTS.items()],
        query=query.text,
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


def tally() -> Tally:
    """Return everything that is for sale counted by scale, maker and genre, in one query."""
    return facets.understood(ListingQuery(), for_sale())[1]


def _matching(products: QuerySet[ProductPage], query: ListingQuery) -> QuerySet[ProductPage]:
    """Return the products that match everything in the query."""
    conditions = facets.conditions(query)
    for facet, column in (("scale", "scale__in"), ("brand", "brand__slug__in"), ("genre", "genre__slug__in")):
        if query.chosen(facet):
            conditions.append(Q(**{column: query.chosen(facet)}))
    if query.available:
        conditions.append(Q(in_stock()))
    return products.filter(*conditions)


def _sorted(products: QuerySet[ProductPage], sort: str) -> QuerySet[ProductPage]:
    """Return the products in order; the default order puts what is sold out last."""
    if sort == "name":
        return products.order_by("title", "pk")
    if sort in ("price", "-price"):
        lowest = active_variants().order_by().values("page_id").annotate(lowest=Min("price")).values("lowest")
        order = F("lowest").asc() if sort == "price" else F("lowest").desc()
        priced: QuerySet[ProductPage] = products.annotate(lowest=Subquery(lowest)).order_by(order, "pk")
        return priced
    latest = F("first_published_at").desc(nulls_last=True)
    default: QuerySet[ProductPage] = products.annotate(has_stock=in_stock()).order_by("-has_stock", latest, "-pk")
    return default


def _page_links(page: PageOfCards[Card], query: ListingQuery, base: str) -> list[tuple[int, str, bool]]:
    """Return number, address and whether it is this one, for the first, the last and the pages around this one."""
    last = page.paginator.num_pages
    if last < 2:
        return []
    numbers = sorted({1, last, *range(max(1, page.number - 2), min(last, page.number + 2) + 1)})
    return [(number, base + query.encoded(number), number == page.number) for number in numbers]
