"""Verbs on connections of PostgreSQL, a connection each, one step at a time, in any order that their locks allow.

A side pauses before it begins a transaction, before each lock (of rows or advisory), before each conditional write
(its WHERE says more than the row's id) and before each COMMIT. The course of the merge decides who goes on
(`tests/proofs/courses.py`). A side that then waits for a lock of another is seen in `pg_blocking_pids` and parked until
that one has gone on.
"""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import TransactionStatus

from tests.proofs import clashes
from tests.proofs.clashes import LOCK, Touch

if TYPE_CHECKING:
    from tests.proofs.courses import Course

PATIENCE = 20.0
CONDITIONAL = re.compile(r'^\s*(UPDATE|DELETE)\b.* WHERE (?!"\w+"."id" = %s$)', re.DOTALL)
TABLE = re.compile(r'(?:FROM|UPDATE|INTO) "(?:checkout|catalog|webhooks)_(\w+)"')

# Connections of sides that have ended: to open one takes as long as half a merge.
SPARE: list[BaseDatabaseWrapper] = []

Acts = dict[str, Callable[[], Any]]
Change = Callable[[str], str]


class Stuck(AssertionError):
    """Nobody went on."""


class Ended(BaseException):
    """The merge is given up: what a side has open is rolled back."""


class Side:
    """One verb on a thread and a connection of its own."""

    def __init__(self, name: str, act: Callable[[], Any], change: Change) -> None:
        self.name, self.act, self.change = name, act, change
        self.pid = 0
        self.point = ""
        self.is_done = self.is_given_up = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._step: set[Touch] = set()
        self._news: set[Touch] = set()
        self._taken: set[Touch] = set()
        self._arrived, self._go = threading.Event(), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def has_arrived(self, seconds: float = 0) -> bool:
        """Tell whether the side pauses, or is done, within so many seconds."""
        return self._arrived.wait(seconds)

    def go_on(self) -> set[Touch]:
        """Let it pass the switch point where it pauses; return what it touches before the next, which fills itself."""
        step = self._step = set()
        self._arrived.clear()
        self._go.release()
        return step

    def news(self) -> set[Touch]:
        """Return what it has touched since this was last asked."""
        news, self._news = self._news, set()
        return news

    def give_up(self) -> None:
        """Let it end where it pauses, or will pause."""
        self.is_given_up = True
        self._go.release()

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join(PATIENCE)

    def _live(self) -> None:
        if SPARE:
            connections["default"] = SPARE.pop()
        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid
        # On a slow machine the others may take long between two of their steps.
        connection.connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        commit, rollback = connection._commit, connection._rollback  # type: ignore[attr-defined]

        def pausing_commit() -> None:
            self._pause("COMMIT")
            self._end()
            commit()

        def noted_rollback() -> None:
            self._end()
            rollback()

        connection._commit, connection._rollback = pausing_commit, noted_rollback  # type: ignore[attr-defined]
        try:
            with connection.execute_wrapper(self._execute):
                self.result = self.act()
        # Whatever a verb raises is what came of it, and the merge tells it.
        except BaseException as error:  # noqa: BLE001 (see above)
            self.error = error
        finally:
            self._leave()
            self.is_done = True
            self._arrived.set()

    def _leave(self) -> None:
        if self.is_given_up:
            # Who was stopped before a COMMIT still has a transaction open.
            connection.close()
            return
        del connection._commit, connection._rollback  # type: ignore[attr-defined]
        connection.inc_thread_sharing()
        SPARE.append(connections["default"])

    def _execute(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        point = switch_point(sql)
        if point:
            self._pause(point)
        touched = clashes.touches(sql)
        self._touch(touched)
        self._taken |= touched
        if sql.startswith("ROLLBACK TO"):
            self._touch(clashes.end(self._taken))
        elif not connection.in_atomic_block:
            self._end()
        return execute(self.change(sql), *rest)

    def _end(self) -> None:
        self._touch(clashes.end(self._taken))
        self._taken.clear()

    def _touch(self, touched: Iterable[Touch]) -> None:
        self._step.update(touched)
        self._news.update(touched)

    def _pause(self, point: str) -> None:
        self.point = point
        self._arrived.set()
        self._go.acquire()
        if self.is_given_up:
            raise Ended


@dataclass
class Merge:
    """What happened: who passed which switch point, what each verb returned or raised, or that it was given up."""

    steps: list[str] = field(default_factory=list)
    is_repetition: bool = False
    results: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, BaseException] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(self.steps)


def switch_point(sql: str) -> str:
    """Return what makes the moment before a statement a switch point, or an empty text."""
    table = TABLE.search(sql)
    name = table[1] if table else ""
    if LOCK.search(sql):
        return f"lock {name}"
    if "pg_advisory" in sql:
        return "lock by number"
    if CONDITIONAL.search(sql):
        return f"write {name}"
    begins = connection.in_atomic_block and connection.connection.info.transaction_status == TransactionStatus.IDLE
    return "BEGIN" if begins else ""


def as_it_is(sql: str) -> str:
    """Change nothing of a statement."""
    return sql


def without_locks(sql: str) -> str:
    """Take the row locks off a statement."""
    return LOCK.sub("", sql)


def merge(acts: Acts, course: "Course", change: Change = as_it_is) -> Merge:
    """Run the verbs to their ends, letting `course` decide, of those who can, who goes on."""
    happened = Merge()
    sides = [Side(name, act, change) for name, act in acts.items()]
    try:
        while able := _settle(sides):
            side = course.pick(able, sides)
            if side is None:
                happened.is_repetition = True
                break
            happened.steps.append(f"{side.name}:{side.point}")
            course.took(side.go_on())
    finally:
        for side in sides:
            side.give_up()
        for side in sides:
            side.join()
    happened.results = {side.name: side.result for side in sides if side.error is None}
    happened.errors = {side.name: side.error for side in sides if side.error is not None}
    return happened


def close_spare_connections() -> None:
    """Close what the sides of earlier merges left open."""
    while SPARE:
        SPARE.pop().close()


def _settle(sides: list[Side]) -> list[Side]:
    """Wait until each side pauses, waits for a lock of a side that pauses, or is done; return those that pause."""
    for _try in range(int(PATIENCE / 0.002)):
        moving = [side for side in sides if not side.has_arrived()]
        is_still = not moving or _are_parked(moving, sides)
        # A side that was still moving when the locks were looked at may have arrived since.
        if is_still and [side for side in sides if not side.has_arrived()] == moving:
            return [side for side in sides if side.has_arrived() and not side.is_done]
        moving[0].has_arrived(0.002)
    raise Stuck([(side.name, side.point, side.is_done) for side in sides])


def _are_parked(moving: list[Side], sides: list[Side]) -> bool:
    """Tell whether somebody pauses, and every moving side waits for a lock of another, who may be waiting as well."""
    alive = {side.pid for side in sides if not side.is_done}
    if len(alive) == len(moving):
        return False
    with connection.cursor() as cursor:
        for side in moving:
            cursor.execute("SELECT pg_blocking_pids(%s)", [side.pid])
            blocking = set(cursor.fetchone()[0])
            if not blocking or not blocking <= alive:
                return False
    return True
