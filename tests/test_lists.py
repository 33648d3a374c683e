"""Every number of the lists has something behind it, and the documents tell what.

Seen to fail: an id was taken from a mark, a sentence was changed without writing the document anew, a photograph was
named that nobody takes, and the functions below `marks` were given a file whose marks are known.
"""

import itertools
import re
from pathlib import Path

import pytest

from tests import lists
from tests.journeys import states
from tests.lists import FAULTS, LISTS, UX, List

GIVEN_UP = {"K3"}


@pytest.mark.parametrize("which", LISTS, ids=lambda one: one.name)
def test_every_number_has_something_behind_it(which: List) -> None:
    untold = [name for group in which.groups() for name, entry in group.entries.items() if not entry.is_told]
    assert untold == [], "neither a test nor a decision"


def test_no_fault_is_put_off() -> None:
    assert not any(entry.missing for group in FAULTS.groups() for entry in group.entries.values())


def test_marks_name_numbers_of_the_lists() -> None:
    known = {name for which in LISTS for group in which.groups() for name in group.entries}
    assert {name: tests for name, tests in lists.marks().items() if name not in known} == {}


@pytest.mark.parametrize("which", LISTS, ids=lambda one: one.name)
def test_the_list_is_whole(which: List) -> None:
    """The numbers of each group follow each other, and each is a sentence."""
    for group in which.groups():
        (letters,) = {re.sub(r"\d", "", name) for name in group.entries}
        numbers = (f"{letters}{n}" for n in itertools.count(1) if f"{letters}{n}" not in GIVEN_UP)
        assert list(group.entries) == list(itertools.islice(numbers, len(group.entries)))
        assert all(which.ids.fullmatch(name) for name in group.entries)
        assert all(entry.text.endswith(".") for entry in group.entries.values())


def test_what_is_named_is_there() -> None:
    """A file that answers a need exists, and a photograph is taken."""
    entries = [entry for group in UX.groups() for entry in group.entries.values()]
    assert [entry.where for entry in entries if not (lists.ROOT / entry.where).exists()] == []
    taken = states.STATES | states.WINDOW_STATES | states.PHONE_STATES | states.ADMIN_STATES
    assert [entry.shot for entry in entries if entry.shot and entry.shot not in taken] == []


@pytest.mark.parametrize("which", LISTS, ids=lambda one: one.name)
def test_the_document_is_written_anew(which: List) -> None:
    assert which.document.read_text() == which.text(), "run `make lists`"


def test_marks_are_found_wherever_pytest_finds_them(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "test_x.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.slow, pytest.mark.covers('A1')]\n"
        "@pytest.mark.covers('A2', 'A3')\n"
        "def test_one(): ...\n"
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.covers('A4'))])\n"
        "def test_two(x): ...\n"
        "@pytest.mark.covers('A5')\n"
        "def helper(): ...\n"
        "@pytest.mark.covers('A6')\n"
        "class TestThree:\n"
        "    @pytest.mark.covers('A7')\n"
        "    def test_three(self): ...\n"
    )
    one, two, three = (f"tests/below/test_x.py::test_{name}" for name in ("one", "two", "three"))
    assert lists.marks(tmp_path) == {
        "A1": {one, two, three},
        "A2": {one},
        "A3": {one},
        "A4": {two},
        "A6": {three},
        "A7": {three},
    }
