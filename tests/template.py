"""The database as the migrations left it, and the way back to it after a test that committed.

Django empties every table instead: the append-only books refuse that, and what migrations wrote is lost with the rest.
Servers and other programs keep their connections over it: nothing is replaced under them, only the content changes.
"""

import hashlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections, transaction

from tests.programs import MANAGE, ROOT

Restore = Callable[[], None]
# The files of migrated databases. One is made anew whenever a migration or a dependency changes.
KEPT = ROOT / "var/test-databases"
PATIENCE = 60.0

# Every table of the shop, whether it has rows, and whether its own triggers must be quiet while it is emptied.
TABLES = """
    SELECT c.relname, EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
SEQUENCES = "SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
REWIND = f"""
    SELECT setval(format('%I.%I', now.schemaname, now.sequencename)::regclass,
                  coalesce(kept.last_value, kept.start_value), kept.last_value IS NOT NULL)
    FROM ({SEQUENCES}) AS now JOIN {{schema}}."sequences of all tables" AS kept USING (schemaname, sequencename)
    WHERE now.last_value IS DISTINCT FROM kept.last_value
"""  # noqa: S608 - constants of this file.


def migrated_file() -> Path:
    """Return an SQLite file on which these migrations have run: they take long, so they are run once and kept."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in ("accounts", "catalog", "checkout", "site", "webhooks"):
        for migration in sorted((ROOT / folder).glob("**/migrations/*.py")):
            found.update(migration.read_bytes())
    file = KEPT / f"{found.hexdigest()[:20]}.sqlite3"
    if not file.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        begun = file.with_suffix(f".{os.getpid()}")
        environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": f"sqlite:///{begun}"}
        migrate = [*MANAGE, "migrate", "--verbosity=0", "--skip-checks"]
        subprocess.run(migrate, env={**os.environ, **environment}, check=True)
        # Whole or not at all.
        begun.replace(file)
    return file


@contextmanager
def kept_database(name: str = "template") -> Iterator[Restore]:
    """Keep what the default database holds now; yield what brings it back, however often it is called.

    `name` tells what is kept at one time apart.
    """
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(":memory:", check_same_thread=False)) as template:
            yield keep_sqlite(template)
    else:
        yield keep_postgresql(name)


def keep_sqlite(template: sqlite3.Connection) -> Restore:
    """Copy the file into `template`; the way back copies the content into the same file, under its write lock."""
    name = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(name)) as file:
        file.backup(template)

    def restore() -> None:
        connections.close_all()
        end = time.monotonic() + PATIENCE

        def give_up(*_progress: int) -> None:
            if time.monotonic() > end:
                raise TimeoutError("something still writes to the database of the tests")

        with closing(sqlite3.connect(name)) as file:
            file.execute("PRAGMA synchronous = OFF")
            template.backup(file, progress=give_up, sleep=0.02)

    return restore


def keep_postgresql(schema: str) -> Restore:
    """Copy each table that has rows into a schema beside; the way back changes only tables that differ.

    It needs no more rights than the owner of the tables has.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        cursor.execute(f'CREATE TABLE {schema}."sequences of all tables" AS {SEQUENCES}')
        cursor.execute(TABLES)
        tables = dict(cursor.fetchall())
        for table in tables:
            cursor.execute(f'CREATE TABLE {schema}."{table}" AS TABLE public."{table}"')
    quiet = [table for table, has_triggers in tables.items() if has_triggers]
    statements = [
        "SET LOCAL lock_timeout = '60s'",
        *(f'ALTER TABLE public."{table}" DISABLE TRIGGER USER' for table in quiet),
        *(bring_back(table, schema) for table in tables),
        # No trigger can be turned on while rows wait for their foreign keys to be looked at.
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f'ALTER TABLE public."{table}" ENABLE TRIGGER USER' for table in quiet),
        REWIND.format(schema=schema),
    ]

    def restore() -> None:
        connection.close()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("; ".join(statements))

    return restore


def bring_back(table: str, schema: str) -> str:
    """Return what gives `table` the rows of its copy in `schema`: nothing is written where both are the same."""
    now, kept = f'TABLE public."{table}"', f'TABLE {schema}."{table}"'
    differs = f"({now} EXCEPT ALL {kept}) UNION ALL ({kept} EXCEPT ALL {now})"
    return f"""
        DELETE FROM public."{table}" WHERE EXISTS ({differs});
        INSERT INTO public."{table}" {kept.replace("TABLE", "SELECT * FROM")}
        WHERE NOT EXISTS (SELECT FROM public."{table}")
    """  # noqa: S608 - names from the catalogue of the database.
