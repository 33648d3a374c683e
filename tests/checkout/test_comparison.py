"""Whether Razorpay has exactly the money that an order costs: amount and currency, of the payment and of its order."""

import datetime as dt

import pytest

from checkout.comparison import Verdict, compare
from checkout.facts import OrderFacts
from checkout.models import Order, Payment, RazorpayOrder
from tests.clock import Clock

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
ID = "order_Aa1Bb2Cc3Dd4Ee"


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch, NOW)


def verdict(
    facts: OrderFacts | None = None,
    *,
    status: str = "pending",
    amount: int = 1000,
    currency: str = "INR",
    expires_at: dt.datetime = NOW,
) -> Verdict:
    """Compare a payment with a Razorpay order of 1000 paise."""
    order = Order(status=status, total=1000, expires_at=expires_at)
    attempt = RazorpayOrder(order=order, razorpay_order_id=ID, amount=1000)
    return compare(order, Payment(amount=amount, currency=currency), attempt, facts)


def razorpay(
    amount: int = 1000, currency: str = "INR", status: str = "attempted", due: int = 1000, order_id: str = ID
) -> OrderFacts:
    return OrderFacts(order_id, amount, currency, status, amount - due, due, "CG-7-1")


SETTLED = razorpay(status="paid", due=0)


@pytest.mark.parametrize("status", ["paid", "packed", "shipped", "delivered", "cancelled"])
def test_an_order_that_wants_no_money_gets_none(status: str) -> None:
    assert verdict(status=status) == Verdict.MISMATCH
    assert verdict(SETTLED, status=status) == Verdict.MISMATCH


@pytest.mark.parametrize("status", ["pending", "expired", "on_hold"])
def test_the_payment_alone_tells_when_it_is_exact(status: str) -> None:
    assert verdict(status=status) == Verdict.MATCH
    assert verdict(status=status, amount=999) == Verdict.UNKNOWN
    assert verdict(status=status, amount=1001) == Verdict.UNKNOWN
    assert verdict(status=status, currency="USD") == Verdict.UNKNOWN


def test_the_razorpay_order_is_of_the_amount_and_currency_that_the_shop_asked_for() -> None:
    for wrong in (razorpay(999, status="paid", due=0), razorpay(1001, status="paid", due=0)):
        assert verdict(wrong) == Verdict.MISMATCH
    assert verdict(razorpay(currency="USD", status="paid", due=0)) == Verdict.MISMATCH


def test_a_settled_razorpay_order_is_paid_whatever_the_payment_says() -> None:
    assert verdict(SETTLED) == Verdict.MATCH
    assert verdict(SETTLED, amount=900) == Verdict.MATCH, "an offer of Razorpay's paid the rest"
    assert verdict(SETTLED, amount=1024) == Verdict.MATCH, "the buyer bears the fee"


def test_a_payment_in_another_currency_pays_nothing_whatever_its_razorpay_order_says() -> None:
    assert verdict(SETTLED, currency="USD") == Verdict.MISMATCH
    assert verdict(razorpay(), currency="USD") == Verdict.MISMATCH


def test_an_exact_payment_pays_before_its_razorpay_order_says_so() -> None:
    assert verdict(razorpay()) == Verdict.MATCH


def test_a_part_pays_nothing() -> None:
    assert verdict(razorpay(due=600), amount=400) == Verdict.MISMATCH
    assert verdict(razorpay(due=600), amount=1000) == Verdict.MATCH, "Razorpay's order lags"


def test_money_that_razorpays_order_does_not_tell_of_waits_as_long_as_the_cars_are_held() -> None:
    assert verdict(razorpay(), amount=400, expires_at=NOW) == Verdict.UNKNOWN
    earlier = NOW - dt.timedelta(seconds=1)
    assert verdict(razorpay(), amount=400, expires_at=earlier) == Verdict.MISMATCH
    assert verdict(razorpay(), currency="USD", expires_at=earlier) == Verdict.MISMATCH


def test_what_is_said_of_another_razorpay_order_says_nothing() -> None:
    other = razorpay(status="paid", due=0, order_id="order_Zz1Bb2Cc3Dd4Ee")
    assert verdict(other) == Verdict.MATCH
    assert verdict(other, amount=999) == Verdict.UNKNOWN
