"""Two or three verbs about one order on connections of their own, in every order of their steps: as if one by one.

On PostgreSQL, whose locks are of rows; SQLite's one writer is the whole schedule there. After each merge the audit
proves the books, no verb has raised, no call went out with a transaction open, and what came of it is what comes of
the whole verbs in one order or another. A sample in `make test`; in `make prove` every merge of every pair, without
those that repeat another one (`tests/proofs/courses.py`), and of a few triples many that are drawn: there PostgreSQL
chooses too, between two who wait for the same row. That nothing is lost with the repetitions is tried where all can be
gone through: with and without locks the outcomes are the same.

The controls are tests: without the row locks, and without the condition of a reservation, the same merges go wrong.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection

from checkout import audit, payments
from tests.checkout.orders import SKU, ordered, paid
from tests.effort import IS_FULL, count
from tests.factories import make_product
from tests.programs import Simulator
from tests.proofs import clashes, interleaving
from tests.proofs.courses import Clash, Course, every_merge, some_merges
from tests.proofs.interleaving import Change, Merge
from tests.proofs.scenes import SIDES, VERBS, Scene, start_anew

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.usefixtures("no_call_in_a_transaction", "shelf"),
]

SAMPLE = 1
# Of each triple, when everything is to be proved: these are samples too.
MERGES_OF_THREE = 200
# What a verb alone makes of the order.
END = {
    "place": "pending",
    "fail": "pending",
    "expire": "expired",
    "cancel": "cancelled",
    "verify": "paid",
    "capture": "paid",
    "second": "paid",
    "refund": "paid",
}
STRENGTH = {"pending": 0, "expired": 1, "cancelled": 1, "paid": 2}


@dataclass(frozen=True)
class Case:
    """Two or three verbs, how many cars are free for rivals, and whether the order has expired before."""

    verbs: tuple[str, ...]
    free: int = 0
    is_late: bool = False

    def __str__(self) -> str:
        words = [" and ".join(self.verbs), f"{self.free} free" if self.free else "", "late" if self.is_late else ""]
        return ", ".join(filter(None, words))

    @property
    def statuses(self) -> set[str]:
        """What may come of the order: money wins unless its car went to a rival, and what was cancelled stays so."""
        if "refund" in self.verbs:
            return {"cancelled" if "cancel" in self.verbs else "paid"}
        ends = {END[verb] for verb in self.verbs}
        strongest = max(STRENGTH[end] for end in ends)
        found = {end for end in ends if STRENGTH[end] == strongest or end == "cancelled"}
        has_rival = self.is_late or {"expire", "place"} <= set(self.verbs)
        return found | {"on_hold"} if has_rival and "paid" in found else found


PAIRS = [
    Case(verbs, free=int(verbs == ("place", "place"))) for verbs in itertools.combinations_with_replacement(VERBS, 2)
]
CASES = [
    *PAIRS,
    # The last car, for which a rival and late money meet.
    *(Case(("place", verb), free=1, is_late=True) for verb in ("verify", "capture")),
    # Two payments for one order, and what may happen beside a second one.
    *(Case((verb, "second")) for verb in ("verify", "capture", "expire", "cancel", "refund")),
]
# Three at once: money, time and a rival; money told twice when its time is over; its way back, asked for three times;
# two payments and a buyer who cancels; a car that comes free, and two who want it.
TRIPLES = [
    Case(("capture", "expire", "place")),
    Case(("verify", "capture", "expire")),
    Case(("refund", "refund", "cancel")),
    Case(("capture", "second", "cancel")),
    Case(("place", "expire", "place")),
]


@dataclass
class Stage:
    """Runs the merges of one case, each in a scene of its own, and remembers what was wrong."""

    case: Case
    simulator: Simulator
    change: Change = interleaving.as_it_is
    count: int = 0
    repetitions: int = 0
    wrong: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)

    def run(self, course: Course) -> Merge:
        """Set the scene, merge, and look."""
        start_anew()
        scene = Scene(self.case.verbs, self.simulator, free=self.case.free, is_late=self.case.is_late)
        happened = interleaving.merge(scene.acts(), course, self.change)
        if happened.is_repetition:
            self.repetitions += 1
            return happened
        outcome = f"{scene.outcome()}; {happened.results}"
        broken = [text for texts in audit.run().values() for text in texts]
        broken += [f"{name} raised {error!r}" for name, error in happened.errors.items()]
        self.count += 1
        self.outcomes.setdefault(outcome, str(happened))
        if broken:
            self.wrong.append(f"{self.case}: {happened}\n    {outcome}\n    {broken}")
        return happened

    def run_all(self, clash: Clash = clashes.clash) -> None:
        """Run every merge."""
        for happened in every_merge(self.run, clash):
            assert happened.steps


@pytest.fixture
def shelf(transactional_db: None) -> Iterator[None]:
    """A model to be fought for, and the first order of the year, which opens the series of invoice numbers."""
    make_product(SKU, on_hand=10)
    payments.record(paid(ordered()))
    yield
    interleaving.close_spare_connections()


@pytest.mark.covers("G3", "G9", "D7", "E10", "E12", "E13", "F12", "F13", "I2", "L4")
@pytest.mark.parametrize("cases", [[case] for case in CASES] if IS_FULL else [CASES], ids=lambda cases: str(cases[0]))
def test_two_verbs_end_as_if_one_had_been_first(cases: list[Case], simulator: Simulator) -> None:
    for case in cases:
        stage = Stage(case, simulator)
        assert_each_is_serial(stage, every_merge(stage.run) if IS_FULL else sample(stage, SAMPLE))
        count("pairs")
        count("merges of two", stage.count)
        count("given up as repetitions", stage.repetitions)


@pytest.mark.parametrize("case", TRIPLES if IS_FULL else TRIPLES[:1], ids=str)
def test_three_verbs_end_as_if_one_had_been_after_the_other(case: Case, simulator: Simulator) -> None:
    stage = Stage(case, simulator)
    assert_each_is_serial(stage, sample(stage, MERGES_OF_THREE if IS_FULL else SAMPLE))
    count("triples")
    count("merges of three", stage.count)


def sample(stage: Stage, number: int) -> Iterator[Merge]:
    """Return so many merges, drawn from the case's name."""
    return some_merges(stage.run, number, str(stage.case))


