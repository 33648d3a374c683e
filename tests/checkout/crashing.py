"""A process that kills itself at a chosen step, and counts its steps from outside of what it does.

A step is a statement that writes, and the moments before and after each COMMIT, each call to Razorpay and each mail
that is handed to a mail server.
"""

import gc
import os
import signal
import smtplib
from collections.abc import Callable
from typing import Any

from django.db import connection

from checkout.transport import Session
from tests.proofs.forks import in_processes

WRITES = ("INSERT", "UPDATE", "DELETE")
THE_END = "came to the end"
UNCOMMITTED = "(uncommitted)"


def steps_of(act: Callable[[], object], *, until: int = 0) -> list[str]:
    """Let another process act, and kill it at the step `until`, counted from 1; 0 kills it at none.

    Returns the names of its steps when it came to the end, and nothing when it was killed.
    """

    def burn_down() -> str:
        # A collection would touch, and so copy, all that the fork shares with its parent.
        gc.disable()
        fuse = Fuse(until)
        fuse.light()
        act()
        return "\n".join([THE_END, *fuse.steps])

    [said] = in_processes([burn_down], beside=lambda: None)
    first, *steps = said.split("\n")
    assert first in ("nothing", THE_END), said
    return steps


def leaves_something(step: str) -> bool:
    """Tell whether something stays after a kill at this step that did not stay after a kill at the one before."""
    return not step.startswith(("before ", "after GET ")) and not step.endswith(UNCOMMITTED)


class Fuse:
    """Kills this process at the n-th step."""

    def __init__(self, until: int) -> None:
        self.until = until
        self.steps: list[str] = []

    def light(self) -> None:
        """Begin to count. Nothing puts it out: this process is a fork, and ends soon."""
        self._guard(connection, "_commit", lambda: "COMMIT")
        self._guard(Session, "send", lambda _session, request: f"{request.method} {request.path_url}")
        self._guard(smtplib.SMTP, "data", lambda _server, _mail: "a mail")
        connection.execute_wrappers.append(self._execute)

    def _burn(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) == self.until:
            os.kill(os.getpid(), signal.SIGKILL)

    def _guard(self, owner: object, name: str, tell: Callable[..., str]) -> None:
        """Let the moments before and after each call of a method be steps."""
        act = getattr(owner, name)

        def guarded(*args: Any, **options: Any) -> Any:
            self._burn(f"before {tell(*args)}")
            result = act(*args, **options)
            self._burn(f"after {tell(*args)}")
            return result

        setattr(owner, name, guarded)

    def _execute(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if sql.lstrip().startswith(WRITES):
            what = " ".join(sql.split()[:3])
            self._burn(f"{what} {UNCOMMITTED}" if connection.in_atomic_block else what)
        return result
