"""What the shop must do, by numbers, and which test shows each: the faults that it survives, and what its users need.

`python -m tests.lists` writes docs/faults.md and docs/ux.md from `faults.toml` and `ux.toml` beside this file. A test
names what it shows with `@pytest.mark.covers("B2")`; the marks are read from the source, since importing every test to
ask for them would take a minute.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
HERE = Path(__file__).parent


@dataclass
class Entry:
    """One number: what it says, and what stands behind it.

    `decision` is the number of the decision why it does not apply, `shot` the state that `make shots` photographs where
    only an eye can judge, `where` the file that does it, `missing` what is not there yet.
    """

    text: str
    decision: str = ""
    where: str = ""
    shot: str = ""
    missing: str = ""
    tests: list[str] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        """Whether a test, a photograph, a decision or an honest word stands behind the sentence."""
        return bool(self.tests or self.shot or self.decision or self.missing)


@dataclass
class Group:
    """Numbers of one subject."""

    title: str
    entries: dict[str, Entry]


@dataclass(frozen=True)
class List:
    """A list of numbers: where it stands, what is written from it, and what its numbers look like."""

    name: str
    introduction: str
    ids: re.Pattern[str]

    @property
    def document(self) -> Path:
        """The file that is written from it."""
        return ROOT / "docs" / f"{self.name}.md"

    def groups(self) -> list[Group]:
        """Return the groups with their tests."""
        data = tomllib.loads((HERE / f"{self.name}.toml").read_text())
        decisions: dict[str, str] = data.pop("decisions", {})
        shown = marks()
        found = []
        for values in data.values():
            title = values.pop("title")
            entries = {
                name: Entry(**({"text": told} if isinstance(told, str) else told)) for name, told in values.items()
            }
            for name, entry in entries.items():
                entry.decision = decisions.get(name, "")
                entry.tests = sorted(shown.get(name, []))
            found.append(Group(title, entries))
        return found

    def text(self) -> str:
        """Return what its document says."""
        parts = [self.introduction]
        for group in self.groups():
            parts.append(f"## {group.title}\n")
            parts.append(
                "\n".join(line for name, entry in group.entries.items() for line in _lines(name, entry)) + "\n"
            )
        return "\n".join(parts)


FAULTS = List(
    "faults",
    """\
# Faults, and what this shop does about each

Money, stock and strangers meet over an unreliable network. This is the list of what can go wrong there, what happens in
this shop when it does, and the tests that show it. `make lists` writes this file from `tests/lists/faults.toml` and
from the marks of the tests (`@pytest.mark.covers("B2")`); a test fails when a fault has neither a test nor a decision.

Run the tests of one fault by their names: `.venv/bin/python -m pytest -k NAME`.
""",
    re.compile(r"[A-M][1-9][0-9]?"),
)
UX = List(
    "ux",
    """\
# What shoppers, collectors and editors need, and where this shop gives it

Each number is a need, the file that answers it, and the tests that show it; where only an eye can judge, the
photographs of `make shots`. `make lists` writes this file from `tests/lists/ux.toml` and from the marks of the tests
(`@pytest.mark.covers("PP1")`). What is not there yet says so.
""",
    re.compile(r"(PP|LS|CA|CO|PA|MT|AX|ED|ST)[1-9][0-9]?"),
)
LISTS = (FAULTS, UX)


def marks(root: Path = TESTS) -> dict[str, set[str]]:
    """Return the tests of each id that any test claims to show, as `file::function`."""
    found: dict[str, set[str]] = {}
    for path in sorted(root.rglob("test_*.py")):
        name = f"tests/{path.relative_to(root).as_posix()}"
        for test, ids in _marked(ast.parse(path.read_text())):
            for one in ids:
                found.setdefault(one, set()).add(f"{name}::{test}")
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    everywhere = {one for node in tree.body if _is_pytestmark(node) for one in _ids(node)}
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else []
        mine = {one for mark in getattr(node, "decorator_list", []) for one in _ids(mark)} | everywhere
        mine |= {one for child in inner if _is_pytestmark(child) for one in _ids(child)}
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, mine
        for child in inner:
            if isinstance(child, ast.FunctionDef) and child.name.startswith("test_"):
                yield child.name, mine | {one for mark in child.decorator_list for one in _ids(mark)}


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)


def _ids(node: ast.AST) -> Iterator[str]:
    """Yield what `covers(...)` names below `node`; parameters of a parametrized test may carry marks too."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "covers":
            yield from (str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))


def _lines(name: str, entry: Entry) -> Iterator[str]:
    yield f"- **{name}** {entry.text}"
    if entry.missing:
        yield f"  - Not there yet: {entry.missing}"
    if entry.where:
        yield f"  - in `{entry.where}`"
    if entry.shot:
        yield f"  - photographs `{entry.shot}`"
    if entry.decision:
        (path,) = (ROOT / "docs" / "decisions").glob(f"{entry.decision}-*.md")
        yield f"  - [{path.read_text().partition(chr(10))[0].removeprefix('# ')}](decisions/{path.name})"
    yield from (f"  - `{test}`" for test in entry.tests)
