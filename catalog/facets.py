"""The facets of a listing: which filters there are, what each would show, and which are on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy

from catalog import prices
from catalog.query import FACETS, ListingQuery
from catalog.tally import Tally

NAMES = {
    "scale": gettext_lazy("Scale"),
    "brand": gettext_lazy("Maker"),
    "genre": gettext_lazy("Genre"),
    "condition": gettext_lazy("Condition"),
    "available": gettext_lazy("Availability"),
}


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


def build_facets(tally: Tally, base: str) -> list[Facet]:
    """Return the facets of check boxes, with the counts and toggling addresses of their options."""
    facets = [Facet(name, str(NAMES[name]), list(_options(name, tally, base))) for name in FACETS]
    query, in_stock = tally.query, tally.counts("available")["1"]
    toggled = base + query.without(available=not query.available).encoded()
    hide = Option("1", gettext("Hide sold out"), in_stock, query.available, toggled)
    return [*facets, Facet("available", str(NAMES["available"]), [hide])]


def build_bands(tally: Tally, base: str) -> list[Option]:
    """Return the price bands. Choosing one sets both ends of the range, choosing it again opens them."""
    counts, query = tally.counts("price"), tally.query
    options = []
    for place, (low, high) in enumerate(prices.BANDS):
        selected = (query.low, query.high) == (low, high)
        other = query.without(low=None, high=None) if selected else query.without(low=low, high=high)
        label = prices.label(low, high)
        options.append(Option(str(place), label, counts[str(place)], selected, base + other.encoded()))
    return options


def build_chips(tally: Tally, base: str) -> list[Chip]:
    """Return a chip for each filter that is on."""
    return [Chip(label, base + other.encoded()) for label, other in _filters(tally)]


def build_shelves(facet: str, tally: Tally, base: str) -> list[Option]:
    """Return ways into the whole catalogue: what one click on each value of a facet shows when nothing else is on."""
    counts = tally.shelves(facet)
    return [
        Option(value, label, counts[value], False, base + ListingQuery().toggled(facet, value).encoded())
        for value, label in tally.labels[facet].items()
    ]


def sentence(tally: Tally) -> str:
    """Return "148 models", "8 of 148 models, scale 1:43, in stock" or "None of 148 models, ..."."""
    total, everything = tally.total(), tally.everything()
    noun = "model" if everything == 1 else "models"
    filters = [_inside_sentence(label) for label, _other in _filters(tally)]
    if not filters:
        return f"{everything} {noun}"
    return ", ".join([f"{total or 'None'} of {everything} {noun}", *filters])


def _options(name: str, tally: Tally, base: str) -> Iterator[Option]:
    counts, query = tally.counts(name), tally.query
    for value, label in tally.labels[name].items():
        toggled = base + query.toggled(name, value).encoded()
        yield Option(value, label, counts[value], value in query.chosen(name), toggled)


def _filters(tally: Tally) -> Iterator[tuple[str, ListingQuery]]:
    """Yield each filter that is on in words, with the query without it."""
    query = tally.query
    if query.text:
        yield f"“{query.text}”", query.without(text="")
    for facet in FACETS:
        for value in query.chosen(facet):
            label = tally.labels[facet][value]
            yield f"Scale {label}" if facet == "scale" else label, query.toggled(facet, value)
    if (query.low, query.high) in prices.BANDS:
        yield prices.label(query.low, query.high), query.without(low=None, high=None)
    else:
        if query.low is not None:
            yield prices.label(query.low, None), query.without(low=None)
        if query.high is not None:
            yield prices.label(None, query.high), query.without(high=None)
    if query.available:
        yield gettext("In stock"), query.without(available=False)


def _inside_sentence(label: str) -> str:
    """Return a chip's label with a small first letter, unless it is a name."""
    return label[0].lower() + label[1:] if label.startswith(("Scale ", "In ", "From ", "Up ")) else label
