"""Prices in a listing: a product has the lowest price of its variants, as its card tells, and stands in one band."""

from typing import Any

from django.db.models import Case, Exists, F, IntegerField, Min, Q, Subquery, Value, When
from django.utils.translation import gettext

from catalog.cards import active_variants
from catalog.money import PAISE, rupees

BANDS: tuple[tuple[int | None, int | None], ...] = (
    (None, 999 * PAISE),
    (1_000 * PAISE, 2_499 * PAISE),
    (2_500 * PAISE, 4_999 * PAISE),
    (5_000 * PAISE, 9_999 * PAISE),
    (10_000 * PAISE, None),
)
"""Lowest and highest price in paise of each band that a shopper may choose."""


def lowest() -> Subquery:
    """Return the price of a product in paise."""
    return Subquery(_priced().values("lowest"))


def band() -> Subquery:
    """Return the number of the band that a product's price is in."""
    cases = [When(lowest__lt=above(high), then=Value(place)) for place, (_, high) in enumerate(BANDS) if high]
    found = Case(*cases, default=Value(len(BANDS) - 1), output_field=IntegerField())
    return Subquery(_priced().annotate(band=found).values("band"))


def within(low: int | None, high: int | None) -> Q:
    """Return the condition that a product's price is in a range of paise, of which either end may be open."""
    if low is None and high is None:
        return Q()
    priced = _priced()
    priced = priced.filter(lowest__gte=low) if low is not None else priced
    priced = priced.filter(lowest__lt=above(high)) if high is not None else priced
    return Q(Exists(priced))


def above(high: int) -> int:
    """Return the first price above a range: whoever says "up to ₹999" means ₹999.50 too, so no price is in no band."""
    return high + (PAISE if high % PAISE == 0 else 1)


def label(low: int | None, high: int | None) -> str:
    """Return a range in words: "Up to ₹999", "₹1,000 to ₹2,499", "From ₹10,000"."""
    ends = {"low": rupees(low or 0), "high": rupees(high or 0)}
    if low is None:
        return gettext("Up to %(high)s") % ends
    return (gettext("From %(low)s") if high is None else gettext("%(low)s to %(high)s")) % ends


def phrase(low: int | None, high: int | None) -> str:
    """Return a range in words inside a sentence: "up to ₹999", "₹1,000 to ₹2,499", "from ₹10,000"."""
    if low is None:
        return gettext("up to %(high)s") % {"high": rupees(high or 0)}
    return gettext("from %(low)s") % {"low": rupees(low)} if high is None else label(low, high)


def _priced() -> Any:
    """Return the one row of a product that is for sale: its lowest price. Django's stubs have no name for the query."""
    return active_variants().order_by().values("page_id").annotate(lowest=Min(F("price")))
