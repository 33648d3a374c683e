"""`make test`: every test, on SQLite and then in a browser, and beside these on PostgreSQL.

What cannot be set up on this machine is named in one line at the end; CI=true makes a failure of it. COVERAGE=1
measures which lines and branches the tests reach.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.browser import MISSING, install_chromium

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "var"
PYTEST = [sys.executable, "-m", "pytest", "--quiet"]
COVERED = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "--quiet"]
# Each in a process of its own: two of Playwright's event loops do not live together.
BROWSER_FOLDERS = ("tests/razorpay_simulator", "tests/journeys")
# Another program, and tests that read the source or start programs without one.
WITHOUT_DATABASE = (
    "tests/razorpay_simulator",
    "tests/test_architecture.py",
    "tests/test_docs.py",
    "tests/test_faults.py",
    "tests/test_prove.py",
    "tests/test_run.py",
)


class Run:
    """One test run, what became of its parts, and what could not be tested."""

    def __init__(self, arguments: list[str]) -> None:
        self.pytest = [*(COVERED if os.environ.get("COVERAGE") else PYTEST), *arguments]
        self.failed: list[str] = []
        self.missing: list[str] = []
        self.started = time.monotonic()

    def all(self) -> None:
        """Run SQLite's suite and then the browser's, all the while PostgreSQL's beside; its lines come at the end.

        So both of two cores have work to the end. What never reaches a database is run once, with SQLite.
        """
        with ExitStack() as stack:
            address = self.postgres(stack)
            LOGS.mkdir(exist_ok=True)
            log = LOGS / "test-postgresql.log"
            beside = None
            if address:
                once = [f"--ignore={path}" for path in WITHOUT_DATABASE]
                beside = subprocess.Popen(
                    [*self.pytest, *once, "tests"],
                    cwd=ROOT,
                    env={**os.environ, "DATABASE_URL": address},
                    stdout=stack.enter_context(log.open("wb")),
                    stderr=subprocess.STDOUT,
                )
                # Before the server below it goes away, if this is left early.
                stack.callback(end, beside)
            self.part("SQLite", ["tests"])
            self.browser()
            if beside:
                beside.wait()
                print(f"\n== PostgreSQL\n{log.read_text()}", flush=True)
                self.note("PostgreSQL", beside.returncode)

    def postgres(self, stack: ExitStack) -> str | None:
        """Start a PostgreSQL for the time of `stack` and return its address, or note that there is none."""
        try:
            from tests.postgres import running_postgres

            return stack.enter_context(running_postgres())
        except Exception as error:  # noqa: BLE001 - whatever keeps it from starting on this machine.
            self.missing.append(f"PostgreSQL ({type(error).__name__}: {error}; TEST_DATABASE_URL may name a server)")
            return None

    def browser(self) -> None:
        """Run the tests that need a browser, or note that there is none."""
        if not install_chromium():
            self.missing.append(f"the journeys in a browser ({MISSING})")
            return
        for folder in BROWSER_FOLDERS:
            self.part(f"Browser, {folder}", ["-m", "browser", folder])

    def part(self, name: str, arguments: list[str]) -> None:
        """Run pytest with `arguments` on SQLite."""
        print(f"\n== {name}", flush=True)
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment["REQUIRE_BROWSER"] = "1"
        self.note(name, finish(subprocess.Popen([*self.pytest, *arguments], cwd=ROOT, env=environment)))

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


def finish(pytest: "subprocess.Popen[bytes]") -> int:
    """Wait for a pytest and return its exit code."""
    try:
        return pytest.wait()
    finally:
        end(pytest)


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
