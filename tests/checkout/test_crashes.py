"""kill -9 at every step of a purchase and of catching up: after one `reconcile` nothing is lost or doubled.

The control, as it was seen: when `attempts._find_or_create` never looks a receipt up, a kill between the answer
and our COMMIT leaves two Razorpay orders for one of ours.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.checkout.serving import environment
from tests.factories import make_product
from tests.programs import ROOT, Simulator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(1_000)]


@pytest.mark.covers("A8", "A9", "B2", "E17", "K11")
@pytest.mark.parametrize(
    ("story", "least"), [("buy", 50), ("be_told_by_webhook", 15), ("catch_up", 15), ("give_up", 8)]
)
def test_a_kill_at_any_step_loses_and_doubles_nothing(story: str, least: int, simulator: Simulator) -> None:
    make_product("CG43-TX-0007", on_hand=1_000)
    command = [sys.executable, "-W", "ignore", "-m", "tests.checkout.crashing", story]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "site")])
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment(simulator), "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3_000:]
    found = re.fullmatch(rf"{story}: died at (\d+) steps\n", done.stdout)
    assert found, done.stdout
    assert int(found[1]) >= least
