"""Two verbs about one order on two connections, in every order of their steps: it ends as if one had been first.

On PostgreSQL, whose locks are of rows; SQLite's one writer is the whole schedule there. After each merge the audit
proves the books, no verb has raised, no call went out with a transaction open, and what came of it is what comes of
one of the two verbs wholly before the other. A sample in `make test`, every merge in `make prove`.

The controls are tests: without the row locks, and without the condition of a reservation, the same merges go wrong.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection

from checkout import audit, payments
from tests.checkout.orders import SKU, ordered, paid
from tests.effort import IS_FULL, count
from tests.factories import make_product
from tests.programs import Simulator
from tests.proofs import interleaving
from tests.proofs.interleaving import Change, Course, Merge
from tests.proofs.scenes import VERBS, Scene, start_anew

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.usefixtures("no_call_in_a_transaction", "shelf"),
]

SAMPLE = 2
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
    """Two verbs, how many cars are free for rivals, and whether the order has expired before."""

    verbs: tuple[str, str]
    free: int = 0
    is_late: bool = False

    def __str__(self) -> str:
        words = [" and ".join(self.verbs), f"{self.free} free" if self.free else "", "late" if self.is_late else ""]
        return ", ".join(filter(None, words))

    @property
    def statuses(self) -> set[str]:
        """What may come of the order: money that comes wins, but an order that was cancelled stays so."""
        if "refund" in self.verbs:
            return {"cancelled" if "cancel" in self.verbs else "paid"}
        ends = {END[verb] for verb in self.verbs}
        strongest = max(STRENGTH[end] for end in ends)
        found = {end for end in ends if STRENGTH[end] == strongest or end == "cancelled"}
        return found | {"on_hold"} if self.is_late else found


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


@dataclass
class Stage:
    """Runs the merges of one case, each in a scene of its own, and remembers what was wrong."""

    case: Case
    simulator: Simulator
    change: Change = interleaving.as_it_is
    count: int = 0
    wrong: list[str] = field(default_factory=list)
    outcomes: set[str] = field(default_factory=set)

    def run(self, course: Course) -> Merge:
        """Set the scene, merge, and look."""
        start_anew()
        scene = Scene(self.case.verbs, self.simulator, free=self.case.free, is_late=self.case.is_late)
        happened = interleaving.merge(scene.acts(), course, self.change)
        outcome = f"{scene.outcome()}; {happened.results}"
        broken = [text for texts in audit.run().values() for text in texts]
        broken += [f"{name} raised {error!r}" for name, error in happened.errors.items()]
        self.count += 1
        self.outcomes.add(outcome)
        if broken:
            self.wrong.append(f"{self.case}: {happened}\n    {outcome}\n    {broken}")
        return happened


@pytest.fixture
def shelf(transactional_db: None) -> None:
    """A model to be fought for, and the first order of the year, which opens the series of invoice numbers."""
    make_product(SKU, on_hand=10)
    payments.record(paid(ordered()))


@pytest.mark.covers("G3", "G9", "D7", "E10", "E12", "E13", "F12", "F13", "I2", "L4")
@pytest.mark.parametrize("cases", [[case] for case in CASES] if IS_FULL else [CASES], ids=lambda cases: str(cases[0]))
def test_two_verbs_end_as_if_one_had_been_first(cases: list[Case], simulator: Simulator) -> None:
    for case in cases:
        serial, merged = Stage(case, simulator), Stage(case, simulator)
        for first in "ab":
            serial.run(Course(first=first))
        for happened in every_or_some(merged, SAMPLE):
            assert not merged.wrong, merged.wrong[0]
            assert merged.outcomes <= serial.outcomes, f"{happened}\n{merged.outcomes - serial.outcomes}"
        assert {outcome.partition(",")[0] for outcome in merged.outcomes} <= case.statuses
        count("cases")
        count("merges", merged.count)


def every_or_some(stage: Stage, sample: int) -> Iterator[Merge]:
    """Return every merge when everything is to be proved, else a sample drawn from the case's name."""
    if IS_FULL:
        return interleaving.every_merge(stage.run)
    return interleaving.some_merges(stage.run, sample, str(stage.case))


# Where the lock of the order, and no condition of a write, keeps one verb from the other.
LOCKED = [("verify", "verify"), ("capture", "expire"), ("expire", "cancel"), ("cancel", "refund"), ("refund", "refund")]


def test_the_control_without_locks(simulator: Simulator) -> None:
    wrong = {}
    for case in PAIRS if IS_FULL else [case for case in PAIRS if case.verbs in LOCKED]:
        stage = Stage(case, simulator, interleaving.without_locks)
        for happened in interleaving.some_merges(stage.run, 6, str(case)):
            assert happened.steps
        wrong[case.verbs] = len(stage.wrong)
        count("merges without locks", stage.count)
        count("of them wrong", len(stage.wrong))
    assert min(wrong[verbs] for verbs in LOCKED) > 0, wrong


def test_the_control_without_the_condition_of_a_reservation(simulator: Simulator) -> None:
    def without_condition(sql: str) -> str:
        return sql.replace('"catalog_stock"."on_hand" >= ("catalog_stock"."reserved" + %s)', "%s > 0")

    stage = Stage(PAIRS[0], simulator, without_condition)
    for happened in interleaving.some_merges(stage.run, 8, "reservation"):
        assert happened.steps
    assert stage.wrong
