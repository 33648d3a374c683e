"""Which statements of two transactions can notice each other. What cannot may change places with its neighbour.

A touch is what a statement does to a table. It is taken from the statement's text, and for whole tables: where two
touches of one table might be of the same row, they count as if they were. On PostgreSQL, where each statement reads
what has been committed before it began:

- What is written is seen by others when its transaction ends, and locks are let go then: an end opens each table that
  the transaction has taken, and clashes with every touch of it. So does going back to a savepoint.
- Two locks clash, and a lock clashes with a write. Rows that are added can wait for each other (unique keys) and for
  what is written. Foreign keys are looked at when a transaction ends: their rows are shared then.
- Reading clashes with nothing but an end.
- Two ends clash, whatever they open. Calls to Razorpay are made between transactions, so that their order is kept.
"""

import re
from collections.abc import Iterable
from functools import cache

from django.apps import apps

LOCK = re.compile(r' FOR (NO KEY )?UPDATE( OF "\w+"(, "\w+")*)?( NOWAIT| SKIP LOCKED)?')
TABLE = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO) "(\w+)"')
VERBS = {"INSERT": "add", "UPDATE": "write", "DELETE": "write"}
CLASHES = {
    "read": {"open"},
    "lock": {"open", "lock", "write", "share"},
    "write": {"open", "lock", "write", "share", "add"},
    "add": {"open", "write", "add"},
    "share": {"open", "lock", "write"},
    "open": {"open", "lock", "write", "share", "add", "read"},
}
# No table: every end opens it.
RAZORPAY = ""

Touch = tuple[str, str]


def clash(one: Iterable[Touch], other: Iterable[Touch]) -> bool:
    """Tell whether what one side did and what another did might come out differently the other way round."""
    found: dict[str, set[str]] = {}
    for way, table in one:
        found.setdefault(table, set()).update(CLASHES[way])
    return any(way in found.get(table, ()) for way, table in other)


@cache
def touches(sql: str) -> frozenset[Touch]:
    """Return what a statement does to which tables. A savepoint and other words about the session do nothing."""
    tables = TABLE.findall(sql)
    found = {("read", table) for table in tables}
    if LOCK.search(sql):
        found |= {("lock", table) for table in tables}
    if "pg_advisory" in sql:
        found.add(("lock", "by number"))
    way = VERBS.get(sql.split(None, 1)[0].upper())
    return frozenset(found | {(way, tables[0])} if way else found)


def end(taken: Iterable[Touch]) -> set[Touch]:
    """Return what the end of a transaction does that has `taken` these."""
    found = {("open", table) for way, table in taken if way != "read"} | {("open", RAZORPAY)}
    for way, table in taken:
        if way in ("add", "write"):
            found |= {("share", parent) for parent in parents().get(table, ())}
    return found


@cache
def parents() -> dict[str, set[str]]:
    """Return the tables to which each table's foreign keys point."""
    return {
        model._meta.db_table: {
            field.remote_field.model._meta.db_table for field in model._meta.concrete_fields if field.remote_field
        }
        for model in apps.get_models(include_auto_created=True)
    }
