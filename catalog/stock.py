"""The only writer of stock. Every verb is one conditional UPDATE for each variant plus a line in the stock book.

`reserve`, `release`, `sell` and `return_` belong to an order and must run inside the caller's transaction: when one
raises, the caller's transaction must roll back. `receive` and `adjust` open their own. Rows are taken in primary-key
order, so that two orders for the same cars never wait for each other. Works alike on SQLite and PostgreSQL.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from catalog.availability import Availability, availability
from catalog.models.stock import Stock, StockMovement
from catalog.models.variant import Variant
from catalog.stock_book import Repeated, StockError, book, book_once, verify

__all__ = [
    "LIMIT",
    "Availability",
    "Items",
    "OutOfStock",
    "Repeated",
    "Shortage",
    "StockError",
    "adjust",
    "availability",
    "open_missing",
    "open_stock",
    "receive",
    "receive_many",
    "release",
    "reserve",
    "return_",
    "sell",
    "verify",
]

Kind = StockMovement.Kind
Items = Mapping[int, int] | Iterable[tuple[int, int]]
LIMIT = 1_000_000


@dataclass(frozen=True)
class Shortage:
    """A line of an order that the shelf cannot fill."""

    variant_id: int
    sku: str
    title: str
    wanted: int
    available: int


class OutOfStock(StockError):
    """Not that many are free. `shortages` names every short line."""

    def __init__(self, shortages: list[Shortage]) -> None:
        self.shortages = shortages
        super().__init__("; ".join(f"{s.sku}: {s.wanted} wanted, {s.available} available" for s in shortages))


def receive(
    *, variant: Variant, quantity: int, reason: str = "", user: Any = None, key: str | None = None
) -> StockMovement:
    """Put `quantity` new pieces (1 or more) on the shelf, once for each `key`.

    Raises ValueError for another quantity, Repeated when the key was booked before.
    """
    _positive(quantity)
    with transaction.atomic():
        stock = open_stock(variant.pk)
        Stock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") + quantity)
        return book_once(stock.pk, Kind.RECEIVE, key, on_hand=quantity, reason=reason, user=user)


def adjust(
    *, variant: Variant, quantity: int, reason: str, user: Any = None, key: str | None = None
) -> StockMovement | None:
    """Correct what is on hand by a signed `quantity`, once for each `key`; 0 changes nothing and returns None.

    Raises ValueError without a reason, Repeated when the key was booked before, StockError when fewer would be on hand
    than are reserved for orders.
    """
    if isinstance(quantity, bool) or not isinstance(quantity, int) or abs(quantity) > LIMIT:
        raise ValueError("The quantity is a whole number.")
    if not reason.strip():
        raise ValueError("An adjustment needs a reason.")
    if quantity == 0:
        return None
    with transaction.atomic():
        stock = open_stock(variant.pk)
        free = Stock.objects.filter(pk=stock.pk, on_hand__gte=F("reserved") - quantity)
        if not free.update(on_hand=F("on_hand") + quantity):
            raise StockError(f"{variant.sku}: only {_available(stock.pk)} pieces are free to be taken away.")
        return book_once(stock.pk, Kind.ADJUST, key, on_hand=quantity, reason=reason, user=user)


def reserve(*, items: Items, reference: str) -> None:
    """Hold pieces for an order. Raises OutOfStock with every short line; the caller's transaction then rolls back."""
    wanted = _prepared(items, reference)
    stocks = _locked(wanted)
    short = []
    for variant_id, quantity in wanted.items():
        stock = stocks.get(variant_id)
        free = Stock.objects.filter(variant_id=variant_id, on_hand__gte=F("reserved") + quantity)
        if stock is None or not free.update(reserved=F("reserved") + quantity):
            short.append((variant_id, quantity))
        else:
            book(stock.pk, Kind.RESERVE, reserved=quantity, reference=reference)
    if short:
        raise OutOfStock(_shortages(short))


def release(*, items: Items, reference: str) -> None:
    """Free pieces that were held for an order. Raises StockError when not that many are held."""
    for stock, quantity in _held(items, reference):
        held = Stock.objects.filter(pk=stock.pk, reserved__gte=quantity)
        if not held.update(reserved=F("reserved") - quantity):
            raise StockError(f"{reference}: {quantity} of stock {stock.pk} are not reserved.")
        book(stock.pk, Kind.RELEASE, reserved=-quantity, reference=reference)


