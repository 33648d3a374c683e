"""`make prove`: what `make test` tries with small numbers, with numbers that convince, on both databases side by side.

`python -m tests.prove crash race` runs the proofs whose names contain one of the words. A PROVE_ variable of the
environment outranks the number that a proof names here. What each printed, and the table,
are kept in `var/proof/`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.__main__ import end
from tests.effort import told
from tests.postgres import running_postgres

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "var"
BOTH = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Proof:
    """One family: how it is run, how hard it tries, and on which databases."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    databases: Sequence[str] = BOTH


def pytest(*arguments: str) -> list[str]:
    """Return the command of a proof that is made of tests: without a limit of time, and louder about failures."""
    return [sys.executable, "-m", "pytest", "--quiet", "-o", "timeout=0", *arguments]


# One line for each family. A test asks `tests.effort` how hard it is to try, and counts there what it did.
PROOFS = [
    Proof(
        "State machine",
        pytest("tests/proofs/test_machine.py"),
        {"PROVE_EXAMPLES": "8000", "PROVE_STEPS": "50", "PROVE_FULL": "1"},
    ),
    Proof("Interleavings", pytest("tests/proofs/test_interleavings.py"), {"PROVE_FULL": "1"}, ["PostgreSQL"]),
    Proof("Lost answers", pytest("tests/checkout/test_lost_answers.py"), {"PROVE_FULL": "1"}),
    Proof(
        "Webhook fuzz",
        pytest("tests/webhooks/test_fuzz_random.py", "tests/webhooks/test_fuzz_server.py"),
        {"PROVE_FUZZ": "160000"},
    ),
    Proof("Crash points", pytest("tests/checkout/test_crashes.py"), {"PROVE_FULL": "1"}),
    Proof("Confluence", pytest("tests/webhooks/test_confluence.py"), {"PROVE_FULL": "1"}),
    Proof("Mutation testing", [sys.executable, "-m", "tests.mutation"], {}, ["SQLite"]),
    Proof("Roles", pytest("tests/test_roles.py"), {"PROVE_FULL": "1"}, ["SQLite"]),
    Proof(
        "Races",
        pytest(
            "tests/checkout/test_races.py",
            "tests/checkout/test_payments_at_once.py",
            "tests/catalog/test_stock_races.py",
            "tests/proofs/test_races.py",
        ),
        {"PROVE_SEEDS": "20", "PROVE_FULL": "1"},
    ),
]


@dataclass(frozen=True)
class Result:
    """What became of a proof on one database."""

    proof: Proof
    database: str
    code: int
    seconds: float
    figures: dict[str, int | str]

    def row(self) -> str:
        """Return it as a line of the table."""
        figures = "; ".join(
            f"{value:,} {what}" if isinstance(value, int) else f"{what}: {value}"
            for what, value in self.figures.items()
        )
        verdict = "holds" if self.code == 0 else f"FAILED ({self.code})"
        return f"| {self.proof.name} | {self.database} | {verdict} | {figures} | {minutes(self.seconds)} |"


class Run:
    """The proofs of one run, what is running of them, and where they write."""

    def __init__(self, proofs: Sequence[Proof], logs: Path) -> None:
        self.proofs, self.logs = proofs, logs
        self.running: set[subprocess.Popen[bytes]] = set()
        self.is_stopped = False

    def side_by_side(self) -> list[Result]:
        """Run the proofs on SQLite one after the other, and at the same time those on PostgreSQL."""
        with ExitStack() as stack:
            addresses: dict[str, str | None] = {"SQLite": None}
            if any("PostgreSQL" in proof.databases for proof in self.proofs):
                addresses["PostgreSQL"] = stack.enter_context(running_postgres())
            lanes = stack.enter_context(ThreadPoolExecutor(len(addresses)))
            # What runs is ended before its database goes away, if this is left early.
            stack.callback(self.stop)
            found = [
                result for results in lanes.map(self.lane, *zip(*addresses.items(), strict=True)) for result in results
            ]
        return sorted(found, key=lambda result: self.proofs.index(result.proof))

    def stop(self) -> None:
        """End what still runs and start nothing more."""
        self.is_stopped = True
        for process in list(self.running):
            end(process)

    def lane(self, database: str, address: str | None) -> list[Result]:
        """Run each proof that is made on `database`."""
        wanted = [proof for proof in self.proofs if database in proof.databases]
        return [self.prove(proof, database, address) for proof in wanted if not self.is_stopped]

    def prove(self, proof: Proof, database: str, address: str | None) -> Result:
        """Run a proof to its end and say how it went."""
        stem = re.sub(r"\W+", "-", f"{proof.name} {database}").lower()
        log, figures = self.logs / f"{stem}.log", self.logs / f"{stem}.figures"
        given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment = {**proof.environment, **given, "PROVE_FIGURES": str(figures)}
        if address:
            environment["DATABASE_URL"] = address
        started = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                proof.command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
            self.running.add(process)
            code = process.wait()
            self.running.discard(process)
        found = {**tests_of(log.read_text()), **told(figures)}
        result = Result(proof, database, code, time.monotonic() - started, found)
        print(result.row() if code == 0 else f"{result.row()}\n{log.read_text()[-6_000:]}", flush=True)
        return result


def tests_of(output: str) -> dict[str, int | str]:
    """Return how many tests pytest says were passed and skipped, if it was pytest that wrote."""
    last = output.strip().rpartition("\n")[2]
    return {what: int(number) for number, what in re.findall(r"(\d+) (passed|failed|skipped|errors?)\b", last)}


def run(proofs: Sequence[Proof], words: Sequence[str], title: str, logs: Path = LOGS) -> int:
    """Run each proof whose name has one of `words` (all, without words); print the table; return the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = [proof for proof in proofs if not words or any(word.lower() in proof.name.lower() for word in words)]
    if not chosen:
        print(f"No {title.lower()} of that name. There are: {', '.join(proof.name for proof in proofs) or 'none'}.")
        return 2
    logs = logs / title.lower()
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    started = time.monotonic()
    try:
        results = Run(chosen, logs).side_by_side()
    except KeyboardInterrupt:
        print("\nStopped before the end.")
        return 130
    rows = [result.row() for result in results]
    table = "\n".join([f"| {title} | database | result | figures | time |", "|---|---|---|---|---|", *rows])
    (logs / "table.md").write_text(f"{table}\n")
    failed = [result for result in results if result.code]
    verdict = f"{len(failed)} FAILED" if failed else "All hold"
    print(f"\n{table}\n\n== {verdict} after {minutes(time.monotonic() - started)}.")
    return 1 if failed else 0


def minutes(seconds: float) -> str:
    """Write a time as people read it."""
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest:02} s"


if __name__ == "__main__":
    sys.exit(run(PROOFS, sys.argv[1:], "Proof"))
