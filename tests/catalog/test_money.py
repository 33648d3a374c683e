"""Rupees and paise: the only conversion, and the words on the storefront."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from catalog.fields import PaiseField, RupeeField
from catalog.money import MAX_PAISE, decimal_rupees, exact, group, parse_rupees, percent, plain_rupees, rupees

pytestmark = pytest.mark.once


@pytest.mark.covers("MT1")
@pytest.mark.parametrize(
    ("paise", "short", "full"),
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
        (-1, "-₹0.01", "-₹0.01"),
    ],
)
def test_amounts_read_with_lakh_grouping(paise: int, short: str, full: str) -> None:
    assert rupees(paise) == short
    assert rupees(paise, always_paise=True) == full


@pytest.mark.covers("A14")
@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (250_000, "INR", "₹2,500.00"),
        (250_000, "USD", "USD 2,500.00"),
        (1, "USD", "USD 0.01"),
        (250_000, "JPY", "JPY 250,000"),
        (250_010, "KWD", "KWD 250.010"),
        (10**15, "EUR", "EUR 10,000,000,000,000.00"),
        (250_000, "ZZZ", "ZZZ 2,500.00"),
    ],
)
def test_money_of_another_currency_has_its_own_decimals(amount: int, currency: str, text: str) -> None:
    assert exact(amount, currency) == text


@pytest.mark.covers("MT1")
@pytest.mark.parametrize(("whole", "text"), [(0, "0"), (-1, "-1"), (-999, "-999"), (-1234567, "-12,34,567")])
def test_whole_rupees_are_grouped(whole: int, text: str) -> None:
    assert group(whole) == text


def test_an_amount_for_machines_is_an_exact_decimal() -> None:
    assert decimal_rupees(189_950) == Decimal("1899.50")
    assert decimal_rupees(1) == Decimal("0.01")


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
        ("1,234,567", 123_456_700),
        ("0" * 24, 0),
        ("1,00,00,00,00,000.00", 10**13),
    ],
)
def test_what_people_type_is_understood(text: str, paise: int) -> None:
    assert parse_rupees(text) == paise


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-5",
        "1e400",
        "1.999",
        "1,2,3",
        ".5",
        "5.",
        "NaN",
        "१२",
        "1 2",
        "9" * 30,
        "1\x002",
        "9" * 20,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Enter|large"):
        parse_rupees(text)


@pytest.mark.parametrize("text", ["1234,567", "123,45,678", "0" * 25])
def test_commas_in_the_wrong_place_and_too_many_digits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Enter an amount in rupees"):
        parse_rupees(text)


def test_the_largest_amount_is_a_lakh_crore_rupees() -> None:
    assert MAX_PAISE == 10**13
    with pytest.raises(ValueError, match="too large"):
        parse_rupees("1,00,00,00,00,000.01")


@given(st.integers(min_value=0, max_value=MAX_PAISE))
def test_what_is_written_can_be_read_again(paise: int) -> None:
    assert parse_rupees(rupees(paise)) == paise
    assert parse_rupees(rupees(paise, always_paise=True)) == paise
    assert parse_rupees(plain_rupees(paise)) == paise


def test_editors_type_rupees_into_a_column_of_paise() -> None:
    field = PaiseField().formfield()
    assert isinstance(field, RupeeField)
    assert field.widget.attrs == {"inputmode": "decimal", "autocomplete": "off"}
    assert field.prepare_value(189_950) == "1899.50"
    assert field.clean("1,899.50") == 189_950
    assert not field.has_changed(189_900, "1,899")
    assert field.has_changed(189_900, "nonsense")
    with pytest.raises(ValidationError, match="rupees") as refused:
        field.clean("nonsense")
    assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    ("basis_points", "parts", "text"),
    [
        (500, 1, "5 %"),
        (500, 2, "2.5 %"),
        (1_800, 2, "9 %"),
        (25, 1, "0.25 %"),
        (25, 2, "0.125 %"),
        (0, 1, "0 %"),
        (10_000, 1, "100 %"),
    ],
)
def test_a_rate_is_read_in_percent(basis_points: int, parts: int, text: str) -> None:
    assert percent(basis_points, parts) == text
