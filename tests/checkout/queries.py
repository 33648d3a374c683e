"""What a piece of code does to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

READING = ("SELECT", "DECLARE", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")


@contextmanager
def nothing_written() -> Iterator[None]:
    """Fail when a statement in the block could change a row."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured.captured_queries]
    assert [sql for sql in statements if not sql.lstrip("( ").upper().startswith(READING)] == []
