"""The stock book: lines are appended by `catalog/stock.py`, and their sums are what lies on the shelf."""

from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from catalog.models.stock import Stock, StockMovement


class StockError(Exception):
    """A change of stock that the books do not allow. Nothing of it may be committed."""


class Repeated(StockError):
    """What a person asked for was booked before, with the same key."""


def book(
    stock_id: int, kind: StockMovement.Kind, *, on_hand: int = 0, reserved: int = 0, **words: Any
) -> StockMovement:
    """Append a line to the stock book. `words` may hold reference, reason, user and key."""
    return StockMovement.objects.create(
        stock_id=stock_id, kind=kind, on_hand_delta=on_hand, reserved_delta=reserved, **words
    )


def book_once(stock_id: int, kind: StockMovement.Kind, key: str | None, **what: Any) -> StockMovement:
    """Append what a person asked for, unless the key was booked before. Raises Repeated."""
    # The row's UPDATE came before, so that of two at once the second one sees what the first has booked.
    if key and StockMovement.objects.filter(key=key).exists():
        raise Repeated("This was booked before.")
    return book(stock_id, kind, key=key, **what)


def verify() -> list[str]:
    """Return a sentence for each stock row that breaks invariant 3: within limits, and equal to its movements' sums."""
    rows = (
        Stock.objects.annotate(
            booked=Coalesce(Sum("movements__on_hand_delta"), 0),
            held=Coalesce(Sum("movements__reserved_delta"), 0),
        )
        .filter(~Q(booked=F("on_hand")) | ~Q(held=F("reserved")) | Q(reserved__lt=0) | Q(reserved__gt=F("on_hand")))
        .values("variant__sku", "on_hand", "reserved", "booked", "held")
    )
    return [
        f"{row['variant__sku']}: on hand {row['on_hand']} (movements say {row['booked']}), "
        f"reserved {row['reserved']} (movements say {row['held']})"
        for row in rows.order_by("pk")
    ]
