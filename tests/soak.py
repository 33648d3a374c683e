"""`make soak`: the shop under buyers, a misbehaving Razorpay and kill -9, for long, and then its books.

Run and read as `tests/prove.py` is; each soak says in its own module which variables make it longer.
"""

import sys

from tests.prove import Proof, pytest, run

SOAKS = [Proof("Random kills", pytest("tests/soaking"), {"SOAK_SECONDS": "600"})]

if __name__ == "__main__":
    sys.exit(run(SOAKS, sys.argv[1:], "Soak"))
