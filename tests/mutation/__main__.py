"""Try the mistakes, and say which ones nobody noticed."""

import sys

import pytest

from tests.effort import count
from tests.mutation.hunt import BROKEN, KILLED, SURVIVED, TIMED_OUT, Hunt
from tests.mutation.targets import TARGETS, equivalents

ARGUMENTS = ["--quiet", "--show-capture=no", "-p", "no:cacheprovider", "-o", "timeout=0"]


def main(words: list[str], options: list[str]) -> int:
    """Try the targets whose names contain one of `words` (all, without words); return the exit code."""
    targets = [target for target in TARGETS if not words or any(word in target.file for word in words)]
    hunt = Hunt(targets)
    tests = sorted({path for target in targets for path in target.tests})
    code = int(pytest.main([*ARGUMENTS, *options, *tests], plugins=[hunt]))
    return code or report(hunt)


def report(hunt: Hunt) -> int:
    """Print what became of all mistakes; the exit code is 1 when one survived that is not known to change nothing."""
    known = equivalents()
    tried = {mutant.name: mutant for found in hunt.found.values() for mutant in found}
    wrong = hunt.found.get(BROKEN, []) + [m for m in hunt.found.get(SURVIVED, []) if m.name not in known]
    alike = [mutant for mutant in hunt.found.get(SURVIVED, []) if mutant.name in known]
    files = {target.file for target in hunt.targets}
    survived = {mutant.name for mutant in hunt.found.get(SURVIVED, [])}
    false = [name for name in known if name.partition(" ")[0] in files and name not in survived]
    for what, number in (
        ("mutants", len(tried)),
        (KILLED, len(hunt.found.get(KILLED, []))),
        (TIMED_OUT, len(hunt.found.get(TIMED_OUT, []))),
        ("equivalent", len(alike)),
        (SURVIVED, len(wrong)),
    ):
        count(what, number)
        print(f"{number} {what}")
    for mutant in wrong:
        print(f"SURVIVED {mutant}\n    {mutant.name}")
    for name in false:
        print(f"LISTED AS EQUIVALENT, but noticed or no longer there: {name}")
    return 1 if wrong or false or not tried else 0


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    sys.exit(main(words, [word for word in sys.argv[1:] if word.startswith("-")]))
