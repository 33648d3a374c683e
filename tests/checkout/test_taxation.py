"""The tax inside what a buyer pays, and amounts that are shared without a paisa lost (MT2)."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from checkout.taxation import apportion, gst_included

AMOUNTS = st.integers(0, 10**9)


@dataclass(frozen=True)
class Line:
    total: int
    gst_rate: int


@given(amount=AMOUNTS, weights=st.lists(AMOUNTS, min_size=1, max_size=50))
def test_parts_add_up_and_none_exceeds_its_weight(amount: int, weights: list[int]) -> None:
    amount = min(amount, sum(weights))
    parts = apportion(amount, weights)
    assert sum(parts) == amount
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


def test_nothing_to_weigh_by() -> None:
    assert apportion(5, [0, 0]) == [5, 0]
    assert apportion(0, []) == []


def test_delivery_bears_the_highest_rate_of_the_goods() -> None:
    assert gst_included([Line(10_500, 500)], shipping=10_500) == 500 + 500
    assert gst_included([Line(10_500, 500), Line(11_800, 1_800)], shipping=11_800) == 500 + 1_800 + 1_800
    assert gst_included([], shipping=0) == 0


def test_a_discount_lowers_the_tax_of_every_part_by_its_share() -> None:
    assert gst_included([Line(21_000, 500)], shipping=21_000, discount=21_000) == 500 + 500
