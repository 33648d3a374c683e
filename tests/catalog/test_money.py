"""Rupees and paise: the only conversion, and the words on the storefront."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from catalog.fields import PaiseField, RupeeField
from catalog.money import MAX_PAISE, parse_rupees, plain_rupees, rupees


@pytest.mark.parametrize(
    ("paise", "short", "exact"),
    [
        (0, "₹0", "₹0.00"),
        (99_900, "₹999", "₹999.00"),
        (100_000, "₹1,000", "₹1,000.00"),
        (9_999_900, "₹99,999", "₹99,999.00"),
        (10_000_000, "₹1,00,000", "₹1,00,000.00"),
        (1_000_000_000, "₹1,00,00,000", "₹1,00,00,000.00"),
        (12_345_650, "₹1,23,456.50", "₹1,23,456.50"),
        (5, "₹0.05", "₹0.05"),
        (-189_900, "-₹1,899", "-₹1,899.00"),
    ],
)
def test_amounts_read_with_lakh_grouping(paise: int, short: str, exact: str) -> None:
    assert rupees(paise) == short
    assert rupees(paise, always_paise=True) == exact


@pytest.mark.parametrize(
    ("text", "paise"),
    [
        ("1899", 189_900),
        (" 1,899 ", 189_900),
        ("₹1,899.5", 189_950),
        ("Rs. 1,23,456.50", 12_345_650),
        ("INR 99", 9_900),
        ("123,456", 12_345_600),
        ("0.05", 5),
    ],
)
def test_what_people_type_is_understood(text: str, paise: int) -> None:
    assert parse_rupees(text) == paise


@pytest.mark.parametrize(
    "text", ["", "-5", "1e400", "1.999", "1,2,3", ".5", "5.", "NaN", "१२", "1 2", "9" * 30, "1\x002", "9" * 20]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Enter|large"):
        parse_rupees(text)


@given(st.integers(min_value=0, max_value=MAX_PAISE))
def test_what_is_written_can_be_read_again(paise: int) -> None:
    assert parse_rupees(rupees(paise)) == paise
    assert parse_rupees(rupees(paise, always_paise=True)) == paise
    assert parse_rupees(plain_rupees(paise)) == paise


def test_editors_type_rupees_into_a_column_of_paise() -> None:
    field = PaiseField().formfield()
    assert isinstance(field, RupeeField)
    assert field.prepare_value(189_950) == "1899.50"
    assert field.clean("1,899.50") == 189_950
    assert not field.has_changed(189_900, "1,899")
    assert field.has_changed(189_900, "nonsense")
    with pytest.raises(ValidationError, match="rupees"):
        field.clean("nonsense")