def assert_each_is_serial(stage: Stage, merges: Iterable[Merge]) -> None:
    """Run the merges: nothing is wrong, and what came of them is what comes of the whole verbs in some order."""
    for happened in merges:
        assert happened.steps
        assert not stage.wrong, stage.wrong[0]
    assert unexplained(stage) == {}
    assert {outcome.partition(",")[0] for outcome in stage.outcomes} <= stage.case.statuses


def unexplained(merged: Stage) -> dict[str, str]:
    """Return what comes of no order of the whole verbs, and the first merge that it came of."""
    serial = Stage(merged.case, merged.simulator)
    orders = itertools.permutations(SIDES[: len(merged.case.verbs)])
    while (left := merged.outcomes.keys() - serial.outcomes.keys()) and (order := next(orders, None)):
        serial.run(Course(serial=order))
    return {outcome: merged.outcomes[outcome] for outcome in left}


# Where the lock of the order, and no condition of a write, keeps one verb from the other.
LOCKED = [("verify", "verify"), ("capture", "expire"), ("expire", "cancel"), ("cancel", "refund"), ("refund", "refund")]


def test_the_control_without_locks(simulator: Simulator) -> None:
    wrong = {}
    for case in PAIRS if IS_FULL else [case for case in PAIRS if case.verbs in LOCKED]:
        stage = Stage(case, simulator, interleaving.without_locks)
        for happened in some_merges(stage.run, 6, str(case)):
            assert happened.steps
            if stage.wrong and not IS_FULL:
                break
        wrong[case.verbs] = len(stage.wrong)
        count("merges without locks", stage.count)
        count("of them wrong", len(stage.wrong))
    assert min(wrong[verbs] for verbs in LOCKED) > 0, wrong


# Pairs small enough to be run through without leaving anything out, also when no lock keeps the sides apart.
SMALL = [
    (verbs, change)
    for change in (interleaving.as_it_is, interleaving.without_locks)
    for verbs in (("expire", "cancel"), ("fail", "expire"))
]


@pytest.mark.parametrize(("verbs", "change"), SMALL if IS_FULL else SMALL[:1])
def test_what_is_left_out_tells_nothing_new(verbs: tuple[str, ...], change: Change, simulator: Simulator) -> None:
    few, all_of_them = Stage(Case(verbs), simulator, change), Stage(Case(verbs), simulator, change)
    few.run_all()
    all_of_them.run_all(clash=lambda _one, _other: True)
    assert few.count <= all_of_them.count
    assert few.outcomes.keys() == all_of_them.outcomes.keys()
    assert bool(few.wrong) == bool(all_of_them.wrong)
    count("merges with nothing left out", all_of_them.count)
    count("of them told again", all_of_them.count - few.count)


def test_the_control_without_the_condition_of_a_reservation(simulator: Simulator) -> None:
    def without_condition(sql: str) -> str:
        return sql.replace('"catalog_stock"."on_hand" >= ("catalog_stock"."reserved" + %s)', "%s > 0")

    stage = Stage(PAIRS[0], simulator, without_condition)
    for happened in some_merges(stage.run, 8, "reservation"):
        assert happened.steps
    assert stage.wrong
