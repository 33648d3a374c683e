"""Races over HTTP against the production server with four processes, and in forks: every seed is another race.

The controls are tests: the same races against a shop without locks and conditions (`tests/proofs/guards.py`) break the
books, oversell, or end in errors: in `make test` on SQLite, in `make prove` on both databases.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout.serving import Shop, running_shop
from tests.effort import IS_FULL, SEEDS, count
from tests.programs import Simulator
from tests.proofs.racing import RACES, Race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# So often an unguarded shop may be lucky.
LUCK = 12


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, shared_simulator: Simulator
) -> Iterator[Shop]:
    """The server, on the database of the tests."""
    with running_shop(tmp_path_factory.mktemp("shop"), shared_simulator, processes=4) as found:
        yield found


@pytest.mark.covers("A7", "D7", "E7", "E10", "F12", "G3", "G4", "G5", "G9", "H1", "H2", "I1", "I2", "K13", "L4")
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", RACES)
def test_a_race(name: str, seed: int, shop: Shop, simulator: Simulator) -> None:
    RACES[name](Race(shop, simulator, seed))
    count("races")


@pytest.mark.once
@pytest.mark.parametrize("name", RACES if IS_FULL else ["last unit", "three ways"])
def test_the_control_without_guards(name: str, simulator: Simulator, tmp_path: Path) -> None:
    with running_shop(tmp_path, simulator, processes=4, settings_module="tests.proofs.unsafe") as unsafe:
        for seed in range(LUCK):
            try:
                RACES[name](Race(unsafe, simulator, seed, is_unsafe=True))
            except AssertionError:
                count("controls that broke")
                return
    pytest.fail(f"{LUCK} races without guards, and nothing was broken")
