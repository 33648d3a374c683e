"""Two verbs on two connections of PostgreSQL, one step at a time, in every order that their locks allow.

A side pauses before it begins a transaction, before each lock (of rows or advisory), before each conditional write
(its WHERE says more than the row's id) and before each COMMIT. The merge decides who goes on. A side that then waits
for a lock of the other is seen in `pg_blocking_pids` and parked until the other has gone on.

`every_merge` goes through the tree of decisions depth first. What the locks forbid is no branch of it. To wait for a
lock is one branch, at whatever moment the waiting begins: until the lock is released nobody can see the difference.
"""

import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg.pq import TransactionStatus

PATIENCE = 20.0
CONDITIONAL = re.compile(r'^\s*(UPDATE|DELETE)\b.* WHERE (?!"\w+"."id" = %s$)', re.DOTALL)
LOCK = re.compile(r' FOR (NO KEY )?UPDATE( OF "\w+"(, "\w+")*)?( NOWAIT| SKIP LOCKED)?')
TABLE = re.compile(r'(?:FROM|UPDATE|INTO) "(?:checkout|catalog|webhooks)_(\w+)"')

Acts = dict[str, Callable[[], Any]]
Change = Callable[[str], str]


class Stuck(AssertionError):
    """Neither side went on."""


class Side:
    """One verb on a thread and a connection of its own. `releases` counts the moments at which it let go of locks."""

    def __init__(self, name: str, act: Callable[[], Any], change: Change) -> None:
        self.name, self.act, self.change = name, act, change
        self.pid = self.releases = 0
        self.point = ""
        self.is_done = self.is_free = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._arrived, self._go = threading.Event(), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def has_arrived(self, seconds: float = 0) -> bool:
        """Tell whether the side pauses, or is done, within so many seconds."""
        return self._arrived.wait(seconds)

    def go_on(self) -> None:
        """Let it pass the switch point where it pauses."""
        self._arrived.clear()
        self._go.release()

    def end(self) -> None:
        """Let it run to its end without another pause."""
        self.is_free = True
        self._go.release()
        self._thread.join(PATIENCE)

    def _live(self) -> None:
        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid
        commit, rollback = connection._commit, connection._rollback  # type: ignore[attr-defined]

        def pausing_commit() -> None:
            self._pause("COMMIT")
            commit()
            self.releases += 1

        def counted_rollback() -> None:
            rollback()
            self.releases += 1

        connection._commit, connection._rollback = pausing_commit, counted_rollback  # type: ignore[attr-defined]
        try:
            with connection.execute_wrapper(self._execute):
                self.result = self.act()
        # Whatever a verb raises is what came of it, and the merge tells it.
        except BaseException as error:  # noqa: BLE001 (see above)
            self.error = error
        finally:
            connection.close()
            self.is_done = True
            self._arrived.set()

    def _execute(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        point = switch_point(sql)
        if point:
            self._pause(point)
        result = execute(self.change(sql), *rest)
        self.releases += sql.startswith("ROLLBACK TO")
        return result

    def _pause(self, point: str) -> None:
        if self.is_free:
            return
        self.point = point
        self._arrived.set()
        self._go.acquire()


@dataclass
class Decision:
    """Which of two went on, which others could have, and who of them is known to do nothing then but wait."""

    choice: str
    others: list[str]
    asleep: str = ""
    waited: bool = False


@dataclass
class Merge:
    """What happened: who passed which switch point, what each verb returned or raised."""

    steps: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    results: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, BaseException] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(self.steps)


class Course:
    """Decides who goes on: as told, or by chance, or one to its end `first`, or whoever did not go last."""

    def __init__(
        self, told: list[Decision] | None = None, *, chance: random.Random | None = None, first: str = ""
    ) -> None:
        self.told, self.chance, self.first = list(told or []), chance, first
        self.made: list[Decision] = []
        self._last = ""
        self._asleep: dict[str, int] = {}

    def pick(self, able: list[Side], sides: list[Side]) -> Side:
        """Return the side that goes on."""
        released = {side.name: sum(other.releases for other in sides if other is not side) for side in sides}
        awake = [side for side in able if self._asleep.get(side.name) != released[side.name]] or able
        names = sorted((side.name for side in awake), key=lambda name: name == self._last)
        self._last = self._decide(names, released) if len(names) > 1 else names[0]
        return next(side for side in able if side.name == self._last)

    def _decide(self, names: list[str], released: dict[str, int]) -> str:
        if self.told:
            decision = self.told.pop(0)
        else:
            choice = self.chance.choice(names) if self.chance else self.first or names[0]
            decision = Decision(choice, [name for name in names if name != choice])
        self.made.append(decision)
        if decision.asleep:
            self._asleep[decision.asleep] = released[decision.asleep]
        return decision.choice

    def next(self) -> list[Decision] | None:
        """Return the decisions that lead to the next branch of the tree, or None after the last one."""
        path = list(self.made)
        while path:
            last = path.pop()
            if last.others:
                return [*path, Decision(last.others[0], last.others[1:], last.choice if last.waited else "")]
        return None


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


def merge(acts: Acts, course: Course, change: Change = as_it_is) -> Merge:
    """Run the verbs to their ends, letting `course` decide, of those who can, who goes on."""
    happened = Merge(decisions=course.made)
    sides = [Side(name, act, change) for name, act in acts.items()]
    try:
        while able := _settle(sides):
            decided = len(course.made)
            side = course.pick(able, sides)
            happened.steps.append(f"{side.name}:{side.point}")
            side.go_on()
            if len(course.made) > decided:
                _settle(sides)
                course.made[-1].waited = not side.has_arrived()
    finally:
        for side in sides:
            side.end()
    happened.results = {side.name: side.result for side in sides if side.error is None}
    happened.errors = {side.name: side.error for side in sides if side.error is not None}
    return happened


def every_merge(run: Callable[[Course], Merge]) -> Iterator[Merge]:
    """Yield every merge of two verbs; `run` sets the scene anew and merges."""
    told: list[Decision] | None = []
    while told is not None:
        course = Course(told)
        yield run(course)
        told = course.next()


def some_merges(run: Callable[[Course], Merge], count: int, seed: str) -> Iterator[Merge]:
    """Yield `count` merges whose decisions are drawn from `seed`."""
    for number in range(count):
        yield run(Course(chance=random.Random(f"{seed} {number}")))


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
    """Tell whether every moving side waits for a lock that a pausing side holds."""
    pausing = {side.pid for side in sides if side not in moving and not side.is_done}
    if not pausing:
        return False
    with connection.cursor() as cursor:
        for side in moving:
            cursor.execute("SELECT pg_blocking_pids(%s)", [side.pid])
            blocking = set(cursor.fetchone()[0])
            if not blocking or not blocking <= pausing:
                return False
    return True
