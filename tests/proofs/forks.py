"""The same moment in several processes."""

import json
import os
import sys
from collections.abc import Callable, Sequence

from django.db import connections


def in_processes(acts: Sequence[Callable[[], str]], *, beside: Callable[[], object]) -> list[str]:
    """Do each in a fork of its own, all at once, and `beside` here; return what each said."""
    connections.close_all()
    start, go = os.pipe()
    children = [_fork(act, start, go) for act in acts]
    os.close(start)
    os.close(go)
    beside()
    return [_end(pid, answer) for pid, answer in children]


def _fork(act: Callable[[], str], start: int, go: int) -> tuple[int, int]:
    answer, say = os.pipe()
    pid = os.fork()
    if pid:
        os.close(say)
        return pid, answer
    try:
        os.close(go)
        # Until the parent has closed the other end there is nothing to read.
        os.read(start, 1)
        os.write(say, json.dumps(act()).encode())
    # Whatever it is: a fork must not go on to live its parent's life.
    except BaseException as error:  # noqa: BLE001 (see above)
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os.write(say, json.dumps(f"{type(error).__name__}: {error}").encode())
    os._exit(0)


def _end(pid: int, answer: int) -> str:
    with os.fdopen(answer) as said:
        text = said.read()
    os.waitpid(pid, 0)
    return str(json.loads(text or '"nothing"'))
