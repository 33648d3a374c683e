"""What a listing's address asks for, read without trust: whatever is not understood is ignored."""

from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalog.money import parse_rupees, plain_rupees
from catalog.text import visible

MAX_TEXT = 100
MAX_CHOICES = 20
SORTS = {
    "best": _("Best match first"),
    "newest": _("Newest first"),
    "price": _("Price, low to high"),
    "-price": _("Price, high to low"),
    "name": _("Name, A to Z"),
}
"""The orders that a listing may have. Only a search has a best match, and it is the order of a search by default."""
FACETS = ("scale", "brand", "genre", "condition")


@dataclass(frozen=True)
class ListingQuery:
    """The parameters of a listing. `low` and `high` are paise; `sort` is one of SORTS, "" for the usual one."""

    text: str = ""
    scale: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    genre: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    available: bool = False
    sort: str = ""
    page: str = field(default="1", compare=False)

    @classmethod
    def read(cls, parameters: QueryDict) -> Self:
        """Return what `parameters` ask for; never raises."""
        low, high = _amount(parameters.get("min", "")), _amount(parameters.get("max", ""))
        if low is not None and high is not None and low > high:
            low, high = high, low
        sort = parameters.get("sort", "")
        chosen = {facet: _choices(parameters.getlist(facet)) for facet in FACETS}
        return cls(
            **chosen,
            text=_text(parameters.get("q", "")),
            low=low,
            high=high,
            available=parameters.get("available", "") in ("1", "true", "on", "yes"),
            sort=sort if sort in SORTS else "",
            page=parameters.get("page", "1")[:6],
        )

    @property
    def order(self) -> str:
        """The order of the products, one of SORTS."""
        usual = "best" if self.text else "newest"
        return usual if self.sort == "best" else self.sort or usual

    def chosen(self, facet: str) -> tuple[str, ...]:
        """Return the values chosen of a facet."""
        values: tuple[str, ...] = getattr(self, facet)
        return values

    def toggled(self, facet: str, value: str) -> Self:
        """Return this query with one more value of a facet, or one less when it was chosen."""
        values = self.chosen(facet)
        changed = tuple(v for v in values if v != value) if value in values else (*values, value)
        return self.without(**{facet: changed})

    def without(self, **defaults: object) -> Self:
        """Return this query with some parameters set back."""
        return replace(self, **defaults)  # type: ignore[arg-type]  # The names are this class's own fields.

    def encoded(self, page: int = 1) -> str:
        """Return the query string, "" when nothing is asked; page 1 is not written."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [(facet, value) for facet in FACETS for value in self.chosen(facet)]
        pairs += [("min", plain_rupees(self.low))] if self.low is not None else []
        pairs += [("max", plain_rupees(self.high))] if self.high is not None else []
        pairs += [("available", "1")] if self.available else []
        pairs += [("sort", self.order)] if self.order != replace(self, sort="").order else []
        pairs += [("page", str(page))] if page > 1 else []
        return f"?{urlencode(pairs, safe=':')}" if pairs else ""


def _text(raw: str) -> str:
    """Return one line of printable text; PostgreSQL refuses NUL, and nobody searches for what cannot be seen."""
    return " ".join(visible(raw[: 4 * MAX_TEXT]).split())[:MAX_TEXT]


def _choices(raw: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text(value) for value in raw[:MAX_CHOICES] if _text(value)))


def _amount(raw: str) -> int | None:
    try:
        return parse_rupees(raw[:32])
    except ValueError:
        return None
