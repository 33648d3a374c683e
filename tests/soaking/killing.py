"""kill -9 at any moment: a web process, a worker, now and then the whole server, and connections of PostgreSQL.

granian replaces a web process that died, and gives up when the one that it replaced last dies within 5.5 seconds: it
takes that for a crash loop. So the youngest is spared; where it is met all the same, the server is started again, as a
service manager would.
"""

import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from django.db import connection

from tests.programs import running
from tests.soaking.notebook import Notebook

# By this name PostgreSQL knows the connections of the shop from those of the tests.
SHOP = "soaked shop"
CONNECTIONS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
CRASH_LOOP = "Worker crash loop detected"
VICTIMS = {"web process": 89, "worker": 3, "whole server": 1, "connection": 7}


class Program:
    """A program of the shop that is started again whenever it was killed, as a service manager would."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str], ready: Callable[[], bool]) -> None:
        self.command, self.log, self.env, self.ready = command, log, env, ready
        self._running = ExitStack()
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> "Program":
        self.process = self._running.enter_context(running(self.command, log=self.log, env=self.env, ready=self.ready))
        return self

    def __exit__(self, *_problem: object) -> None:
        self._running.close()

    def kill(self) -> None:
        """Kill it with all of its processes, and start it again."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._running.close()
        self.__enter__()

    def children(self) -> list[int]:
        """Return the numbers of its processes but the first, the youngest last."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return sorted(map(int, found.split()))


class Killer:
    """Kills every 0.1 to 0.5 seconds until `is_over`."""

    def __init__(
        self, server: Program, workers: Sequence[Program], seed: str, notebook: Notebook, is_over: threading.Event
    ) -> None:
        self.server, self.workers, self.notebook, self.is_over = server, workers, notebook, is_over
        self.chance = random.Random(f"{seed} killer")
        self.victims = {name: share for name, share in VICTIMS.items() if name != "connection" or is_postgresql()}

    def work(self) -> None:
        """Kill until the time is over."""
        try:
            while not self.is_over.wait(self.chance.uniform(0.1, 0.5)):
                self.look_after()
                victim = self.chance.choices(list(self.victims), list(self.victims.values()))[0]
                if self.kill(victim):
                    self.notebook.count(f"kills of a {victim}")
        finally:
            connection.close()

    def look_after(self) -> None:
        """Start again what ended by itself, which only the server may, and only for one reason."""
        for program in (self.server, *self.workers):
            if program.process.poll() is not None:
                told = program.log.read_text()[-3_000:]
                assert CRASH_LOOP in told, f"{program.command} ended:\n{told}"
                program.kill()
                self.notebook.count("crash loops that granian saw")

    def kill(self, victim: str) -> bool:
        """Kill one of this kind; tell whether there was one."""
        if victim == "whole server":
            self.server.kill()
        elif victim == "worker":
            self.chance.choice(self.workers).kill()
        elif victim == "web process":
            return self.end_one(self.server.children()[:-1], lambda pid: os.kill(pid, signal.SIGKILL))
        else:
            with connection.cursor() as cursor:
                cursor.execute(CONNECTIONS, [SHOP])
                pids = sorted(pid for (pid,) in cursor.fetchall())
                return self.end_one(pids, lambda pid: cursor.execute("SELECT pg_terminate_backend(%s)", [pid]))
        return True

    def end_one(self, pids: Sequence[int], end: Callable[[int], object]) -> bool:
        """End one of them, if there is any and it is still there."""
        with suppress(ProcessLookupError, IndexError):
            end(self.chance.choice(pids))
            return True
        return False


def is_postgresql() -> bool:
    """Tell whether the database is a server, whose connections can be ended."""
    return connection.vendor == "postgresql"
