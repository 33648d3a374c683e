"""What pages, cart and feeds say about stock: one function, so that they never disagree."""

from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, ngettext

from catalog.models.settings import ShopSettings
from catalog.models.stock import Stock
from catalog.models.variant import Variant


@dataclass(frozen=True)
class Availability:
    """What a page says about stock: `state` is in_stock, low or sold_out; `tone` is ok, warn or danger."""

    state: str
    text: str
    tone: str
    quantity: int

    @property
    def is_sold_out(self) -> bool:
        """Whether nobody can buy it now."""
        return self.state == "sold_out"

    @property
    def in_schema_org(self) -> str:
        """The same for search engines (https://schema.org/ItemAvailability)."""
        return f"https://schema.org/{'OutOfStock' if self.is_sold_out else 'InStock'}"

    @property
    def in_feed(self) -> str:
        """The same for Google's merchant feed (https://support.google.com/merchants/answer/6324448)."""
        return "out_of_stock" if self.is_sold_out else "in_stock"


def availability(subject: Variant | Stock | int | None, *, threshold: int | None = None) -> Availability:
    """Return the honest words for a variant, a stock row or a number of free pieces.

    `threshold` is the number from which "Only 3 left" is said, unless the variant has a number of its own; None reads
    it from the shop's settings (one query).
    """
    quantity = max(0, _free(subject))
    if quantity == 0:
        return Availability("sold_out", gettext("Sold out"), "danger", 0)
    low = few_of(_variant(subject), ShopSettings.current().low_stock_threshold if threshold is None else threshold)
    if quantity <= low:
        words = ngettext("Only %(number)d left", "Only %(number)d left", quantity) % {"number": quantity}
        return Availability("low", words, "warn", quantity)
    return Availability("in_stock", gettext("In stock"), "ok", quantity)


def few_of(variant: Variant | None, shops: int) -> int:
    """Return at how many pieces few of a variant are left: its own number, or else the shop's."""
    own = variant.low_stock_threshold if variant is not None else None
    return shops if own is None else own


def few(shops: int, path: str = "") -> Coalesce:
    """Return the same for a query; `path` leads to the variant, such as "variant__"."""
    return Coalesce(f"{path}low_stock_threshold", Value(shops))


def _variant(subject: Variant | Stock | int | None) -> Variant | None:
    return subject.variant if isinstance(subject, Stock) else subject if isinstance(subject, Variant) else None


def _free(subject: Variant | Stock | int | None) -> int:
    if subject is None or isinstance(subject, int):
        return subject or 0
    if isinstance(subject, Stock):
        return subject.available
    if not subject.is_active or subject.pk is None:
        return 0
    stock = getattr(subject, "stock", None)
    return stock.available if stock is not None else 0
