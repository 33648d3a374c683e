"""Who goes on, where several can: as told, by chance, or so that every merge that differs comes once.

`every_merge` goes through the tree of decisions depth first. What the locks forbid is no branch of it, and neither is
what would only repeat another merge. These are left out by sleep sets, a partial-order reduction: a side that went on
from a decision in an earlier branch sleeps in the later ones, until another side does something that clashes with the
step it took there (`tests/proofs/clashes.py`). Up to then its step can change places with each of theirs, one after the
other, and that makes a merge of the earlier branch. Where everybody who can go on sleeps, the merge is given up.

To begin to wait for a lock is a step as well. Sooner or later is the same to everybody, until the lock is released; and
the end of the transaction that does so clashes with the step that wants it, and wakes its side.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.proofs import clashes
from tests.proofs.clashes import Touch
from tests.proofs.interleaving import Merge, Side

Clash = Callable[[Iterable[Touch], Iterable[Touch]], bool]


@dataclass
class Decision:
    """Who went on and by what step, who else could have, and what steps were tried from here before."""

    choice: str
    others: list[str]
    tried: dict[str, set[Touch]] = field(default_factory=dict)
    step: set[Touch] = field(default_factory=set)

    def next(self) -> "Decision":
        """Return the decision for the next of the others."""
        return Decision(self.others[0], self.others[1:], {**self.tried, self.choice: self.step})


class Course:
    """Decides who goes on: as told, or by chance, or each to its end as `serial` names them, or who did not go last."""

    def __init__(
        self,
        told: list[Decision] | None = None,
        *,
        chance: random.Random | None = None,
        serial: Sequence[str] = (),
        clash: Clash = clashes.clash,
    ) -> None:
        self.told, self.chance, self.serial, self.clash = list(told or []), chance, serial, clash
        self.made: list[Decision] = []
        self._last = ""
        self._decision = Decision("", [])
        self._asleep: dict[str, set[Touch]] = {}

    def pick(self, able: list[Side], sides: list[Side]) -> Side | None:
        """Return the side that goes on, or None when this would be a merge that has been."""
        self._wake({side.name: side.news() for side in sides})
        awake = {side.name: side for side in able if side.name not in self._asleep}
        if not awake:
            return None
        names = sorted(awake, key=lambda name: name == self._last)
        self._decision = self._decide(names) if len(names) > 1 else Decision(names[0], [])
        self._last = self._decision.choice
        return awake[self._last]

    def took(self, step: set[Touch]) -> None:
        """Remember the step of the side that was picked."""
        self._decision.step = step

    def next(self) -> list[Decision] | None:
        """Return the decisions that lead to the next branch of the tree, or None after the last one."""
        path = list(self.made)
        while path:
            last = path.pop()
            if last.others:
                return [*path, last.next()]
        return None

    def _decide(self, names: list[str]) -> Decision:
        if self.told:
            decision = self.told.pop(0)
        else:
            wished = [name for name in self.serial if name in names] or names
            choice = self.chance.choice(names) if self.chance else wished[0]
            decision = Decision(choice, [name for name in names if name != choice])
        self.made.append(decision)
        self._asleep.update(decision.tried)
        return decision

    def _wake(self, news: dict[str, set[Touch]]) -> None:
        for name, step in list(self._asleep.items()):
            if any(self.clash(step, done) for other, done in news.items() if other != name):
                del self._asleep[name]


def every_merge(run: Callable[[Course], Merge], clash: Clash = clashes.clash) -> Iterator[Merge]:
    """Yield each merge that is no repetition of an earlier one; `run` sets the scene anew and merges."""
    told: list[Decision] | None = []
    while told is not None:
        course = Course(told, clash=clash)
        happened = run(course)
        if not happened.is_repetition:
            yield happened
        told = course.next()


def some_merges(run: Callable[[Course], Merge], count: int, seed: str) -> Iterator[Merge]:
    """Yield `count` merges whose decisions are drawn from `seed`."""
    for number in range(count):
        yield run(Course(chance=random.Random(f"{seed} {number}")))
