"""Unpaid orders: three for a cart and three for a mobile number, however many ask at once.

The control, as it was seen: without `open_orders.one_at_a_time` more than three of eight carts get an order past either
limit on PostgreSQL; SQLite has one writer.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from catalog.models import ProductPage, ShopSettings
from checkout import open_orders, orders, payments
from checkout.models import Cart, Order, Payment
from checkout.open_orders import MOST, TooManyOpen
from checkout.placing import OrderRefused
from tests.checkout.orders import SKU, assert_books_hold, cart_with, make_overdue, opened, paid, place, stock_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db
OTHER_PHONE = "+919876500000"


def refused(cart: Cart, **details: str) -> TooManyOpen:
    """Return the refusal that the cart's order met."""
    with pytest.raises(TooManyOpen) as caught:
        place(cart, **details)
    return caught.value


@pytest.mark.covers("A19")
def test_a_number_has_three_unpaid_orders_and_no_more(limits_on: None) -> None:
    variant = make_product(SKU)
    first, *_others = [place(cart_with(variant)) for _number in range(MOST)]
    refusal = refused(cart_with(variant))
    assert "3 unpaid orders for this mobile number" in refusal.text
    assert refusal.orders == [], "the number proves nobody's identity"
    assert 0 < refusal.seconds <= 30 * 60
    assert place(cart_with(variant), phone=OTHER_PHONE)
    assert stock_of() == (10, 4)

    payments.record(paid(opened(first)))
    assert place(cart_with(variant)), "a paid order is not in the way"


@pytest.mark.once
def test_the_shops_settings_say_how_many(limits_on: None) -> None:
    variant = make_product(SKU)
    ShopSettings.objects.update(unpaid_orders=1, unpaid_orders_of_number=2)
    carts = [cart_with(variant) for _number in range(2)]
    for cart in carts:
        place(cart)
    assert "2 unpaid orders for this mobile number" in refused(cart_with(variant)).text
    with pytest.raises(TooManyOpen, match="You already have 1 unpaid orders"):
        open_orders.check(carts[0], OTHER_PHONE, ShopSettings.current())


@pytest.mark.covers("A19")
@pytest.mark.parametrize("ended", ["cancelled", "overdue", "signed"])
def test_what_is_given_up_or_paid_counts_no_more(ended: str, limits_on: None) -> None:
    variant = make_product(SKU)
    first, *_others = [place(cart_with(variant)) for _number in range(MOST)]
    if ended == "cancelled":
        orders.cancel(first.pk, text="")
    elif ended == "overdue":
        make_overdue(first)
    else:
        Payment.objects.create(order=first, razorpay_payment_id="pay_signed00000001")
    assert place(cart_with(variant))


@pytest.mark.covers("A19")
def test_a_cart_has_three_unpaid_orders_whatever_number_it_gives(limits_on: None) -> None:
    variant = make_product(SKU)
    cart = cart_with(variant)
    for number in range(MOST):
        place(cart, key=f"key-of-form-{number}", phone=f"+91987650000{number}")
        cart.lines.update(quantity=number + 2)
    refusal = refused(cart, key="key-of-one-more", phone="+919876500009")
    assert refusal.text.startswith("You already have 3 unpaid orders.")
    assert set(refusal.orders) == set(cart.orders.all())
    assert place(cart, key="key-of-form-0"), "the form that was sent before finds its order"


def test_the_wait_ends_with_the_oldest(limits_on: None) -> None:
    variant = make_product(SKU)
    first, *_others = [place(cart_with(variant)) for _number in range(MOST)]
    Order.objects.filter(pk=first.pk).update(expires_at=timezone.now() + dt.timedelta(seconds=90))
    assert 80 < refused(cart_with(variant)).seconds <= 90


def test_load_tests_may_have_as_many_as_they_want(limits_on: None, settings: Settings) -> None:
    settings.RATELIMIT_ENABLE = False
    variant = make_product(SKU)
    for _number in range(MOST + 2):
        place(cart_with(variant))


@pytest.mark.covers("A19")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["open orders", "per person"])
def test_eight_carts_of_one_number_at_once(limit: str, settings: Settings, limits_on: None) -> None:
    variants = [make_product(f"CG43-{number}") for number in range(8)]
    if limit == "per person":
        settings.RATELIMIT_ENABLE = False
        ProductPage.objects.filter(pk=variants[0].page_id).update(per_person_limit=MOST)
        variants = variants[:1] * 8
    carts = [cart_with(variant) for variant in variants]
    barrier = Barrier(len(carts))

    def try_to_place(cart: Cart) -> bool:
        barrier.wait(30)
        try:
            return bool(place(cart))
        except OrderRefused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(len(carts)) as pool:
        assert sorted(pool.map(try_to_place, carts)) == [False] * 5 + [True] * MOST
    assert Order.objects.count() == MOST
    assert_books_hold()
