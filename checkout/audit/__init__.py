"""The audit: the invariants of money, stock and orders, recomputed from the rows. Reads only.

Each check yields a sentence for each violation. M is money, S stock, O orders and N numbers of documents.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from checkout.audit import money, numbers, orders, stock

INVARIANTS: dict[str, Callable[[], Iterator[str]]] = {
    "M1 refunds stay within captures": money.refunds_within_captures,
    "M2 the ledger says what payments and refunds say": money.ledger_agrees,
    "M3 every captured paisa has a home": money.has_a_home,
    "M4 only money of the order's own Razorpay orders pays it": money.pays_its_own_order,
    "M5 each capture, refund and dispute is booked once": money.booked_once,
    "M6 totals add up": money.totals_add_up,
    "M7 each refund has a key of its own": money.refunds_have_keys,
    "M8 an order is paid with what it costs": money.pays_what_it_costs,
    "S1 0 <= reserved <= on hand": stock.within_limits,
    "S2 stock is the sum of its movements": stock.adds_up,
    "S3 each order sold, released and returned what it ordered": stock.moved_as_ordered,
    "S4 nothing is sent that is back on the shelf": stock.not_sent_from_the_shelf,
    "O1 the status of an order is that of its last move": orders.status_is_last_move,
    "O2 orders only move as the table allows": orders.moves_are_allowed,
    "O3 an order becomes paid once, and what is cancelled after that is refunded": orders.paid_once,
    "O4 what was bought was paid": orders.bought_is_paid,
    "O5 nothing waits for ever": orders.nothing_is_forgotten,
    "N1 numbers have no gap": numbers.without_gap,
    "N2 numbers are of their financial year": numbers.of_their_year,
    "N3 credit notes are for what came back of a sale": numbers.credited_what_came_back,
}


def run() -> dict[str, list[str]]:
    """Return the violations of each invariant as sentences; empty lists when all hold."""
    with _snapshot():
        return {name: list(check()) for name, check in INVARIANTS.items()}


@contextmanager
def _snapshot() -> Iterator[None]:
    # All questions are about one moment. SQLite's transaction holds writers up meanwhile; PostgreSQL's does not.
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
