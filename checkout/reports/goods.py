"""What lies on the shelf and what was looked for in vain."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum

from catalog.models import EmptySearch, Stock
from checkout.reports.period import Period


@dataclass(frozen=True)
class Value:
    """The pieces of one SKU; `price` and `value` are paise at today's selling price, taxes included."""

    sku: str
    title: str
    on_hand: int
    reserved: int
    price: int

    @property
    def free(self) -> int:
        """Pieces that may still be sold."""
        return self.on_hand - self.reserved

    @property
    def value(self) -> int:
        """What all pieces on hand would sell for."""
        return self.on_hand * self.price


def stock_value() -> list[Value]:
    """Return a row for each SKU of which a piece is on hand, what is worth most first."""
    found = Stock.objects.filter(on_hand__gt=0).select_related("variant__page")
    rows = [
        Value(stock.variant.sku, stock.variant.title, stock.on_hand, stock.reserved, stock.variant.price)
        for stock in found
    ]
    return sorted(rows, key=lambda row: (-row.value, row.sku))


@dataclass(frozen=True)
class Vain:
    """A text that shoppers searched for so many times when the shop had nothing."""

    text: str
    times: int
    last: date


def searched_in_vain(period: Period) -> list[Vain]:
    """Return what was searched for in vain in this time, most often first."""
    found = EmptySearch.objects.filter(date__gte=period.first, date__lte=period.last)
    sums = found.values_list("query__query_string").annotate(Sum("times"), Max("date"))
    return sorted((Vain(*row) for row in sums), key=lambda row: (-row.times, row.text))
