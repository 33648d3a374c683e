"""The mutation test makes every kind of mistake, plants it where everybody meets it, and tells what nobody noticed.

That it tells is shown in full: without the test of the table of moves, mistakes in that table survive, and no others.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation.operators import Mutant, mutants
from tests.mutation.planting import plant
from tests.programs import ROOT

SAMPLE = '''"""A sample."""
import re
LIMIT = 5
WORDS = {"a": 1}
CODE = re.compile(r"[0-9]{4}")


def check(value: int, others: list[int], most: int = 9) -> bool:
    """Not this text."""
    if value < 0 or not others:
        raise ValueError("nor this one")
    return (value, most) == (LIMIT, min(others)) and value in (1, 5)


class Box:
    def __init__(self, size: int = 0) -> None:
        self.size = size

    @property
    def double(self) -> int:
        return self.size * 2
'''
EXPECTED = """
LIMIT: 5 => 6 | LIMIT: 5 => 4
WORDS: {'a': 1} => {} | WORDS: 'a' => 'Xa' | WORDS: 1 => 2 | WORDS: 1 => 0
CODE: re.compile('[0-9]{4}') => re.compile('[0-9]{5}') | CODE: '[0-9]{4}' => 'X[0-9]{4}'
check: 9 => 10 | check: 9 => 8
check: value < 0 => value <= 0 | check: value < 0 => value >= 0
check: value < 0 or not others => value < 0 and (not others)
check: value < 0 or not others => value < 0 | check: value < 0 or not others => not others
check: not others => others | check: if value < 0 or not others: => if not (value < 0 or not others):
check: raise ValueError('nor this one') => pass
check: (value, most) == (LIMIT, min(others)) => (value, most) != (LIMIT, min(others))
check: (value, most) == (LIMIT, min(others)) => (most,) == (min(others),)
check: min(others) => max(others) | check: value in (1, 5) => value not in (1, 5)
check: value in (1, 5) => value in (5,)
check: return (value, most) == (LIMIT, min(others)) and value in (1, 5) => return None
Box: 0 => 1 | Box: self.size = size => pass | Box: self.size * 2 => self.size // 2
"""


def made(sample: str = SAMPLE) -> dict[str, Mutant]:
    """Return the mutants of a sample by what they are called, without the file."""
    return {mutant.name.removeprefix("sample.py "): mutant for mutant in mutants("sample.py", sample)}


def test_every_kind_of_mistake_is_made_and_prose_is_left_alone() -> None:
    names = set(made())
    assert {name.strip() for line in EXPECTED.strip().splitlines() for name in line.split(" | ")} <= names
    assert not [name for name in names if "sample." in name or "this" in name.partition("=>")[2]]


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The sample, loaded, and another module that imported all of it."""
    (tmp_path / "mutated_sample.py").write_text(SAMPLE)
    (tmp_path / "beside_sample.py").write_text("from mutated_sample import LIMIT, Box, check\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = pytest.importorskip("beside_sample")
    yield module
    for name in ("mutated_sample", "beside_sample"):
        del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("LIMIT: 5 => 6", "LIMIT == 6 and check(6, [9]) is False"),
        ("check: 9 => 8", "check(5, [8])"),
        ("check: min(others) => max(others)", "check(5, [1, 9])"),
        ("Box: 0 => 1", "Box().size == 1"),
        ("Box: self.size * 2 => self.size // 2", "Box(4).double == 2"),
    ],
)
def test_whoever_imported_meets_the_mistake(name: str, expression: str, sample: ModuleType) -> None:
    assert not eval(expression, vars(sample))  # noqa: S307 - an expression of this file.
    plant(sys.modules["mutated_sample"], made()[name].statement)
    assert eval(expression, vars(sample))  # noqa: S307 (see above)


def test_equal_mistakes_of_one_function_have_names_of_their_own() -> None:
    twice = made("def add(a):\n    return a + 1 + 1\n")
    assert {"add: 1 => 2", "add: 1 => 2 (2)"} <= set(twice)
    assert ast.unparse(twice["add: 1 => 2 (2)"].statement).endswith("return a + 1 + 2")


@pytest.mark.slow
def test_a_mistake_that_no_test_notices_is_told() -> None:
    test = "tests/checkout/test_status.py::test_an_order_makes_the_allowed_moves_and_no_others"
    command = [sys.executable, "-m", "tests.mutation", "checkout/status", f"--deselect={test}"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    survived = re.findall(r"^SURVIVED checkout/status.py:[0-9]+ (\w+)\n    - (.+)$", done.stdout, re.MULTILINE)
    assert {where for where, _old in survived} == {"MOVES", "may_move"}
    assert "{OrderStatus.DELIVERED}" in {old for _where, old in survived}
    assert f"{len(survived)} survived" in done.stdout
    assert int(re.findall(r"([0-9]+) killed", done.stdout)[0]) > 20
