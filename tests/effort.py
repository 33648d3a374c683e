"""How hard a run tries, and what it found. CI takes a small number of each kind; `make prove` names larger ones.

A proof that grows asks here for its size, never for a variable by itself, and counts here what it did.
"""

import json
import os
from pathlib import Path

from django.db import connection


def number(name: str, usual: int) -> int:
    """Return the number that the environment gives for `name`, or the usual one."""
    return int(os.environ.get(name) or usual)


# Of a state machine: lives, and steps of each.
EXAMPLES = number("PROVE_EXAMPLES", 100)
STEPS = number("PROVE_STEPS", 30)
# After how many of its steps the audit looks at the rows.
AUDIT_EVERY = number("PROVE_AUDIT_EVERY", 10)
# Where the lives begin: another number, other lives. So a long proof can be made in parts.
FIRST_SEED = number("PROVE_FIRST_SEED", 0)
# Of what is random: beginnings.
SEEDS = number("PROVE_SEEDS", 2)
# Of webhooks: random bodies.
FUZZ = number("PROVE_FUZZ", 2_000)
# Of what is either a sample or everything, as all merges of two verbs: everything.
IS_FULL = bool(number("PROVE_FULL", 0))


def share(much: int) -> int:
    """Return how many of `much` tries this database makes of what says the same on both: on PostgreSQL a quarter.

    That its locks are the same too is shown by what is tried on both in full: races, crash points, lost answers.
    """
    return much if connection.vendor == "sqlite" else much // 4


def count(what: str, much: int = 1) -> None:
    """Add to a figure of this proof. `make prove` prints the sum; without it nothing is kept."""
    tell(what, much)


def note(what: str, text: str) -> None:
    """Keep a finding of this proof that cannot be summed, such as the slowest of all. The last one said is printed."""
    tell(what, text)


def tell(what: str, value: int | str) -> None:
    """Append a line to the file of figures, whole, since several processes may write it."""
    if file := os.environ.get("PROVE_FIGURES"):
        with Path(file).open("a") as figures:
            figures.write(json.dumps([what, value]) + "\n")


def told(file: Path) -> dict[str, int | str]:
    """Return the figures of a file: numbers summed, of texts the last."""
    found: dict[str, int | str] = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        what, value = json.loads(line)
        before = found.get(what, 0)
        found[what] = before + value if isinstance(value, int) and isinstance(before, int) else value
    return found
