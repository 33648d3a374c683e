"""Many buyers at once: real threads with connections of their own, on both databases."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from catalog import stock
from catalog.models import Stock, StockMovement, Variant
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 60
CARS = 7


def at_once(buy: Callable[[int], str], buyers: int = BUYERS) -> Counter[str]:
    """Let everybody buy at the same moment and count the answers."""
    start = Barrier(buyers)

    def run(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait()
            return buy(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(buyers) as pool:
        return Counter(pool.map(run, range(buyers)))


def reserve(items: dict[int, int], number: int) -> str:
    try:
        with transaction.atomic():
            stock.reserve(items=items, reference=f"CG26-{number}")
    except stock.OutOfStock:
        return "told"
    return "held"


def test_sixty_buyers_get_seven_cars() -> None:
    car = make_product(on_hand=CARS)
    assert at_once(lambda number: reserve({car.pk: 1}, number)) == {"held": CARS, "told": BUYERS - CARS}
    row = Stock.objects.get()
    assert (row.on_hand, row.reserved) == (CARS, CARS)
    assert stock.verify() == []


def test_orders_for_the_same_cars_in_another_order_never_lock_each_other() -> None:
    one, two = make_product("AAA-1", on_hand=20), make_product("AAA-2", on_hand=20)
    both = ({one.pk: 1, two.pk: 1}, {two.pk: 1, one.pk: 1})
    assert at_once(lambda number: reserve(both[number % 2], number), buyers=30) == {"held": 20, "told": 10}
    assert stock.verify() == []


def test_one_order_is_sold_once_however_often_it_is_paid() -> None:
    car = make_product(on_hand=CARS)
    assert reserve({car.pk: 3}, 1) == "held"

    def pay(_number: int) -> str:
        try:
            with transaction.atomic():
                stock.sell(items={car.pk: 3}, reference="CG26-1")
        except stock.StockError:
            return "known"
        return "sold"

    assert at_once(pay, buyers=10) == {"sold": 1, "known": 9}
    assert StockMovement.objects.filter(kind="sell").count() == 1


def test_the_shelf_of_a_new_variant_is_opened_once() -> None:
    car = make_product(on_hand=0)
    Stock.objects.all().delete()

    def receive(_number: int) -> str:
        stock.receive(variant=Variant.objects.get(pk=car.pk), quantity=1)
        return "received"

    assert at_once(receive, buyers=12) == {"received": 12}
    assert Stock.objects.get().on_hand == 12
    assert stock.verify() == []
