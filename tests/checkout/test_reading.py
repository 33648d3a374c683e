"""One value of what Razorpay says has the documented shape, to its bounds, or nobody believes the entity."""

import datetime as dt
from collections.abc import Callable

import pytest

from checkout.facts import BadFacts, is_dispute_id, is_order_id, is_payment_id, is_refund_id
from checkout.facts.reading import currency, entity, optional_paise, paise, text, unix_time

pytestmark = pytest.mark.once

TAIL = "Aa1Bb2Cc3Dd4Ee"


@pytest.mark.parametrize(
    ("is_id", "prefix"),
    [(is_order_id, "order_"), (is_payment_id, "pay_"), (is_refund_id, "rfnd_"), (is_dispute_id, "disp_")],
)
def test_an_id_is_its_prefix_and_fourteen_alphanumerics(is_id: Callable[[object], bool], prefix: str) -> None:
    assert is_id(prefix + TAIL)
    for tail in (TAIL[:-1], f"{TAIL}0", f"{TAIL[:-1]}-", f"{TAIL}\n", f" {TAIL}", f"{TAIL[:-1]}é"):
        assert not is_id(prefix + tail), tail
    others: list[object] = [
        TAIL,
        f"X{prefix}{TAIL}",
        f"{prefix.upper()}{TAIL}",
        f"other_{TAIL}",
        None,
        5,
        [prefix + TAIL],
    ]
    for value in others:
        assert not is_id(value), value


def test_an_entity_is_an_object_of_its_kind() -> None:
    assert entity({"entity": "order", "id": 1}, "order") == {"entity": "order", "id": 1}
    assert entity({"id": 1}, "order") == {"id": 1}, "some say no kind"
    others: list[object] = [None, [], "order", {"entity": "payment"}, {"entity": None}]
    for value in others:
        with pytest.raises(BadFacts, match="not a Razorpay order"):
            entity(value, "order")


@pytest.mark.parametrize("amount", [0, 1, 10**15])
def test_paise_are_whole_and_not_negative(amount: int) -> None:
    assert paise({"amount": amount}, "amount") == amount
    assert paise({"amount": amount}, "amount", default=7) == amount
    assert optional_paise({"fee": amount}, "fee") == amount


@pytest.mark.parametrize("amount", [-1, 10**15 + 1, 1.0, "1", True, False, [1]])
def test_what_is_no_amount(amount: object) -> None:
    for read in (paise, optional_paise):
        with pytest.raises(BadFacts, match="amount is not a whole number of paise"):
            read({"amount": amount}, "amount")
    with pytest.raises(BadFacts):
        paise({"amount": amount}, "amount", default=7)


def test_an_amount_that_is_missing() -> None:
    for data in ({}, {"amount": None}):
        assert paise(data, "amount", default=0) == 0
        assert paise(data, "amount", default=7) == 7
        assert optional_paise(data, "amount") is None
        with pytest.raises(BadFacts):
            paise(data, "amount")


def test_a_currency_is_three_capital_letters() -> None:
    assert currency({"currency": "INR"}) == "INR"
    assert currency({"currency": "AZA"}) == "AZA"
    others: list[object] = ["inr", "IN", "INRR", "IN1", "INR\n", "", None, 5, ["INR"]]
    for value in others:
        with pytest.raises(BadFacts, match="currency is malformed"):
            currency({"currency": value})
    with pytest.raises(BadFacts):
        currency({})


def test_a_text_is_what_a_database_stores() -> None:
    assert text({"method": "upi"}, "method", 20) == "upi"
    assert text({"method": "x" * 21}, "method", 20) == "x" * 20
    assert text({"method": "a\x00b\ud800c"}, "method", 20) == "ab?c"
    others: list[object] = [None, 5, ["upi"], {}]
    for value in others:
        assert text({"method": value}, "method", 20) == ""
    assert text({}, "method", 20) == ""


def test_a_time_is_one_that_a_clock_can_show() -> None:
    last = 253_370_764_800
    assert dt.datetime.fromtimestamp(last, dt.UTC) == dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    for value in (0, 1, last):
        assert unix_time({"respond_by": value}, "respond_by") == value
    assert unix_time({}, "respond_by") is None
    assert unix_time({"respond_by": None}, "respond_by") is None
    for wrong in (-1, last + 1, 1.5, "1", True, False):
        with pytest.raises(BadFacts, match="respond_by is not a time"):
            unix_time({"respond_by": wrong}, "respond_by")
