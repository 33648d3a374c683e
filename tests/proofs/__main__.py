"""`make prove`: every test marked `proof`, in full, on SQLite and on PostgreSQL side by side, and then the figures."""

import os
import signal
import sys

from tests.__main__ import Run
from tests.proofs.scale import FIGURES


def main(arguments: list[str]) -> int:
    """Run it all; `arguments` go to each pytest."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ["PROVE"] = "1"
    FIGURES.unlink(missing_ok=True)
    run = Run(["-m", "proof", "-o", "timeout=0", *arguments])
    try:
        run.suites()
    except KeyboardInterrupt:
        print("\nStopped before the end.")
        return 130
    if FIGURES.exists():
        print(f"\n== Figures, kept in {FIGURES.name}\n{FIGURES.read_text()}", flush=True)
    return run.conclude()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
