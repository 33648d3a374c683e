"""The hunt for mistakes that no test notices: in one warm process of pytest, with a fork for each mistake.

Django is loaded and the database made once. Every test is first run without a mistake, and must pass. A fork then
plants one and runs the tests of that file until one fails; it ends with its time when it runs for ever.
"""

import importlib
import os
import resource
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections

from tests.mutation.operators import Mutant, mutants
from tests.mutation.planting import plant
from tests.mutation.targets import ROOT, Target

# A mistake may make the tests slower, or never end, or fill the memory.
SLOWER, SECONDS, MEMORY = 5, 10, 4_000_000_000
KILLED, TIMED_OUT, SURVIVED, BROKEN = "killed", "ended by their time", "survived", "could not be planted"


@dataclass
class Hunt:
    """A plugin of pytest that runs its tests over and over; afterwards it holds what became of each mistake."""

    targets: Sequence[Target]
    found: dict[str, list[Mutant]] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        """Let Hypothesis try the same examples for each mistake, and none that is only simpler."""
        # Not earlier: pytest loads it with its own hooks.
        from hypothesis import Phase, settings

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutation", phases=phases, derandomize=True, database=None, deadline=None)
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what commits: a fork that is ended in the middle of it would leave its rows to the next."""
        items[:] = [item for item in items if not commits(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests as they are, and then with each mistake."""
        run(session, session.items, self.times)
        if not session.testsfailed and not session.shouldstop:
            # Each fork opens its own.
            connections.close_all()
            for target in self.targets:
                self.try_all(session, target)
        return True

    def try_all(self, session: pytest.Session, target: Target) -> None:
        """Try every mistake in one file."""
        wanted = [str(ROOT / path) for path in target.tests]
        # The quick ones first: most mistakes are noticed by many.
        items = [item for item in session.items if str(item.path) in wanted]
        items.sort(key=lambda item: self.times[item.nodeid])
        limit = SECONDS + SLOWER * sum(self.times[item.nodeid] for item in items)
        for mutant in mutants(target.file, target.source, target.only):
            outcome = tried(session, items, target, mutant, int(limit))
            self.found.setdefault(outcome, []).append(mutant)
            if outcome != KILLED:
                session.config.get_terminal_writer().line(f"\n{outcome}: {mutant}\n    {mutant.name}")


def commits(item: pytest.Item) -> bool:
    """Tell whether a test changes the database for good."""
    return any(marker.kwargs.get("transaction") for marker in item.iter_markers("django_db"))


def run(session: pytest.Session, items: Sequence[pytest.Item], times: dict[str, float]) -> None:
    """Run tests until one fails, and keep what belongs to the session, such as the database, when they are over."""
    following: list[Any] = [*items[1:], session]
    for item, after in zip(items, following, strict=True):
        started = time.monotonic()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        times[item.nodeid] = time.monotonic() - started
        if session.testsfailed:
            return


def tried(session: pytest.Session, items: Sequence[pytest.Item], target: Target, mutant: Mutant, limit: int) -> str:
    """Try a mistake in a fork, and return what became of it."""
    pid = os.fork()
    if not pid:
        code = 3
        try:
            silence(session, limit)
            plant(importlib.import_module(target.module), mutant.statement)
            run(session, items, {})
            code = 1 if session.testsfailed else 0
        finally:
            # Whatever it was: a fork must not go on to live its parent's life.
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {0: SURVIVED, 1: KILLED, -signal.SIGALRM: TIMED_OUT}.get(status, BROKEN)


def silence(session: pytest.Session, limit: int) -> None:
    """Let a fork say nothing, and end when it takes more seconds or memory than tests do."""
    session.config.pluginmanager.unregister(name="terminalreporter")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limit)
