"""Lives of the shop in any order, and ten planted bugs that they find: the machine's own control.

What it did is counted, so that a life in which nothing happens is seen. `make prove` lives 10,000 of them, a fifth on
PostgreSQL, and plants all ten bugs; the usual run plants three.
"""

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from catalog.stock import StockError
from checkout.models import Coupon
from tests import effort
from tests.factories import make_product
from tests.proofs.machine import CODES, SKUS, Life
from tests.proofs.planted import BUGS, Plant

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]
# Lives after which a bug must have been met.
PATIENCE = 1_000
PLANTED = BUGS if effort.IS_FULL else BUGS[:3]


def live(lives: int, *, phases: tuple[Phase, ...]) -> None:
    """Live so many lives. Raises what the first bad one ends with."""
    for sku, pieces in SKUS.items():
        make_product(sku, on_hand=pieces)
    for code, fields in CODES.items():
        Coupon.objects.create(code=code, **fields)
    run_state_machine_as_test(
        seed(effort.FIRST_SEED)(Life),
        settings=settings(
            max_examples=lives,
            stateful_step_count=effort.STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
        ),
    )


@pytest.mark.timeout(0 if effort.IS_FULL else 1_000)
def test_any_life_ends_well() -> None:
    live(effort.share(effort.EXAMPLES), phases=(Phase.generate, Phase.shrink))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="what the machine misses is shown once, on SQLite")
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    # The audit or the comparison with Razorpay finds it, or the stock book refuses what it leads to.
    with pytest.raises((AssertionError, StockError)) as caught:
        live(PATIENCE, phases=(Phase.generate,))
    effort.count("planted bugs found")
    effort.note(plant.__name__, repr(caught.value)[:120])
