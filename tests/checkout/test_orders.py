"""Placing orders and moving them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from catalog import stock
from catalog.models import GstRate, ShopSettings, Variant
from catalog.stock import OutOfStock
from checkout import cart as carts
from checkout import orders, payments
from checkout.models import Cart, Order, OrderLine, OutboxEmail
from checkout.orders import IllegalMove
from checkout.placing import CartEmpty, OrderRefused, PriceChanged
from checkout.status import MOVES, OrderStatus, may_move
from tests.checkout.orders import (
    DETAILS,
    SKU,
    assert_books_hold,
    cart_with,
    opened,
    ordered,
    outcome,
    paid,
    place,
    stock_of,
)
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def try_to_place(cart: Cart, **more: Any) -> tuple[Order, bool]:
    return orders.place_order(cart=cart, details=DETAILS, checkout_key="k" * 10, shop=ShopSettings.current(), **more)


def test_an_order_is_a_snapshot() -> None:
    variant = make_product(SKU, price=189_900)
    order = place(cart_with(variant, 2))
    assert (order.status, order.subtotal, order.shipping, order.total) == ("pending", 379_800, 9_900, 389_700)
    Variant.objects.update(price=1, mrp=1)
    line = order.lines.get()
    assert (line.unit_price, line.total, line.gst_rate, line.hsn, line.sku) == (189_900, 379_800, 500, "9503", SKU)
    assert stock_of() == (10, 2)
    assert [event.status for event in order.events.all()] == ["pending"]
    assert_books_hold()


def test_a_number_for_people_and_a_token_nobody_guesses() -> None:
    first, second = ordered().order, ordered().order
    assert first.number != second.number
    assert first.token != second.token
    assert len(first.token) == 32
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=second.pk).update(number=first.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=second.pk).update(token=first.token)


@pytest.mark.covers("A5")
def test_the_same_key_or_the_same_cart_is_the_same_order() -> None:
    cart = cart_with(make_product(SKU))
    order = place(cart)
    assert place(cart) == order
    assert place(cart, key="another-form") == order
    assert (Order.objects.count(), stock_of()) == (1, (10, 1))


@pytest.mark.covers("A5")
def test_a_key_counts_only_with_its_cart() -> None:
    variant = make_product(SKU)
    assert place(cart_with(variant)) != place(cart_with(variant))


@pytest.mark.covers("A6", "A16")
def test_a_changed_cart_is_another_order() -> None:
    variant = make_product(SKU)
    cart = cart_with(variant)
    order = place(cart)
    carts.update(cart, variant=variant, quantity=2)
    assert place(cart, key="another-form") != order
    assert place(cart) == order, "its own key still finds the first"


def test_a_correction_of_the_address_keeps_the_order() -> None:
    cart = cart_with(make_product(SKU))
    order = place(cart)
    assert place(cart, city="Mumbai") == order
    order.refresh_from_db()
    assert order.city == "Mumbai"
    payments.record(paid(opened(order)))
    place(cart, city="Nagpur")
    order.refresh_from_db()
    assert order.city == "Mumbai", "a paid order is not changed from a form"


def test_an_empty_cart() -> None:
    make_product(SKU)
    with pytest.raises(CartEmpty):
        place(Cart.objects.create())


@pytest.mark.covers("A3")
def test_a_price_that_changed_is_told_first() -> None:
    cart = cart_with(make_product(SKU, price=100_000))
    Variant.objects.update(price=90_000)
    with pytest.raises(PriceChanged, match=r"₹1,000.*₹900"):
        place(cart)
    carts.accept_prices(cart)
    assert place(cart).subtotal == 90_000


@pytest.mark.covers("A3", "A1")
@pytest.mark.parametrize("seen", [0, 1, 199_799, 199_801, 10**30])
def test_another_total_than_the_one_shown_is_refused(seen: int) -> None:
    cart = cart_with(make_product(SKU, price=189_900))
    with pytest.raises(PriceChanged):
        try_to_place(cart, seen_total=seen)
    assert stock_of() == (10, 0)
    assert try_to_place(cart, seen_total=199_800)[0].total == 199_800


@pytest.mark.covers("A4", "A7")
def test_what_was_sold_meanwhile_reserves_nothing() -> None:
    first, second = make_product(SKU, on_hand=5), make_product("CG18-B", on_hand=1)
    cart = cart_with(first, 2)
    carts.add(cart, variant=second, quantity=1)
    place(cart_with(second))
    with pytest.raises(OutOfStock) as caught:
        place(cart)
    assert [(short.sku, short.wanted, short.available) for short in caught.value.shortages] == [("CG18-B", 1, 0)]
    assert stock_of() == (5, 0)
    assert cart.lines.count() == 2, "the cart is kept"


@pytest.mark.covers("A4")
def test_an_unpublished_or_inactive_model_cannot_be_bought() -> None:
    variant = make_product(SKU)
    cart = cart_with(variant)
    variant.page.unpublish()
    with pytest.raises(OutOfStock):
        place(cart)
    variant.page.save_revision().publish()
    Variant.objects.update(is_active=False)
    with pytest.raises(OutOfStock):
        place(cart)
    assert cart.lines.count() == 1


@pytest.mark.covers("A8")
def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cart = cart_with(make_product(SKU))

    def broken(**_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(stock, "reserve", broken)
    with pytest.raises(RuntimeError):
        place(cart)
    assert (Order.objects.count(), stock_of()) == (0, (10, 0))


@pytest.mark.covers("A11")
def test_less_than_razorpay_takes_is_refused() -> None:
    cart = cart_with(make_product(SKU, price=1))
    ShopSettings.objects.update(free_shipping_from=0)
    with pytest.raises(OrderRefused, match="₹1"):
        place(cart)
    assert (Order.objects.count(), stock_of()) == (0, (10, 0))


@pytest.mark.covers("A13")
@pytest.mark.parametrize("gst", [0, 500, 1_200, 1_800])
def test_odd_prices_add_up_to_the_paisa(gst: int) -> None:
    """GST is inside the price: it is told, never added, so that no rounding reaches a total."""
    prices = [1, 3, 33_33, 18_999, 10_007]
    cart = Cart.objects.create()
    for number, price in enumerate(prices, start=1):
        carts.add(cart, variant=make_product(f"CG-{number}", price=price, on_hand=99), quantity=number * 2 - 1)
    GstRate.objects.update(basis_points=gst)
    order = place(cart)
    lines = sum(line.unit_price * line.quantity for line in order.lines.all())
    assert lines == order.subtotal == 1 + 9 + 5 * 33_33 + 7 * 18_999 + 9 * 10_007
    assert (order.shipping, order.total) == (9_900, lines + 9_900)
    assert all(type(amount) is int for amount in (order.subtotal, order.shipping, order.discount, order.total))
    assert_books_hold()


@pytest.mark.covers("A13")
@pytest.mark.parametrize("column", ["subtotal", "shipping", "discount", "total"])
def test_the_database_refuses_an_order_that_does_not_add_up(column: str) -> None:
    order = ordered().order
    for change in (1, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**{column: getattr(order, column) + change})


def test_a_limit_per_person_counts_other_orders_too() -> None:
    variant = make_product(SKU, per_person_limit=2)
    place(cart_with(variant))
    with pytest.raises(OrderRefused, match="limited to 2 per person"):
        place(cart_with(variant, 2))
    other = place(cart_with(variant, 2), phone="+919876500000")
    orders.cancel(other.pk, text="")
    assert place(cart_with(variant, 2), phone="+919876500000") != other


def test_the_table_of_moves() -> None:
    assert set(MOVES) == set(OrderStatus)
    backwards = {OrderStatus.PENDING, OrderStatus.EXPIRED, OrderStatus.ON_HOLD}
    for status in (OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        assert not MOVES[status] & backwards, "PAID never goes back"
    assert not any(OrderStatus.PENDING in moves for moves in MOVES.values())


@pytest.mark.parametrize("new", list(OrderStatus))
def test_moves_that_the_table_does_not_know(new: OrderStatus) -> None:
    order = ordered().order
    if may_move(order.status, new):
        return
    with pytest.raises(IllegalMove):
        orders.move(order, new)
    assert outcome(order)["status"] == "pending"


def test_from_paid_to_the_door() -> None:
    attempt = ordered()
    staff = User.objects.create(username="staff")
    with pytest.raises(IllegalMove):
        orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=staff)
    payments.record(paid(attempt))
    for status in (OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        assert orders.advance(attempt.order_id, status, user=staff).status == status
    assert list(OutboxEmail.objects.order_by("pk").values_list("kind", flat=True)) == ["paid", "shipped"]
    assert not orders.cancel(attempt.order_id, text="")
    assert_books_hold()


def test_books_are_never_deleted() -> None:
    order = ordered().order
    with pytest.raises(TypeError):
        order.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.update(quantity=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(total=1)
