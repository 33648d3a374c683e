"""Taking the guards off the database, for the controls: a race that finds nothing then is none.

On both databases the conditions of the stock's updates go, on PostgreSQL the row locks too, and on SQLite a transaction
no longer takes the write lock when it begins.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from tests.proofs.interleaving import without_locks

CONDITION = re.compile(r'"catalog_stock"\."\w+" >= (\("catalog_stock"\."\w+" [+-] %s\)|%s)')


def take_off(databases: dict[str, Any]) -> None:
    """Do so with every connection that this process opens from now on."""
    connection_created.connect(_take_off)
    options = databases["default"].get("OPTIONS", {})
    if "transaction_mode" in options:
        databases["default"]["OPTIONS"] = {**options, "transaction_mode": "DEFERRED"}


def _take_off(sender: Any, connection: BaseDatabaseWrapper, **more: Any) -> None:
    connection.execute_wrappers.append(_unguarded)


def _unguarded(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    return execute(CONDITION.sub("%s > -1000000", without_locks(sql)), *rest)
