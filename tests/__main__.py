"""`make test`: every test on SQLite, again on PostgreSQL where it matters, and in a browser, side by side.

What cannot be set up on this machine is named in one line at the end; CI=true makes a failure of it. COVERAGE=1
measures which lines and branches the tests reach.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from tests.browser import MISSING, install_chromium
from tests.template import migrated_file

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "var"
PYTEST = [sys.executable, "-m", "pytest", "--quiet"]
COVERED = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "--quiet"]
# Each in a process of its own: two of Playwright's event loops do not live together.
BROWSER_FOLDERS = ("tests/razorpay_simulator", "tests/journeys")
# Another program, and tests that read the source or start programs without a database.
WITHOUT_DATABASE = (
    "tests/config/test_checks.py",
    "tests/config/test_settings.py",
    "tests/razorpay_simulator",
    "tests/test_architecture.py",
    "tests/test_docs.py",
    "tests/test_lists.py",
    "tests/test_mutation.py",
    "tests/test_prove.py",
    "tests/test_run.py",
)


# What takes long on SQLite, in a process of its own: one alone would keep one core busy after all others have ended.
LONG = ("tests/proofs", "tests/soaking", "tests/webhooks", "tests/razorpay_simulator")


class Run:
    """One test run, what became of its parts, and what could not be tested."""

    def __init__(self, arguments: list[str]) -> None:
        self.pytest = [*(COVERED if os.environ.get("COVERAGE") else PYTEST), *arguments]
        self.failed: list[str] = []
        self.missing: list[str] = []
        self.started = time.monotonic()

    def all(self) -> None:
        """Run three lanes side by side: SQLite's suite, PostgreSQL's, the browser's and then what is long on SQLite.

        Each waits a good deal for programs that it started, so three keep two cores busy. What never reaches a database
        is run with SQLite alone, and so is what is marked `once`. All but the first tell at the end.
        """
        LOGS.mkdir(exist_ok=True)
        with ExitStack() as stack:
            address = self.postgres(stack)
            # What runs is ended before the server below it goes away, if this is left early.
            lanes = stack.enter_context(Lanes(self.pytest))
            if address:
                again = ["-m", "not browser and not once", *(f"--ignore={path}" for path in WITHOUT_DATABASE), "tests"]
                lanes.start("PostgreSQL", [again], {"DATABASE_URL": address})
            journeys = [["-m", "browser", folder] for folder in BROWSER_FOLDERS]
            # Made once for all that run on SQLite.
            migrated_file()
            lanes.start("Browser", journeys, is_possible=install_chromium)
            lanes.start("SQLite, long", [[*LONG]], after="Browser")
            print("\n== SQLite", flush=True)
            self.note("SQLite", lanes.run([*(f"--ignore={path}" for path in LONG), "tests"]))
            for name in lanes.started:
                code = lanes.wait(name)
                if code is None:
                    self.missing.append(f"the journeys in a browser ({MISSING})")
                    continue
                print(f"\n== {name}\n{lanes.log(name).read_text()}", flush=True)
                self.note(name, code)

    def postgres(self, stack: ExitStack) -> str | None:
        """Start a PostgreSQL for the time of `stack` and return its address, or note that there is none."""
        try:
            from tests.postgres import running_postgres

            return stack.enter_context(running_postgres())
        except Exception as error:  # noqa: BLE001 - whatever keeps it from starting on this machine.
            self.missing.append(f"PostgreSQL ({type(error).__name__}: {error}; TEST_DATABASE_URL may name a server)")
            return None

    def note(self, name: str, code: int) -> None:
        """Remember a part that failed."""
        if code:
            self.failed.append(name)

    def conclude(self) -> int:
        """Print what became of it, and return the exit code."""
        minutes, seconds = divmod(round(time.monotonic() - self.started), 60)
        verdict = f"FAILED: {', '.join(self.failed)}" if self.failed else "All passed"
        print(f"\n== {verdict} after {minutes} min {seconds} s.")
        untested = list(self.missing)
        if not os.environ.get("RAZORPAY_SAMPLES"):
            untested.append("the comparison with Razorpay's samples (set RAZORPAY_SAMPLES to their folder)")
        if untested:
            print(f"Not tested here: {'; '.join(untested)}.")
        strict = os.environ.get("CI", "").lower() in ("1", "true")
        return 1 if self.failed or (strict and self.missing) else 0


class Lanes:
    """Test runs side by side: those that were started write into logs, the one that is run writes to the terminal."""

    def __init__(self, pytest: list[str]) -> None:
        self.pytest = pytest
        self.pool = ThreadPoolExecutor()
        self.started: dict[str, Future[int | None]] = {}
        self.running: set[subprocess.Popen[bytes]] = set()
        self.is_over = False

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.is_over = True
        for process in list(self.running):
            end(process)
        self.pool.shutdown()

    def start(
        self,
        name: str,
        runs: list[list[str]],
        environment: dict[str, str] | None = None,
        is_possible: Callable[[], object] = lambda: True,
        after: str = "",
    ) -> None:
        """Begin a lane of pytest runs, one after the other, if what they need can be had; `after` another one's end."""
        before = self.started.get(after)
        self.started[name] = self.pool.submit(self._lane, self.log(name), runs, environment or {}, is_possible, before)

    def wait(self, name: str) -> int | None:
        """Wait for a lane and return the first exit code that is not 0, or None when it was not possible."""
        return self.started[name].result()

    def run(self, arguments: list[str], output: IO[bytes] | None = None, **environment: str) -> int:
        """Run one pytest, on SQLite unless the environment names another database, and return its exit code."""
        if self.is_over:
            return 1
        given = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        process = subprocess.Popen(
            [*self.pytest, *arguments],
            cwd=ROOT,
            env={**given, "REQUIRE_BROWSER": "1", **environment},
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
        )
        self.running.add(process)
        try:
            return process.wait()
        finally:
            end(process)
            self.running.discard(process)

    def log(self, name: str) -> Path:
        """Return the file that a lane writes."""
        return LOGS / f"test-{name.lower().replace(', ', '-')}.log"

    def _lane(
        self,
        log: Path,
        runs: list[list[str]],
        environment: dict[str, str],
        is_possible: Callable[[], object],
        before: "Future[int | None] | None",
    ) -> int | None:
        if before:
            before.result()
        if not is_possible():
            return None
        with log.open("wb") as output:
            codes = [self.run(arguments, output, **environment) for arguments in runs]
        return next(filter(None, codes), 0)


def end(pytest: "subprocess.Popen[bytes]") -> None:
    """End a pytest that still runs, and give it time to stop the programs that it started."""
    if pytest.poll() is None:
        pytest.terminate()
        pytest.wait(60)


def main(arguments: list[str]) -> int:
    """Run it all; `arguments` go to each pytest."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = Run(arguments)
    try:
        run.all()
    except KeyboardInterrupt:
        print("\nStopped before the end.")
        return 130
    if os.environ.get("COVERAGE"):
        for command in (["combine", "--quiet"], ["report"]):
            subprocess.run([sys.executable, "-m", "coverage", *command], cwd=ROOT, check=False)
    return run.conclude()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
