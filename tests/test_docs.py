"""The documents name what the program has."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Only for tests and programs around the shop; nobody writes it into a .env.
INTERNAL = {"READ_DOT_ENV"}
READERS = {"read", "text", "whole", "flag", "parts"}


def variables_of_settings() -> set[str]:
    """Return the name of every variable that settings.py reads: the first argument of its reading functions."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / "site/config/settings.py").read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                names.add(str(first.value))
    return names - INTERNAL


def test_settings_read_something() -> None:
    """The parser above still understands the file that it reads."""
    assert {"SECRET_KEY", "DATABASE_URL", "RAZORPAY_TIMEOUT", "HOST"} <= variables_of_settings()


def test_the_example_names_every_variable() -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == variables_of_settings()


def test_the_readme_names_every_variable() -> None:
    table = (ROOT / "README.md").read_text().partition("## Configuration")[2].partition("\n## ")[0]
    named = {
        name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([A-Z_]+)`", cell)
    }
    assert named == variables_of_settings()


DOCUMENTS = [ROOT / "README.md", *ROOT.glob("[A-Z]*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("document", sorted(set(DOCUMENTS)), ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert missing == []


def test_make_help_lists_what_the_readme_promises() -> None:
    makefile = (ROOT / "Makefile").read_text()
    promised = set(re.findall(r"`make (\w+)`", (ROOT / "README.md").read_text()))
    assert promised <= set(re.findall(r"^(\w+):.*##", makefile, re.MULTILINE))
