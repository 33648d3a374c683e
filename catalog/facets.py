"""The facets of a listing: which filters there are, what each would show, and which are on."""

from collections import Counter
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Count, Exists, Q, QuerySet

from catalog.cards import active_variants, in_stock
from catalog.models.pages import ProductPage
from catalog.money import rupees
from catalog.query import FACETS, ListingQuery

NAMES = {"scale": "Scale", "brand": "Maker", "genre": "Genre", "available": "Availability"}


@dataclass(frozen=True)
class Option:
    """One value of a facet; `count` products would show with it, the other facets applied. `url` toggles it."""

    value: str
    label: str
    count: int
    selected: bool
    url: str


@dataclass(frozen=True)
class Facet:
    """A group of options."""

    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Chip:
    """A filter that is on, with the address that takes it off."""

    label: str
    remove_url: str


@dataclass
class Tally:
    """The products of the catalogue counted by every combination of facet values, in one query.

    `rows` are (values by facet, number in the catalogue, number that match text and price). From these few rows the
    count of every option follows without another query.
    """

    query: ListingQuery
    rows: list[tuple[dict[str, str], int, int]]
    labels: dict[str, dict[str, str]]

    def total(self) -> int:
        """How many products match everything."""
        return sum(matched for values, _, matched in self.rows if self._fits(values))

    def everything(self) -> int:
        """How many products the catalogue has."""
        return sum(number for _, number, _ in self.rows)

    def counts(self, facet: str) -> Counter[str]:
        """Return how many products each value of a facet would show, with the other facets applied."""
        found: Counter[str] = Counter()
        for values, _, matched in self.rows:
            if self._fits(values, besides=facet):
                found[values[facet]] += matched
        return found

    def _fits(self, values: dict[str, str], besides: str = "") -> bool:
        for facet in FACETS:
            chosen = self.query.chosen(facet)
            if facet != besides and chosen and values[facet] not in chosen:
                return False
        return besides == "available" or not self.query.available or values["available"] == "1"


def understood(query: ListingQuery, products: QuerySet[ProductPage]) -> tuple[ListingQuery, Tally]:
    """Return the query without unknown values of facets, and the tally of the catalogue for it."""
    matches = Count("pk", filter=reduce(and_, conditions(query), Q(pk__isnull=False)))
    grouped = (
        products.annotate(has_stock=in_stock())
        .order_by()
        .values("scale", "brand__slug", "brand__name", "genre__slug", "genre__name", "genre__sort_order", "has_stock")
        .annotate(number=Count("pk"), matched=matches)
    )
    rows, labels = [], _Labels()
    for row in grouped:
        values = labels.read(row)
        rows.append((values, row["number"], row["matched"]))
    ordered = labels.ordered()
    known = {facet: tuple(v for v in query.chosen(facet) if v in ordered[facet]) for facet in FACETS}
    query = query.without(**known)
    return query, Tally(query=query, rows=rows, labels=ordered)


class _Labels:
    """Collects the values of each facet with their labels and their order."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, tuple[Any, str]]] = {facet: {} for facet in FACETS}

    def read(self, row: dict[str, Any]) -> dict[str, str]:
        """Remember the labels in a row and return its value for each facet."""
        scale, brand, genre = row["scale"], row["brand__slug"], row["genre__slug"] or ""
        self.seen["scale"][scale] = (int(scale.partition(":")[2] or 0), scale)
        self.seen["brand"][brand] = (row["brand__name"].casefold(), row["brand__name"])
        if genre:
            self.seen["genre"][genre] = ((row["genre__sort_order"], row["genre__name"]), row["genre__name"])
        return {"scale": scale, "brand": brand, "genre": genre, "available": "1" if row["has_stock"] else ""}

    def ordered(self) -> dict[str, dict[str, str]]:
        """Return label by value for each facet, in the order in which they are shown."""
        found = {
            facet: {value: label for value, (_, label) in sorted(seen.items(), key=lambda item: item[1])}
            for facet, seen in self.seen.items()
        }
        return {**found, "available": {"1": "In stock"}}


def conditions(query: ListingQuery) -> list[Q]:
    """Return the conditions of text and price: every word is found somewhere, some variant has such a price."""
    found = [_word(word) for word in query.words]
    if query.low is not None or query.high is not None:
        priced = active_variants()
        priced = priced.filter(price__gte=query.low) if query.low is not None else priced
        priced = priced.filter(price__lte=query.high) if query.high is not None else priced
        found.append(Q(Exists(priced)))
    return found


def _word(word: str) -> Q:
    text = Q(title__icontains=word) | Q(brand__name__icontains=word) | Q(genre__name__icontains=word)
    return text | Q(curators_note__icontains=word) | Q(Exists(active_variants().filter(sku__icontains=word)))


def build_facet(name: str, tally: Tally, base: str) -> Facet:
    """Return a facet with the counts and toggling addresses of its options."""
    counts, query = tally.counts(name), tally.query
    options = []
    for value, label in tally.labels[name].items():
        if name == "available":
            selected, other = query.available, query.without(available=not query.available)
        else:
            selected, other = value in query.chosen(name), query.toggled(name, value)
        options.append(Option(value, label, counts[value], selected, base + other.encoded()))
    return Facet(name, NAMES[name], options)


def build_chips(tally: Tally, base: str) -> list[Chip]:
    """Return a chip for each filter that is on."""
    query = tally.query
    chips = [Chip(f"“{query.text}”", base + query.without(text="").encoded())] if query.text else []
    for facet in FACETS:
        for value in query.chosen(facet):
            label = tally.labels[facet][value]
            text = f"Scale {label}" if facet == "scale" else label
            chips.append(Chip(text, base + query.toggled(facet, value).encoded()))
    if query.low is not None:
        chips.append(Chip(f"From {rupees(query.low)}", base + query.without(low=None).encoded()))
    if query.high is not None:
        chips.append(Chip(f"Up to {rupees(query.high)}", base + query.without(high=None).encoded()))
    if query.available:
        chips.append(Chip("In stock", base + query.without(available=False).encoded()))
    return chips


def sentence(tally: Tally) -> str:
    """Return "148 models", "8 of 148 models, scale 1:43, in stock" or "None of 148 models, ..."."""
    total, everything = tally.total(), tally.everything()
    noun = "model" if everything == 1 else "models"
    filters = [_inside_sentence(chip.label) for chip in build_chips(tally, "")]
    if not filters:
        return f"{everything} {noun}"
    return ", ".join([f"{total or 'None'} of {everything} {noun}", *filters])


def _inside_sentence(label: str) -> str:
    """Return a chip's label with a small first letter, unless it is a name."""
    return label[0].lower() + label[1:] if label.startswith(("Scale ", "In ", "From ", "Up ")) else label
