"""Counting the shelf: the difference is fixed when the count comes in, and corrects the book once."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from catalog import stock
from catalog.models import Stock, StockMovement, Upload
from catalog.uploads import working
from tests.catalog.uploads.tables import csv_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def count(*rows: list[str]) -> Upload:
    user = User.objects.create_superuser("owner")
    content = csv_of([["SKU", "Counted", "Reason"], *rows])
    return working.receive(kind="stocktake", name="march.csv", content=content, user=user)


def test_a_count_corrects_the_book_with_who_and_why() -> None:
    make_product("AAA-1", on_hand=10)
    make_product("AAA-2", on_hand=4)
    upload = count(["aaa-1", "8", "Two dropped"], ["AAA-2", "4", ""])
    assert working.counts(upload, "check") == {"changed": 1, "unchanged": 1}
    assert Stock.objects.get(variant__sku="AAA-1").on_hand == 10
    for _time in range(2):
        working.confirm(upload, user=upload.user)
        working.work_waiting()
    movement = StockMovement.objects.filter(kind="adjust").get()
    assert (movement.on_hand_delta, movement.reason) == (-2, "Stocktake march.csv: Two dropped")
    assert str(movement.user) == "owner"
    assert stock.verify() == []


@pytest.mark.covers("ED6")
def test_what_is_sold_before_the_confirmation_stays_sold() -> None:
    variant = make_product("AAA-1", on_hand=10)
    upload = count(["AAA-1", "9", ""])
    with transaction.atomic():
        stock.reserve(items={variant.pk: 3}, reference="O1")
        stock.sell(items={variant.pk: 3}, reference="O1")
    working.confirm(upload, user=upload.user)
    working.work_waiting()
    assert Stock.objects.get().on_hand == 6


def test_what_cannot_be_counted_is_told() -> None:
    variant = make_product("AAA-1", on_hand=5)
    with transaction.atomic():
        stock.reserve(items={variant.pk: 2}, reference="O1")
    upload = count(["AAA-1", "1", ""], ["NO-1", "2", ""], ["AAA-1", "", ""], ["AAA-1", "x", ""], ["", "3", ""])
    texts = ["; ".join(text for _column, text in line.notes) for line in upload.lines.all()]
    for text, wanted in zip(
        texts, ["2 pieces are reserved", "no such SKU", "empty", "whole number", "empty"], strict=True
    ):
        assert wanted in text


def test_the_exported_list_can_be_filled_in() -> None:
    make_product("AAA-1", on_hand=5)
    user = User.objects.create_superuser("owner")
    content = csv_of([["SKU", "Product", "On hand", "Reserved", "Free", "Counted"], ["AAA-1", "Model", 5, 0, 5, 4]])
    upload = working.receive(kind="stocktake", name="stock.csv", content=content, user=user)
    assert (upload.lines.get().difference, upload.remarks) == (-1, [])


def test_a_sku_is_counted_once() -> None:
    make_product("AAA-1", on_hand=5)
    upload = count(["AAA-1", "4", ""], ["AAA-1", "1", ""])
    assert working.counts(upload, "check") == {"changed": 1, "bad": 1}


def test_pieces_that_went_meanwhile_are_told_and_nothing_breaks() -> None:
    variant = make_product("AAA-1", on_hand=5)
    upload = count(["AAA-1", "0", ""])
    with transaction.atomic():
        stock.reserve(items={variant.pk: 3}, reference="O1")
    working.confirm(upload, user=upload.user)
    working.work_waiting()
    assert working.counts(upload, "import") == {"bad": 1}
    assert Stock.objects.get().on_hand == 5
    assert stock.verify() == []
