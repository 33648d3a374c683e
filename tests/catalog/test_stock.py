"""The stock book: every verb, its refusals, and what the database itself holds."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from catalog import stock
from catalog.models import Stock, StockMovement, Variant
from catalog.models.stock import AppendOnlyError
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def numbers(variant: Variant) -> tuple[int, int]:
    row = Stock.objects.get(variant=variant)
    return row.on_hand, row.reserved


def test_an_order_takes_its_cars_off_the_shelf() -> None:
    car = make_product(on_hand=5)
    stock.reserve(items=[(car.pk, 2)], reference="CG26-1")
    assert numbers(car) == (5, 2)
    stock.sell(items={car.pk: 2}, reference="CG26-1")
    assert numbers(car) == (3, 0)
    stock.reserve(items=[(car.pk, 1), (car.pk, 1)], reference="CG26-2")
    stock.release(items=[(car.pk, 2)], reference="CG26-2")
    stock.return_(items=[(car.pk, 1)], reference="CG26-1", reason="Came back")
    assert numbers(car) == (4, 0)
    kinds = list(StockMovement.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["receive", "reserve", "sell", "reserve", "release", "return"]
    assert stock.verify() == []


def test_all_short_lines_are_told_and_nothing_is_held() -> None:
    plenty, few = make_product("AAA-1", on_hand=9), make_product("AAA-2", on_hand=1)
    none = make_product("AAA-3", on_hand=0)
    with pytest.raises(stock.OutOfStock) as caught, transaction.atomic():
        stock.reserve(items={none.pk: 1, few.pk: 3, plenty.pk: 2}, reference="CG26-1")
    assert [(s.sku, s.wanted, s.available) for s in caught.value.shortages] == [("AAA-2", 3, 1), ("AAA-3", 1, 0)]
    assert caught.value.shortages[0].title == "Model AAA-2"
    assert numbers(plenty) == (9, 0)


def test_a_variant_that_is_unknown_is_out_of_stock() -> None:
    with pytest.raises(stock.OutOfStock), transaction.atomic():
        stock.reserve(items={987654: 1}, reference="CG26-1")


def test_one_order_sells_a_line_once() -> None:
    car = make_product(on_hand=5)
    stock.reserve(items={car.pk: 2}, reference="CG26-1")
    stock.sell(items={car.pk: 1}, reference="CG26-1")
    with pytest.raises(stock.StockError, match="sold already"):
        stock.sell(items={car.pk: 1}, reference="CG26-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        StockMovement.objects.create(stock=car.stock, kind="sell", reference="CG26-1")


@pytest.mark.parametrize("verb", [stock.release, stock.sell])
def test_what_is_not_held_is_neither_released_nor_sold(verb: Any) -> None:
    car = make_product(on_hand=5)
    with pytest.raises(stock.StockError, match="not reserved"), transaction.atomic():
        verb(items={car.pk: 1}, reference="CG26-1")
    with pytest.raises(stock.StockError, match="no stock is known"), transaction.atomic():
        verb(items={987654: 1}, reference="CG26-1")
    assert numbers(car) == (5, 0)


def test_no_more_comes_back_than_went_out() -> None:
    car = make_product(on_hand=5)
    stock.reserve(items={car.pk: 2}, reference="CG26-1")
    stock.sell(items={car.pk: 2}, reference="CG26-1")
    stock.return_(items={car.pk: 1}, reference="CG26-1")
    with pytest.raises(stock.StockError, match="1 went out"):
        stock.return_(items={car.pk: 2}, reference="CG26-1")


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, "2", 10**9])
def test_an_impossible_quantity_is_refused(quantity: Any) -> None:
    car = make_product(on_hand=5)
    for call in (
        lambda: stock.reserve(items={car.pk: quantity}, reference="CG26-1"),
        lambda: stock.receive(variant=car, quantity=quantity),
    ):
        with pytest.raises(ValueError, match="whole number"):
            call()
    assert numbers(car) == (5, 0)


def test_an_order_needs_a_reference() -> None:
    with pytest.raises(ValueError, match="reference"):
        stock.reserve(items={}, reference="")


@pytest.mark.django_db(transaction=True)
def test_an_order_s_stock_changes_only_in_a_transaction() -> None:
    car = make_product(on_hand=5)
    with pytest.raises(stock.StockError, match="transaction"):
        stock.reserve(items={car.pk: 1}, reference="CG26-1")


@pytest.mark.covers("H2")
def test_an_adjustment_never_takes_what_is_reserved() -> None:
    car = make_product(on_hand=5)
    stock.reserve(items={car.pk: 3}, reference="CG26-1")
    with pytest.raises(stock.StockError, match="only 2"):
        stock.adjust(variant=car, quantity=-3, reason="Dropped")
    stock.adjust(variant=car, quantity=-2, reason="Dropped")
    assert stock.adjust(variant=car, quantity=0, reason="Counted") is None
    assert numbers(car) == (3, 3)
    with pytest.raises(ValueError, match="reason"):
        stock.adjust(variant=car, quantity=1, reason=" ")


def test_the_book_is_append_only() -> None:
    make_product(on_hand=5)
    line = StockMovement.objects.get()
    line.on_hand_delta = 50
    for change in (
        line.save,
        line.delete,
        lambda: StockMovement.objects.update(reason="x"),
        lambda: StockMovement.objects.all().delete(),
    ):
        with pytest.raises(AppendOnlyError):
            change()


def test_the_database_itself_refuses_to_change_the_book() -> None:
    make_product(on_hand=5)
    connection.check_constraints()
    side_doors = {
        "postgresql": ["TRUNCATE catalog_stockmovement"],
        "sqlite": ["REPLACE INTO catalog_stockmovement SELECT * FROM catalog_stockmovement"],
    }
    for statement in (
        "UPDATE catalog_stockmovement SET on_hand_delta = 50",
        "UPDATE catalog_stockmovement SET id = id + 1",
        "DELETE FROM catalog_stockmovement",
        *side_doors[connection.vendor],
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_person_who_moved_stock_can_be_deleted(django_user_model: Any) -> None:
    car, person = make_product(on_hand=5), django_user_model.objects.create(username="meena")
    stock.receive(variant=car, quantity=1, user=person)
    person.delete()
    assert StockMovement.objects.latest("pk").user is None


@pytest.mark.covers("H5")
@pytest.mark.parametrize("change", ["on_hand = -1", "reserved = -1", "reserved = on_hand + 1"])
def test_the_database_holds_the_limits(change: str) -> None:
    make_product(on_hand=5)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_stock SET {change}")  # noqa: S608 - the test's own words.


def test_a_shelf_that_disagrees_with_the_book_is_found() -> None:
    car = make_product(on_hand=5)
    Stock.objects.update(on_hand=6)
    assert stock.verify() == [f"{car.sku}: on hand 6 (movements say 5), reserved 0 (movements say 0)"]


@pytest.mark.covers("H4")
def test_stock_that_moved_keeps_its_variant() -> None:
    car = make_product(on_hand=5)
    with pytest.raises(ProtectedError):
        car.delete()


@pytest.mark.parametrize(
    ("free", "state", "text", "tone"),
    [
        (0, "sold_out", "Sold out", "danger"),
        (1, "low", "Only 1 left", "warn"),
        (5, "low", "Only 5 left", "warn"),
        (6, "in_stock", "In stock", "ok"),
    ],
)
def test_pages_say_what_is_true(free: int, state: str, text: str, tone: str) -> None:
    car = Variant.objects.select_related("stock").get(pk=make_product(on_hand=free).pk)
    words = stock.availability(car, threshold=5)
    assert (words.state, words.text, words.tone, words.quantity) == (state, text, tone, free)
    assert stock.availability(car) == stock.availability(car.stock) == words
    car.is_active = False
    assert stock.availability(car).state == "sold_out"


def test_a_draft_and_nothing_are_sold_out() -> None:
    assert stock.availability(Variant(sku="NEW-1")).state == "sold_out"
    assert stock.availability(None).quantity == 0


def test_adjust_stock_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    car = make_product(on_hand=5)
    call_command("adjust_stock", car.sku.lower(), "-2", "--reason", "Two dropped")
    assert "3 on hand" in capsys.readouterr().out
    call_command("adjust_stock", car.sku, "0", "--reason", "Counted")
    assert StockMovement.objects.count() == 2
    with pytest.raises(CommandError, match="only 3"):
        call_command("adjust_stock", car.sku, "-4", "--reason", "Dropped")
    with pytest.raises(CommandError, match="no SKU"):
        call_command("adjust_stock", "NOPE-1", "1", "--reason", "x")
    with pytest.raises(CommandError, match="reason"):
        call_command("adjust_stock", car.sku, "1", "--reason", " ")
