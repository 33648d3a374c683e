"""The facets of a listing: which filters there are, what each would show, and which are on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy, ngettext

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
class Filter:
    """A filter that is on: its name on a chip, its name inside a sentence, and the query without it."""

    label: str
    phrase: str
    without: ListingQuery


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
    return [Chip(each.label, base + each.without.encoded()) for each in _filters(tally)]


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
    phrases, numbers = [each.phrase for each in _filters(tally)], {"found": total, "all": everything}
    if not phrases:
        return ngettext("%(all)d model", "%(all)d models", everything) % numbers
    if not total:
        return ", ".join([ngettext("None of %(all)d model", "None of %(all)d models", everything) % numbers, *phrases])
    some = ngettext("%(found)d of %(all)d model", "%(found)d of %(all)d models", everything) % numbers
    return ", ".join([some, *phrases])


def _options(name: str, tally: Tally, base: str) -> Iterator[Option]:
    counts, query = tally.counts(name), tally.query
    for value, label in tally.labels[name].items():
        toggled = base + query.toggled(name, value).encoded()
        yield Option(value, label, counts[value], value in query.chosen(name), toggled)


def _filters(tally: Tally) -> Iterator[Filter]:
    """Yield each filter that is on."""
    query = tally.query
    if query.text:
        quoted = gettext("“%(text)s”") % {"text": query.text}
        yield Filter(quoted, quoted, query.without(text=""))
    for facet in FACETS:
        for value in query.chosen(facet):
            label = tally.labels[facet][value]
            scale = facet == "scale"
            shown = gettext("Scale %(scale)s") % {"scale": label} if scale else label
            phrase = gettext("scale %(scale)s") % {"scale": label} if scale else label
            yield Filter(shown, phrase, query.toggled(facet, value))
    yield from _ranges(query)
    if query.available:
        yield Filter(gettext("In stock"), gettext("in stock"), query.without(available=False))


def _ranges(query: ListingQuery) -> Iterator[Filter]:
    """Yield the range of prices as one filter when it is a band, else each of its ends."""
    ends: list[tuple[int | None, int | None, dict[str, None]]] = [
        (query.low, None, {"low": None}),
        (None, query.high, {"high": None}),
    ]
    if (query.low, query.high) in prices.BANDS:
        ends = [(query.low, query.high, {"low": None, "high": None})]
    for low, high, off in ends:
        if (low, high) != (None, None):
            yield Filter(prices.label(low, high), prices.phrase(low, high), query.without(**off))
