"""Whose an order and a cart are."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import stock
from catalog.models import ShopSettings
from checkout import belonging, orders, payments, privacy
from checkout import cart as carts
from checkout.models import Cart, Order
from tests.checkout.orders import DETAILS, SKU, assert_books_hold, cart_with, ordered, paid, place
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def shopper(email: str = "asha@example.in", *, verified: bool = True) -> User:
    """Somebody with an account."""
    user = User.objects.create_user(email.partition("@")[0], email)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def test_an_order_belongs_to_who_placed_it() -> None:
    asha, other = shopper(), shopper("ravi@example.in")
    cart = cart_with(make_product(SKU))
    wanted: dict[str, Any] = {"cart": cart, "details": DETAILS, "checkout_key": "key-of-one-form"}
    wanted["shop"] = ShopSettings.current()
    order, is_new = orders.place_order(**wanted, account=other)
    assert (order.account, is_new) == (other, True)
    assert [list(belonging.orders_of(one)) for one in (asha, other)] == [[], [order]]
    again, is_new = orders.place_order(**wanted, account=asha)
    assert (again.account, is_new) == (other, False), "it stays with its first account"


def test_an_open_order_goes_to_who_logs_in_before_paying() -> None:
    asha = shopper()
    order = place(cart_with(make_product(SKU)))
    assert order.cart
    shop = ShopSettings.current()
    orders.place_order(cart=order.cart, details=DETAILS, checkout_key="key-of-one-form", shop=shop, account=asha)
    order.refresh_from_db()
    assert order.account == asha


def test_guest_orders_come_with_a_verified_address_alone() -> None:
    asha, liar = shopper(), shopper("liar@example.in")
    EmailAddress.objects.create(user=liar, email="asha@example.in", verified=False)
    cart = cart_with(make_product(SKU))
    order = place(cart, email="Asha@Example.IN")
    place(cart_with(order.lines.get().variant), email="asha@example.in.evil.example")
    assert list(belonging.orders_of(asha)) == [order]
    assert list(belonging.orders_of(liar)) == []
    belonging.claim(liar)
    belonging.claim(asha)
    order.refresh_from_db()
    assert order.account == asha
    EmailAddress.objects.filter(user=asha).update(email="new@example.in")
    assert list(belonging.orders_of(asha)) == [order], "a claimed order stays"


def test_an_order_of_another_account_is_not_claimed_by_its_address() -> None:
    asha, ravi = shopper(), shopper("ravi@example.in")
    order = ordered().order
    Order.objects.update(account=ravi)
    belonging.claim(asha)
    assert list(belonging.orders_of(asha)) == []
    assert list(belonging.orders_of(ravi)) == [order]


def test_a_forgotten_order_is_nobodys() -> None:
    asha = shopper()
    nameless = User.objects.create_user("nameless")
    EmailAddress.objects.create(user=nameless, email="", verified=True)
    order = ordered().order
    Order.objects.update(account=asha, status="expired", created_at="2026-01-01T00:00Z")
    privacy.forget(order.pk)
    order.refresh_from_db()
    assert order.account is None
    assert [list(belonging.orders_of(one)) for one in (asha, nameless)] == [[], [order]], "no account has no address"


def test_an_account_that_goes_leaves_its_orders() -> None:
    asha = shopper()
    attempt = ordered()
    Order.objects.update(account=asha)
    payments.record(paid(attempt))
    asha.delete()
    order = Order.objects.get()
    assert (order.account, order.status, order.email) == (None, "paid", "asha@example.in")
    assert_books_hold()


def test_finding_orders_reads_an_index() -> None:
    asha = shopper()
    with CaptureQueriesContext(connection) as captured:
        list(belonging.orders_of(asha))
    sql = captured.captured_queries[-1]["sql"]
    assert 'LOWER("checkout_order"."email")' in sql.replace("::text", "")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "order_email_lowered" in plan
        assert "SCAN checkout_order" not in plan


def test_the_checkout_knows_the_last_address() -> None:
    asha = shopper()
    assert belonging.last_details(asha) == {"email": "asha@example.in"}
    place(cart_with(make_product(SKU)), gstin="27AAPFU0939F1ZV")
    asha.first_name = "Asha K."
    known = belonging.last_details(asha)
    assert (known["postcode"], known["phone"], known["full_name"]) == ("411004", "+919876543210", "Asha K.")
    assert "gstin" not in known


# --- The cart ---


def contents(cart: Cart) -> dict[str, int]:
    """Return the pieces of each SKU."""
    return dict(cart.lines.values_list("variant__sku", "quantity"))


@pytest.mark.covers("CA1")
def test_two_carts_become_one_with_the_sum_as_far_as_there_is_stock() -> None:
    asha = shopper()
    few, many, gone = make_product(SKU, on_hand=3), make_product("CG43-TX-0008"), make_product("CG43-TX-0009")
    first = cart_with(many, 2)
    assert belonging.join(first, asha).lines.count() == 1
    kept = Cart.objects.get(account=asha)
    carts.add(kept, variant=few, quantity=2)
    guest = cart_with(many, 3)
    for variant, quantity in ((few, 2), (gone, 4)):
        carts.add(guest, variant=variant, quantity=quantity)
    stock.adjust(variant=gone, quantity=-10, reason="lost")
    assert belonging.join(guest, asha) == kept
    assert contents(kept) == {SKU: 3, "CG43-TX-0008": 5, "CG43-TX-0009": 4}, "what is sold out is told by the cart"
    assert contents(guest) == {}


def test_a_login_without_a_cart_finds_that_of_the_account() -> None:
    asha = shopper()
    kept = belonging.join(cart_with(make_product(SKU)), asha)
    assert belonging.join(None, asha) == kept
    assert belonging.join(kept, asha) == kept
    assert contents(kept) == {SKU: 1}


def test_the_cart_of_somebody_else_is_left_alone() -> None:
    asha, ravi = shopper(), shopper("ravi@example.in")
    of_ravi = belonging.join(cart_with(make_product(SKU)), ravi)
    mine = belonging.join(of_ravi, asha)
    assert (mine == of_ravi, contents(mine), contents(of_ravi)) == (False, {}, {SKU: 1})


def test_an_unpaid_order_goes_along_so_that_paying_empties_the_cart() -> None:
    asha = shopper()
    attempt = ordered()
    assert attempt.order.cart
    kept = belonging.join(attempt.order.cart, asha)
    assert contents(kept) == {SKU: 1}
    payments.record(paid(attempt))
    assert contents(kept) == {}
    assert_books_hold()


def test_an_account_has_one_cart() -> None:
    asha = shopper()
    Cart.objects.create(account=asha)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cart.objects.create(account=asha)


@pytest.mark.django_db(transaction=True)
def test_many_logins_at_once_lose_nothing() -> None:
    asha, variant = shopper(), make_product(SKU, on_hand=50)
    guests = [cart_with(variant, 2) for _number in range(5)]

    def log_in(cart: Cart) -> None:
        try:
            belonging.join(cart, asha)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(log_in, guests))
    assert contents(Cart.objects.get(account=asha)) == {SKU: 10}
