"""The GST inside what a buyer pays: one rule for cart, order page and invoice. Amounts are paise.

Prices contain their tax (`catalog/tax.py`). Delivery is part of one supply with the goods, so it bears their rate, the
highest one in a parcel of several (CGST Act, section 8). A discount on the invoice lowers the value of every part by
its share (section 15(3)).
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

from catalog.tax import included_tax


class Priced(Protocol):
    """A line of a cart or an order: `total` is paise, `gst_rate` basis points."""

    @property
    def total(self) -> int: ...

    @property
    def gst_rate(self) -> int: ...


def gst_included(lines: Iterable[Priced], *, shipping: int, discount: int = 0) -> int:
    """Return how many paise of what a buyer pays for these lines and their delivery are GST."""
    parts = [(line.total, line.gst_rate) for line in lines]
    parts.append((shipping, max((rate for _total, rate in parts), default=0)))
    shares = apportion(discount, [total for total, _rate in parts])
    return sum(included_tax(total - share, rate) for (total, rate), share in zip(parts, shares, strict=True))


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """Return `amount` in whole paise in proportion to `weights`; the parts add up to it."""
    total = sum(weights)
    if not total:
        return [amount, *(0 for _weight in weights[1:])] if weights else []
    marks = [amount * mark // total for mark in accumulate(weights, initial=0)]
    return [upper - lower for lower, upper in pairwise(marks)]