def sell(*, items: Items, reference: str) -> None:
    """Turn held pieces into sold ones. Raises StockError when not that many are held or `reference` sold them already.

    The database holds this too: one sale for each stock row and reference.
    """
    for stock, quantity in _held(items, reference):
        if StockMovement.objects.filter(stock_id=stock.pk, kind=Kind.SELL, reference=reference).exists():
            raise StockError(f"{reference}: stock {stock.pk} is sold already.")
        held = Stock.objects.filter(pk=stock.pk, reserved__gte=quantity, on_hand__gte=quantity)
        if not held.update(reserved=F("reserved") - quantity, on_hand=F("on_hand") - quantity):
            raise StockError(f"{reference}: {quantity} of stock {stock.pk} are not reserved.")
        book(stock.pk, Kind.SELL, on_hand=-quantity, reserved=-quantity, reference=reference)


def return_(*, items: Items, reference: str, reason: str = "", user: Any = None) -> None:
    """Put pieces that came back from a buyer on the shelf again.

    Raises StockError when more would come back than `reference` ever bought.
    """
    for stock, quantity in _held(items, reference):
        moved = StockMovement.objects.filter(stock_id=stock.pk, reference=reference, kind__in=[Kind.SELL, Kind.RETURN])
        out = -moved.aggregate(total=Coalesce(Sum("on_hand_delta"), 0))["total"]
        if quantity > out:
            raise StockError(f"{reference}: {quantity} of stock {stock.pk} cannot come back, {out} went out.")
        Stock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") + quantity)
        book(stock.pk, Kind.RETURN, on_hand=quantity, reference=reference, reason=reason, user=user)


def receive_many(*, quantities: Mapping[int, int], reason: str) -> None:
    """Put the first pieces of many new variants on the shelf at once, by variant id; 0 opens an empty stock row.

    For imports. Raises IntegrityError when one of them has a stock row already.
    """
    with transaction.atomic():
        rows = Stock.objects.bulk_create(Stock(variant_id=pk, on_hand=number) for pk, number in quantities.items())
        StockMovement.objects.bulk_create(
            StockMovement(stock_id=row.pk, kind=Kind.RECEIVE, on_hand_delta=row.on_hand, reason=reason)
            for row in rows
            if row.on_hand
        )


def open_stock(variant_id: int) -> Stock:
    """Return the variant's stock row, made with zeros when there is none yet."""
    stock, _ = Stock.objects.get_or_create(variant_id=variant_id)
    return stock


def open_missing(page_id: int) -> None:
    """Make the stock rows, with zeros, that the variants of a page lack."""
    missing = Variant.objects.filter(page_id=page_id, stock__isnull=True).values_list("pk", flat=True)
    Stock.objects.bulk_create([Stock(variant_id=pk) for pk in missing], ignore_conflicts=True)


def _positive(quantity: int) -> None:
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= LIMIT:
        raise ValueError("The quantity is a whole number from 1 on.")


def _prepared(items: Items, reference: str) -> dict[int, int]:
    """Return quantity by variant in primary-key order. Raises ValueError for bad input, StockError outside atomic()."""
    if not connection.in_atomic_block:
        raise StockError("Stock of an order changes only inside the order's transaction.")
    if not reference:
        raise ValueError("A reference is needed, such as an order number.")
    wanted: dict[int, int] = {}
    for variant_id, quantity in items.items() if isinstance(items, Mapping) else items:
        _positive(quantity)
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    return dict(sorted(wanted.items()))


def _locked(wanted: dict[int, int]) -> dict[int, Stock]:
    """Return the stock rows by variant, locked in one order everywhere (SQLite's transaction is the lock itself)."""
    rows = Stock.objects.select_for_update(of=("self",)).filter(variant_id__in=wanted).order_by("variant_id")
    return {row.variant_id: row for row in rows}


def _held(items: Items, reference: str) -> list[tuple[Stock, int]]:
    """Return each stock row with its quantity. Raises StockError for a variant that never had stock."""
    wanted = _prepared(items, reference)
    stocks = _locked(wanted)
    if len(stocks) != len(wanted):
        raise StockError(f"{reference}: no stock is known for variants {sorted(set(wanted) - set(stocks))}.")
    return [(stocks[variant_id], quantity) for variant_id, quantity in wanted.items()]


def _available(stock_id: int) -> int:
    return Stock.objects.get(pk=stock_id).available


def _shortages(short: list[tuple[int, int]]) -> list[Shortage]:
    variants = Variant.objects.select_related("page", "stock").in_bulk([variant_id for variant_id, _ in short])
    found = []
    for variant_id, quantity in short:
        variant = variants.get(variant_id)
        sku, title = (variant.sku, variant.title) if variant else ("", "")
        stock = getattr(variant, "stock", None)
        found.append(Shortage(variant_id, sku, title, quantity, stock.available if stock else 0))
    return found
