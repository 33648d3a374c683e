"""The state file: one SQLite database that outlives a kill -9 of the program.

One connection behind one lock: a transaction takes well under a millisecond, so that threads queue here, in order,
instead of polling SQLite's busy handler.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from razorpay_simulator.errors import unknown_id

SCHEMA = """
CREATE TABLE IF NOT EXISTS entities (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parent TEXT,
    receipt TEXT,
    created_at INTEGER NOT NULL,
    doc TEXT NOT NULL,
    private TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entities_by_time ON entities (kind, created_at, seq);
CREATE INDEX IF NOT EXISTS entities_by_parent ON entities (kind, parent);
CREATE INDEX IF NOT EXISTS entities_by_receipt ON entities (kind, receipt);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    refund_id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL,
    created_at REAL NOT NULL,
    body BLOB NOT NULL,
    signature TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL,
    last_status INTEGER,
    last_error TEXT,
    copies INTEGER NOT NULL DEFAULT 1,
    held_by INTEGER
);
CREATE TABLE IF NOT EXISTS timers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at REAL NOT NULL,
    action TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due_at, seq);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    "on" TEXT NOT NULL,
    kinds TEXT NOT NULL,
    times INTEGER,
    seconds REAL,
    probability REAL NOT NULL,
    seed INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS events_due ON events (state, next_at);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
NEW_COLUMNS = {"copies": "INTEGER NOT NULL DEFAULT 1", "held_by": "INTEGER"}


@dataclass(slots=True)
class Record:
    """An order, a payment, a refund and so on: `doc` is what the API shows, `private` what only Razorpay knows."""

    kind: str
    id: str
    doc: dict[str, Any]
    parent: str | None = None
    receipt: str | None = None
    private: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted; times are Unix seconds, both ends included."""

    since: int | None = None
    until: int | None = None
    count: int = 10
    skip: int = 0


class Transaction:
    """The statements that the program needs, inside BEGIN IMMEDIATE."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def insert(self, record: Record) -> Record:
        """Write a new entity."""
        self.connection.execute(
            "INSERT INTO entities (id, kind, parent, receipt, created_at, doc, private) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.kind,
                record.parent,
                record.receipt,
                record.doc["created_at"],
                json.dumps(record.doc),
                json.dumps(record.private),
            ),
        )
        return record

    def update(self, record: Record) -> None:
        """Write what changed in an entity."""
        self.connection.execute(
            "UPDATE entities SET doc = ?, private = ? WHERE id = ?",
            (json.dumps(record.doc), json.dumps(record.private), record.id),
        )

    def get(self, kind: str, entity_id: str) -> Record | None:
        """Return an entity or None."""
        rows = self._records("WHERE kind = ? AND id = ?", [kind, entity_id])
        return rows[0] if rows else None

    def must_get(self, kind: str, entity_id: str) -> Record:
        """Return an entity or refuse the id as Razorpay does."""
        record = self.get(kind, entity_id)
        if record is None:
            raise unknown_id()
        return record

    def children(self, kind: str, parent: str) -> list[Record]:
        """Return the payments of an order or the refunds of a payment, oldest first."""
        return self._records("WHERE kind = ? AND parent = ? ORDER BY seq", [kind, parent])

    def all(self, kind: str) -> list[Record]:
        """Return everything of a kind, oldest first."""
        return self._records("WHERE kind = ? ORDER BY seq", [kind])

    def page(self, kind: str, page: Page, conditions: Sequence[str] = (), **equal: str) -> list[Record]:
        """Return part of all entities of a kind, newest first; `conditions` are SQL, `equal` are columns."""
        clauses, values = ["kind = ?", *conditions], [kind]
        bounds: dict[str, Any] = {f"{name} = ?": value for name, value in equal.items()}
        bounds |= {"created_at >= ?": page.since, "created_at <= ?": page.until}
        wanted = {clause: value for clause, value in bounds.items() if value is not None}
        clauses += wanted
        where = f"WHERE {' AND '.join(clauses)} ORDER BY created_at DESC, seq DESC LIMIT ? OFFSET ?"
        return self._records(where, [*values, *wanted.values(), page.count, page.skip])

    def _records(self, where: str, values: list[Any]) -> list[Record]:
        query = f"SELECT kind, id, doc, parent, receipt, private FROM entities {where}"
        rows = self.connection.execute(query, values)
        return [Record(k, i, json.loads(d), p, r, json.loads(x)) for k, i, d, p, r, x in rows]

    def events(self, newest: int | None = None) -> list[dict[str, Any]]:
        """Return the events and how far their delivery got: all of them oldest first, or the newest ones first."""
        order = "seq" if newest is None else f"seq DESC LIMIT {int(newest)}"
        names = ("event_id", "event", "created_at", "state", "attempts", "next_at", "last_status", "last_error", "body")
        columns = "id, event, created_at, state, attempts, next_at, last_status, last_error, body"
        rows = self.connection.execute(f"SELECT {columns} FROM events ORDER BY {order}")
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return [{**event, "body": json.loads(event["body"])} for event in found]

    def setting(self, name: str, default: Any) -> Any:
        """Return a switch that people can turn while the program runs."""
        row = self.connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        """Turn a switch."""
        self.connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    def later(self, due_at: float, action: str, entity_id: str, **data: Any) -> None:
        """Let something happen by itself when the clock shows `due_at` (Unix seconds); see timers.py."""
        self.connection.execute(
            "INSERT INTO timers (due_at, action, entity_id, data) VALUES (?, ?, ?, ?)",
            (due_at, action, entity_id, json.dumps(data)),
        )

    def unsettled(self, kind: str, condition: str) -> list[Record]:
        """Return what no settlement has paid out yet, oldest first; `condition` is SQL over the shown JSON."""
        where = f"WHERE kind = ? AND json_extract(private, '$.settlement') IS NULL AND {condition} ORDER BY seq"
        return self._records(where, [kind])

    def clear(self) -> None:
        """Forget everything."""
        for table in ("entities", "idempotency", "events", "timers", "faults", "settings"):
            self.connection.execute(f"DELETE FROM {table}")


class Store:
    """The open state file."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        self._add_columns()
        # What a kill interrupted did not happen: the same key may be used again.
        self._connection.execute("DELETE FROM idempotency WHERE refund_id = ''")

    def _add_columns(self) -> None:
        """Let a state file of an earlier version go on."""
        known = {row[1] for row in self._connection.execute("PRAGMA table_info(events)")}
        for name, kind in NEW_COLUMNS.items():
            if name not in known:
                self._connection.execute(f"ALTER TABLE events ADD COLUMN {name} {kind}")

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Do all of it or nothing."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file once no transaction runs."""
        with self._lock:
            self._connection.close()
