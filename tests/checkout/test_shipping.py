"""Delivery by weight and PIN zone: fee, dates, and what an order keeps of them."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from catalog.days import span
from catalog.models import ShopSettings
from checkout import cart as carts
from checkout import orders, shipping
from checkout.models import DeliveryZone, Order
from checkout.placing import PriceChanged
from tests.checkout.orders import DETAILS, SKU, assert_books_hold, cart_with, place
from tests.clock import Clock
from tests.factories import make_product

pytestmark = pytest.mark.once

SETTINGS = ShopSettings(shipping_fee=9_900, free_shipping_from=500_000)


def zone(name: str, prefixes: str, fee: int = 10_000, **fields: Any) -> DeliveryZone:
    made = DeliveryZone(name=name, prefixes=prefixes, first_fee=fee, **fields)
    made.full_clean()
    made.save()
    return made


ISLANDS: dict[str, Any] = {"further_fee": 12_000, "first_grams": 2000, "days_from": 7, "days_to": 12}


@pytest.fixture
def zones(db: None) -> None:
    zone("North-East", "737, 78, 79", 14_900)
    zone("Islands", "744, 68255", 25_000, **ISLANDS)
    zone("Kochi", "682", 5_000)
    zone("Army", "9", 0, delivers=False)


PLACES = [
    ("411004", None),
    ("781001", "North-East"),
    ("799999", "North-East"),
    ("737101", "North-East"),
    ("736101", None),
    ("744101", "Islands"),
    ("743101", None),
    ("682551", "Islands"),
    ("682560", "Kochi"),
    ("682011", "Kochi"),
    ("683101", None),
    ("900001", "Army"),
    ("109999", None),
]


@pytest.mark.parametrize(("postcode", "name"), PLACES)
def test_the_longest_prefix_wins(zones: None, postcode: str, name: str | None) -> None:
    found = shipping.find_zone(postcode, DeliveryZone.objects.all())
    assert (found.name if found else None) == name


WEIGHTS = [(0, 25_000), (1, 25_000), (2000, 25_000), (2001, 37_000), (3000, 37_000), (3001, 49_000), (12_000, 145_000)]


@pytest.mark.parametrize(("grams", "fee"), WEIGHTS)
def test_each_further_lot_that_is_begun_costs(zones: None, grams: int, fee: int) -> None:
    assert shipping.quote("744101", grams=grams, subtotal=1, shop=SETTINGS).fee == fee
    assert shipping.quote("744101", grams=grams, subtotal=500_000, shop=SETTINGS).fee == 0


@pytest.mark.django_db
@pytest.mark.parametrize("postcode", ["", "411004", "744101", "900001"])
def test_a_shop_without_zones_charges_as_ever(postcode: str) -> None:
    for grams in (0, 5000, 5001, 90_000):
        assert shipping.quote(postcode, grams=grams, subtotal=499_999, shop=SETTINGS).fee == 9_900
        assert shipping.quote(postcode, grams=grams, subtotal=500_000, shop=SETTINGS).fee == 0


@given(
    st.integers(0, 1_000_000),
    st.integers(1, 50_000),
    st.integers(0, 1_000_000),
    st.integers(100, 50_000),
    st.integers(0, 10**7),
    st.integers(0, 10**6),
)
def test_a_fee_is_whole_paise_and_never_falls_with_weight(
    first: int, first_grams: int, further: int, further_grams: int, grams: int, more: int
) -> None:
    made = DeliveryZone(
        first_fee=first, first_grams=first_grams, further_fee=further, further_grams=further_grams, prefixes=""
    )
    light, heavy = (shipping.fee(made, grams=each, subtotal=1, free_from=None) for each in (grams, grams + more))
    assert type(light) is int
    assert 0 <= first <= light <= heavy


# Monday 12 October 2026 is the day of the first row.
DAYS = [
    ("2026-10-12", 2, 0, 3, "14–17 Oct"),
    ("2026-10-12", 2, 3, 6, "17–21 Oct"),
    ("2026-10-17", 0, 1, 1, "19 Oct"),
    ("2026-10-18", 0, 0, 0, "19 Oct"),
    ("2026-10-28", 2, 0, 3, "30 Oct to 3 Nov"),
    ("2026-12-30", 1, 0, 2, "31 Dec to 2 Jan"),
]


@pytest.mark.parametrize(("day", "dispatch", "days_from", "days_to", "words"), DAYS)
def test_sundays_do_not_count(day: str, dispatch: int, days_from: int, days_to: int, words: str) -> None:
    made = DeliveryZone(days_from=days_from, days_to=days_to)
    assert span(*shipping.window(made, day=dt.date.fromisoformat(day), dispatch_days=dispatch)) == words


@pytest.mark.django_db
def test_the_day_is_indias(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch, dt.datetime(2026, 10, 11, 20, tzinfo=dt.UTC))
    assert shipping.quote("560001", grams=1, subtotal=1, shop=SETTINGS).promise == "Delivered 17–21 Oct to 560001"


@pytest.mark.parametrize("prefixes", ["", "0", "41a", "4110045", "411;412", "-4"])
def test_what_is_no_prefix_is_refused(zones: None, prefixes: str) -> None:
    with pytest.raises(ValidationError):
        zone("Wrong", prefixes)


def test_zones_share_no_prefix_and_days_are_in_order(zones: None) -> None:
    with pytest.raises(ValidationError, match="78 belongs to the zone North-East"):
        zone("Assam", "781, 78")
    with pytest.raises(ValidationError, match="first day"):
        zone("Slow", "5", days_from=4, days_to=3)
    assert zone("Bengal", "70 , 71,70").prefixes == "70, 71"
    same = DeliveryZone.objects.get(name="Bengal")
    same.full_clean()


def test_an_order_keeps_fee_and_promise_as_sold(zones: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch, dt.datetime(2026, 10, 12, 6, tzinfo=dt.UTC))
    order = place(cart_with(make_product(SKU), 2), postcode="744101")
    assert (order.shipping, order.total, order.promise) == (25_000, order.subtotal + 25_000, "22–28 Oct")
    DeliveryZone.objects.update(first_fee=1, days_to=50)
    ShopSettings.objects.update(dispatch_days=30)
    kept = Order.objects.get()
    assert (kept.shipping, kept.promise) == (25_000, "22–28 Oct")
    assert_books_hold()


def test_weight_is_that_of_all_pieces(zones: None) -> None:
    variant = make_product(SKU, price=50_000, on_hand=20)
    assert place(cart_with(variant, 6), postcode="744101").shipping == 25_000
    assert place(cart_with(variant, 7), postcode="744101", key="another-key").shipping == 37_000


def test_another_pin_at_the_same_price_is_the_same_order_with_its_own_days(zones: None) -> None:
    zone("Slow", "5", 9_900, days_from=20, days_to=30)
    cart = cart_with(make_product(SKU))
    order = place(cart)
    before = order.promise
    assert place(cart, postcode="560001") == order
    order.refresh_from_db()
    assert (order.postcode, order.total) == ("560001", order.subtotal + 9_900)
    assert order.promise != before


@pytest.mark.parametrize("key", ["key-of-one-form", "key-of-another-form"])
def test_another_pin_at_another_price_is_another_order(zones: None, key: str) -> None:
    cart = cart_with(make_product(SKU))
    first = place(cart)
    second = place(cart, key=key, postcode="744101")
    first.refresh_from_db()
    assert (first.postcode, first.shipping, first.total) == ("411004", 9_900, first.subtotal + 9_900)
    assert (second.postcode, second.total) == ("744101", second.subtotal + 25_000)
    assert second != first
    assert place(cart, key=key, postcode="744101") == second
    assert_books_hold()


def test_a_bought_order_is_answered_whatever_pin_its_form_has_now(zones: None) -> None:
    cart = cart_with(make_product(SKU))
    order = place(cart)
    Order.objects.update(status="on_hold")
    assert place(cart, postcode="744101") == order
    assert Order.objects.get().postcode == "411004"


def test_the_sum_that_was_shown_is_the_sum_that_is_charged(zones: None) -> None:
    cart = cart_with(make_product(SKU, price=89_900))
    shown = carts.view(cart, ShopSettings.current()).total
    wanted: dict[str, Any] = {"cart": cart, "checkout_key": "k" * 10, "shop": ShopSettings.current()}
    wanted["details"] = replace(DETAILS, postcode="744101")
    with pytest.raises(PriceChanged, match=r"^Delivery to 744101 costs ₹250; the total is now ₹1,149.$"):
        orders.place_order(**wanted, seen_total=shown)
    order, _new = orders.place_order(**wanted, seen_total=shown + 15_100)
    assert (order.total, order.postcode) == (114_900, "744101")
