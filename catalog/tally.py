"""The products of a listing counted by every combination of what they may be filtered by, in one query."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from catalog import prices
from catalog.cards import in_stock
from catalog.models.pages import ProductPage
from catalog.query import FACETS, ListingQuery
from catalog.search.understanding import Search

COLUMNS = ("scale", "condition", "brand__slug", "brand__name", "genre__slug", "genre__name", "genre__sort_order")


@dataclass(frozen=True)
class Row:
    """One combination of values: products in the catalogue, those that match the text, those that match price too."""

    values: dict[str, str]
    number: int
    found: int
    priced: int


@dataclass(frozen=True)
class Tally:
    """The rows for a query. From these few follow the count of every option and the total without another query."""

    query: ListingQuery
    rows: list[Row]
    labels: dict[str, dict[str, str]]

    def total(self) -> int:
        """How many products match everything."""
        return sum(row.priced for row in self.rows if self._fits(row.values))

    def everything(self) -> int:
        """How many products the catalogue has."""
        return sum(row.number for row in self.rows)

    def counts(self, facet: str) -> Counter[str]:
        """Return how many products each value of a facet, or each "price" band, would show with the other filters."""
        found: Counter[str] = Counter()
        for row in self.rows:
            if self._fits(row.values, besides=facet):
                found[row.values[facet]] += row.found if facet == "price" else row.priced
        return found

    def shelves(self, facet: str) -> Counter[str]:
        """Return how many products of the whole catalogue each value of a facet has."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found[row.values[facet]] += row.number
        return found

    def _fits(self, values: dict[str, str], besides: str = "") -> bool:
        for facet in FACETS:
            chosen = self.query.chosen(facet)
            if facet != besides and chosen and values[facet] not in chosen:
                return False
        return besides == "available" or not self.query.available or values["available"] == "1"


def taken(query: ListingQuery, search: Search | None, products: QuerySet[ProductPage]) -> Tally:
    """Return the tally of `products`; its query is the one asked for, without values that no product has."""
    text = search.condition() if search else Q(pk__isnull=False)
    grouped = (
        products.annotate(has_stock=in_stock(), band=prices.band())
        .order_by()
        .values(*COLUMNS, "has_stock", "band")
        .annotate(number=Count("pk"), found=Count("pk", filter=text))
    )
    if query.low is not None or query.high is not None:
        grouped = grouped.annotate(priced=Count("pk", filter=text & prices.within(query.low, query.high)))
    rows, labels = [], _Labels()
    for row in grouped:
        values = labels.read(row)
        rows.append(Row(values, row["number"], row["found"], row.get("priced", row["found"])))
    ordered = labels.ordered()
    known = {facet: tuple(v for v in query.chosen(facet) if v in ordered[facet]) for facet in FACETS}
    return Tally(query=query.without(**known), rows=rows, labels=ordered)


class _Labels:
    """Collects the values of each facet with their labels and their order."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, tuple[Any, str]]] = {facet: {} for facet in FACETS}

    def read(self, row: dict[str, Any]) -> dict[str, str]:
        """Remember the labels in a row and return its value for each facet."""
        scale, brand, genre = row["scale"], row["brand__slug"], row["genre__slug"] or ""
        condition = ProductPage.Condition(row["condition"])
        self.seen["scale"][scale] = (int(scale.partition(":")[2] or 0), scale)
        self.seen["brand"][brand] = (row["brand__name"].casefold(), row["brand__name"])
        self.seen["condition"][condition.value] = (list(ProductPage.Condition).index(condition), str(condition.label))
        if genre:
            self.seen["genre"][genre] = ((row["genre__sort_order"], row["genre__name"]), row["genre__name"])
        values = {"scale": scale, "brand": brand, "genre": genre, "condition": condition.value}
        return {**values, "available": "1" if row["has_stock"] else "", "price": str(row["band"])}

    def ordered(self) -> dict[str, dict[str, str]]:
        """Return label by value for each facet, in the order in which they are shown."""
        return {
            facet: {value: label for value, (_, label) in sorted(seen.items(), key=lambda item: item[1])}
            for facet, seen in self.seen.items()
        }
