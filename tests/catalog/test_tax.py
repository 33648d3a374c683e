"""GST: the dated rate, the tax inside a price, and its heads."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import GstRate, HsnCode
from catalog.states import State, state_name
from catalog.tax import NoRate, Split, included_tax, rate_on, split


@pytest.mark.covers("MT3")
@pytest.mark.django_db
def test_the_rate_is_the_one_of_the_day() -> None:
    hsn = HsnCode.objects.create(code="9503")
    GstRate.objects.create(hsn=hsn, basis_points=1200, valid_from=date(2017, 7, 1))
    GstRate.objects.create(hsn=hsn, basis_points=500, valid_from=date(2025, 9, 22))
    assert rate_on(hsn, date(2025, 9, 21)) == 1200
    assert rate_on("9503", date(2025, 9, 22)) == 500
    GstRate.objects.create(hsn=HsnCode.objects.create(code="4901"), basis_points=0, valid_from=date(2025, 9, 1))
    assert rate_on(hsn, date(2025, 9, 21)) == 1200
    with pytest.raises(NoRate, match="9503 on 30 Jun 2017"):
        rate_on(hsn, date(2017, 6, 30))


@pytest.mark.covers("MT2")
@pytest.mark.parametrize(
    ("gross", "basis_points", "tax"),
    [(105_00, 500, 500), (189_900, 500, 9_043), (0, 500, 0), (1, 1800, 0), (99, 0, 0)],
)
def test_the_tax_inside_a_price(gross: int, basis_points: int, tax: int) -> None:
    assert included_tax(gross, basis_points) == tax


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=10_000))
def test_the_taxable_value_is_the_exact_one_rounded_half_up(gross: int, basis_points: int) -> None:
    exact = Fraction(gross * 10_000, 10_000 + basis_points)
    taxable = gross - included_tax(gross, basis_points)
    assert taxable == (exact + Fraction(1, 2)).__floor__()


@pytest.mark.covers("MT2")
@given(st.integers(min_value=0, max_value=10**12))
def test_the_heads_add_up_to_the_tax(tax: int) -> None:
    here = split(tax, "27", "27")
    assert here.cgst + here.sgst == tax
    assert here.cgst - here.sgst in (0, 1)
    assert here.igst == 0
    assert split(tax, "27", "29") == Split(cgst=0, sgst=0, igst=tax)


@pytest.mark.parametrize(("gross", "basis_points"), [(-1, 500), (100, -1)])
def test_neither_price_nor_rate_is_negative(gross: int, basis_points: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        included_tax(gross, basis_points)


@pytest.mark.covers("CO8")
def test_there_are_28_states_and_8_union_territories() -> None:
    assert len(State) == 36
    assert state_name("27") == "Maharashtra"
    assert state_name("97") == "97"
