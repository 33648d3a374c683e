"""`make prove` tells a proof that holds from one that does not, and prints what they counted.

The control, as it was seen: with a `run` that always returns 0 the second test fails.
"""

import sys
from pathlib import Path

import pytest

from tests.prove import Proof, run

COUNTING = """
import os
from tests import effort
assert "DATABASE_URL" not in os.environ
for _ in range(3):
    effort.count("merges", 126 * effort.SEEDS)
effort.note("slowest", "40 ms")
effort.note("slowest", "30 ms")
print("5 passed, 1 skipped in 2.00s")
"""


def proof(name: str, code: str, **environment: str) -> Proof:
    return Proof(name, [sys.executable, "-c", code], environment, ["SQLite"])


def table(folder: Path) -> list[list[str]]:
    """Return the cells of the table that was kept, without the times."""
    lines = (folder / "proof" / "table.md").read_text().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")[:-1]] for line in lines]


def test_figures_come_into_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([proof("Merges", COUNTING, PROVE_SEEDS="20")], [], "Proof", tmp_path) == 0
    figures = "5 passed; 1 skipped; 7,560 merges; slowest: 30 ms"
    assert table(tmp_path) == [["Merges", "SQLite", "holds", figures]]
    assert "All hold after" in capsys.readouterr().out


def test_one_that_fails_makes_all_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [proof("Good", "pass"), proof("Bad", "import sys; sys.exit('lost a rupee')")]
    assert run(both, [], "Proof", tmp_path) == 1
    assert [row[2] for row in table(tmp_path)] == ["holds", "FAILED (1)"]
    printed = capsys.readouterr().out
    assert "lost a rupee" in printed
    assert "1 FAILED after" in printed


def test_the_environment_outranks_a_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVE_SEEDS", "1")
    assert run([proof("Merges", COUNTING, PROVE_SEEDS="20")], [], "Proof", tmp_path) == 0
    assert "378 merges" in table(tmp_path)[0][3]


def test_proofs_are_chosen_by_a_word_of_their_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [proof("Good", "pass"), proof("Bad", "import sys; sys.exit(1)")]
    assert run(both, ["goo"], "Proof", tmp_path) == 0
    assert run(both, ["nothing"], "Proof", tmp_path) == 2
    assert "There are: Good, Bad." in capsys.readouterr().out
