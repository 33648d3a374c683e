"""The floors of ARCHITECTURE.md hold, and each rule has been seen to catch what it forbids."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE_FOLDERS = ["accounts", "catalog", "checkout", "webhooks", "site/config", "site/home", "razorpay_simulator"]
FORBIDDEN_NAMES = {"utils", "helpers", "services", "common", "misc", "managers"}


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Yield every Python file of the program itself."""
    for folder in SOURCE_FOLDERS:
        yield from (path for path in (root / folder).rglob("*.py") if "migrations" not in path.parts)


def lint_imports(root: Path) -> tuple[int, str]:
    """Run import-linter over the tree at `root` with `site/` on the path; return exit code and output."""
    environment = {**os.environ, "PYTHONPATH": f"{root / 'site'}{os.pathsep}{root}"}
    command = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    command += ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_imports_point_only_downstairs() -> None:
    code, output = lint_imports(ROOT)
    assert code == 0, output


PLANTED = [
    ("catalog/planted.py", "import checkout", "Imports point only downstairs"),
    ("checkout/planted.py", "import webhooks", "Imports point only downstairs"),
    ("webhooks/planted.py", "import home", "Imports point only downstairs"),
    ("site/home/planted.py", "import webhooks", "Imports point only downstairs"),
    ("accounts/planted.py", "import webhooks", "Imports point only downstairs"),
    ("checkout/planted.py", "import accounts", "Imports point only downstairs"),
    ("site/home/planted.py", "import config", "Imports point only downstairs"),
    ("razorpay_simulator/planted.py", "import catalog", "The simulator knows nothing of the shop"),
    ("catalog/planted.py", "import razorpay_simulator", "The shop knows nothing of the simulator"),
    ("webhooks/planted.py", "import razorpay", "One door to the Razorpay SDK"),
    ("checkout/planted.py", "from razorpay import Client", "One door to the Razorpay SDK"),
    ("catalog/planted.py", "import tests", "Nobody imports tests or bench"),
    ("checkout/planted.py", "from bench import load", "Nobody imports tests or bench"),
]


@pytest.fixture(scope="module")
def bare_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with the names of this one and nothing in it, to plant a bad import in."""
    root = tmp_path_factory.mktemp("tree")
    for package in [*SOURCE_FOLDERS, "tests", "bench"]:
        folder = root / package
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    (root / "checkout" / "gateway.py").write_text("import razorpay\n")
    return root


def test_a_tree_without_bad_imports_passes(bare_tree: Path) -> None:
    code, output = lint_imports(bare_tree)
    assert code == 0, output


@pytest.mark.parametrize(("path", "line", "contract"), PLANTED)
def test_a_planted_import_is_caught(bare_tree: Path, path: str, line: str, contract: str) -> None:
    planted = bare_tree / path
    planted.write_text(f"{line}\n")
    try:
        code, output = lint_imports(bare_tree)
    finally:
        planted.unlink()
    assert code == 1, output
    assert re.search(rf"{contract}\s+BROKEN", output), output


def files_with(pattern: str, allowed: set[str]) -> list[str]:
    """Return the files of the program, but for the `allowed`, that contain `pattern`."""
    found = [path.relative_to(ROOT).as_posix() for path in sources() if re.search(pattern, path.read_text())]
    return sorted(set(found) - allowed)


def test_the_environment_is_read_in_one_place() -> None:
    """The simulator is a program of its own with its own options; wsgi.py only names the settings module."""
    allowed = {"site/config/settings.py", "site/config/wsgi.py", "razorpay_simulator/config.py"}
    assert files_with(r"os\.environ|os\.getenv|import getenv|import environ\b", allowed) == []
    assert "environ[" not in (ROOT / "site/config/wsgi.py").read_text()


def test_csrf_is_waived_only_where_a_signature_is_the_proof() -> None:
    assert files_with(r"csrf_exempt", {"webhooks/views.py", "site/home/wanted/asking.py"}) == []


def test_the_shop_never_asks_whether_it_talks_to_the_simulator() -> None:
    pattern = r"(?i)\b(el)?if\b[^#\n]*(simulator|localhost|is_live|is_test\b|rzp_test|rzp_live)"
    simulator = {path.relative_to(ROOT).as_posix() for path in sources() if "razorpay_simulator" in path.parts}
    assert files_with(pattern, {"site/config/checks.py", *simulator}) == []


def test_no_module_is_named_after_nothing() -> None:
    names = {part for path in sources() for part in (*path.relative_to(ROOT).parts[:-1], path.stem)}
    assert names & FORBIDDEN_NAMES == set()


def test_site_is_a_folder() -> None:
    """Python owns the name `site`: as a package it could never be imported."""
    assert not (ROOT / "site" / "__init__.py").exists()


def test_files_stay_small() -> None:
    too_long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > 250 and path.name != "settings.py"
    }
    assert too_long == {}
