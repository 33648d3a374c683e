"""What can go wrong, what the shop does then, and which test shows it: `python -m tests.faults` writes docs/faults.md.

The faults stand in `tests/faults.toml`. A test names those that it shows with `@pytest.mark.covers("B2")`; the marks
are read from the source, since importing every test to ask for them would take a minute.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
DOCUMENT = ROOT / "docs" / "faults.md"
ID = re.compile(r"[A-M][1-9][0-9]?")

INTRODUCTION = """\
# Faults, and what this shop does about each

Money, stock and strangers meet over an unreliable network. This is the list of what can go wrong there, what happens in
this shop when it does, and the tests that show it. `make faults` writes this file from `tests/faults.toml` and from the
marks of the tests (`@pytest.mark.covers("B2")`); a test fails when a fault has neither a test nor a decision.

Run the tests of one fault by their names: `.venv/bin/python -m pytest -k NAME`.
"""


@dataclass
class Fault:
    """One thing that can go wrong: what happens then, the tests that show it, and the decision why it cannot."""

    text: str
    decision: str = ""
    tests: list[str] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        """Whether a test or a decision stands behind the sentence."""
        return bool(self.tests or self.decision)


@dataclass
class Group:
    """Faults of one place."""

    title: str
    faults: dict[str, Fault]


def load() -> list[Group]:
    """Return the groups with their tests."""
    data = tomllib.loads((TESTS / "faults.toml").read_text())
    decisions: dict[str, str] = data.pop("decisions")
    shown = marks()
    groups = []
    for values in data.values():
        title = values.pop("title")
        found = {
            name: Fault(text, decisions.get(name, ""), sorted(shown.get(name, []))) for name, text in values.items()
        }
        groups.append(Group(title, found))
    return groups


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


def document(groups: list[Group]) -> str:
    """Return the text of docs/faults.md."""
    parts = [INTRODUCTION]
    for group in groups:
        parts.append(f"## {group.title}\n")
        parts.append("\n".join(line for name, fault in group.faults.items() for line in _lines(name, fault)) + "\n")
    return "\n".join(parts)


def _lines(name: str, fault: Fault) -> Iterator[str]:
    yield f"- **{name}** {fault.text}"
    if fault.decision:
        (path,) = (ROOT / "docs" / "decisions").glob(f"{fault.decision}-*.md")
        yield f"  - [{path.read_text().partition(chr(10))[0].removeprefix('# ')}](decisions/{path.name})"
    yield from (f"  - `{test}`" for test in fault.tests)


if __name__ == "__main__":
    DOCUMENT.write_text(document(load()))
