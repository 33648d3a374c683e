"""What drafts, old revisions, copies and deletions do to variants and their stock: never harm."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from catalog import stock
from catalog.models import Brand, CatalogPage, Genre, ProductPage, ProductPhoto, Stock, Variant
from tests.catalog.test_pictures import upload
from tests.factories import make_edited_product, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def draft(page_id: int) -> Any:
    """Return the page as the editor opens it, with variants that can be changed in memory."""
    page = ProductPage.objects.get(pk=page_id).get_latest_revision_as_object()
    page.variants = list(page.variants.all())
    return page


def variant(sku: str, **fields: Any) -> Variant:
    return Variant(**{"sku": sku, "price": 100_00, "mrp": 100_00, "weight_grams": 100, **fields})


@pytest.mark.covers("H7")
def test_publishing_an_old_draft_does_not_put_sold_cars_back() -> None:
    car = make_edited_product(on_hand=5)
    page = draft(car.page_id)
    page.title = "New title"
    revision = page.save_revision()
    stock.reserve(items={car.pk: 2}, reference="CG26-1")
    stock.sell(items={car.pk: 2}, reference="CG26-1")
    revision.publish()
    assert ProductPage.objects.get().title == "New title"
    assert Stock.objects.get().on_hand == 3
    assert stock.verify() == []


def test_a_column_of_a_variant_comes_back_with_an_old_draft() -> None:
    """Why stock is no such column: see docs/decisions/0010-stock-lies-outside-the-page.md."""
    car = make_edited_product(on_hand=5)
    Variant.objects.update(weight_grams=5)
    revision = draft(car.page_id).save_revision()
    Variant.objects.update(weight_grams=3)
    revision.publish()
    assert Variant.objects.get().weight_grams == 5


def test_publishing_an_old_draft_loses_no_newer_variant() -> None:
    car = make_edited_product("AAA-1", on_hand=5)
    old = draft(car.page_id).save_revision()
    page = draft(car.page_id)
    page.variants.add(variant("AAA-2"))
    page.save_revision().publish()
    newer = Variant.objects.get(sku="AAA-2")
    stock.receive(variant=newer, quantity=4)
    old.publish()
    newer.refresh_from_db()
    assert (newer.is_active, newer.stock.on_hand) == (False, 4)
    assert Variant.objects.get(sku="AAA-1").is_active
    assert [row.sku for row in draft(car.page_id).variants.all()] == ["AAA-1", "AAA-2"]


def test_a_variant_published_meanwhile_is_met_by_its_sku() -> None:
    """A draft holds a new variant without primary key; publishing it twice must not insert it twice."""
    car = make_edited_product("AAA-1", on_hand=5)
    page = draft(car.page_id)
    page.variants.add(variant("AAA-2", price=50_00))
    first = page.save_revision()
    second = page.save_revision()
    first.publish()
    known = Variant.objects.get(sku="AAA-2").pk
    second.publish()
    assert Variant.objects.get(sku="AAA-2").pk == known
    assert Variant.objects.count() == 2


def test_leaving_a_variant_out_ends_its_sale_and_keeps_its_row() -> None:
    car = make_edited_product("AAA-1", on_hand=5)
    page = draft(car.page_id)
    page.variants = [variant("AAA-2")]
    page.save_revision().publish()
    assert dict(Variant.objects.values_list("sku", "is_active")) == {"AAA-1": False, "AAA-2": True}


def test_a_sku_with_movements_never_changes_by_an_old_draft() -> None:
    car = make_edited_product("AAA-1", on_hand=0)
    page = draft(car.page_id)
    for row in page.variants.all():
        row.sku = "AAA-9"
    renamed = page.save_revision()
    stock.receive(variant=car, quantity=1)
    renamed.publish()
    assert Variant.objects.get().sku == "AAA-1"


def test_a_sku_without_movements_may_be_corrected_and_swapped() -> None:
    first = make_edited_product("AAA-1", on_hand=0)
    page = draft(first.page_id)
    page.variants.add(variant("AAA-2", option="Second"))
    page.save_revision().publish()
    page = draft(first.page_id)
    rows = {row.sku: row for row in page.variants.all()}
    rows["AAA-1"].sku, rows["AAA-2"].sku = "AAA-2", "AAA-1"
    page.variants.add(variant("AAA-3"))
    page.save_revision().publish()
    assert set(Variant.objects.values_list("sku", "option")) == {("AAA-2", ""), ("AAA-1", "Second"), ("AAA-3", "")}


def test_a_sku_that_another_page_took_meanwhile_is_left_out() -> None:
    car = make_edited_product("AAA-1", on_hand=5)
    page = draft(car.page_id)
    page.variants.add(variant("BBB-1"))
    waiting = page.save_revision()
    other = make_edited_product("BBB-1", on_hand=2)
    waiting.publish()
    assert Variant.objects.get(sku="BBB-1").page_id == other.page_id
    assert Variant.objects.filter(page_id=car.page_id).count() == 1


def test_a_scheduled_page_with_a_taken_sku_goes_live_without_it() -> None:
    car = make_edited_product("AAA-1", on_hand=5)
    page = draft(car.page_id)
    page.variants.add(variant("BBB-1"))
    page.maker_address = "Chhota Works, Pune"
    page.photos.add(ProductPhoto(image=upload(), alt_text="A cab"))
    page.go_live_at = timezone.now() + dt.timedelta(hours=1)
    page.save_revision().publish()
    make_edited_product("BBB-1", on_hand=2)
    ProductPage.objects.get(pk=car.page_id).revisions.update(approved_go_live_at=timezone.now())
    revision = ProductPage.objects.get(pk=car.page_id).revisions.latest("pk")
    content = revision.content
    content["go_live_at"] = (timezone.now() - dt.timedelta(minutes=1)).isoformat()
    revision.content = content
    revision.save()
    call_command("publish_scheduled")
    assert ProductPage.objects.get(pk=car.page_id).live_revision == revision
    assert Variant.objects.filter(page_id=car.page_id).count() == 1


@pytest.mark.parametrize("fields", [{"price": 0}, {"price": 500_000_00}, {"weight_grams": 0}, {"sku": ""}])
def test_a_revision_that_breaks_a_rule_is_published_without_the_broken_part(fields: dict[str, Any]) -> None:
    car = make_edited_product("AAA-1", on_hand=5)
    page = draft(car.page_id)
    page.variants.add(variant(**{"sku": "AAA-2", **fields}))
    page.save_revision().publish()
    assert list(Variant.objects.values_list("sku", flat=True)) == ["AAA-1"]
    page = draft(car.page_id)
    for row in page.variants.all():
        for name, value in fields.items():
            setattr(row, name, value)
    page.save_revision().publish()
    row = Variant.objects.get()
    assert (row.sku, row.price, row.weight_grams) == ("AAA-1", 189_900, 300)


@pytest.mark.covers("H7")
def test_an_unpublished_or_reverted_page_keeps_its_stock() -> None:
    car = make_edited_product(on_hand=5)
    first = ProductPage.objects.get().revisions.earliest("pk")
    page = draft(car.page_id)
    page.title = "Another"
    page.save_revision().publish()
    ProductPage.objects.get().unpublish()
    car = Variant.objects.get()
    assert not car.is_for_sale
    first.publish(previous_revision=page.latest_revision)
    assert Variant.objects.get().is_for_sale
    assert Stock.objects.get().on_hand == 5


@pytest.mark.covers("H7")
def test_a_copy_starts_without_variants() -> None:
    car = make_edited_product(on_hand=5)
    page = draft(car.page_id)
    page.variants.add(variant("AAA-2"))
    page.save_revision()
    copy = ProductPage.objects.get().copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=True)
    assert copy.variants.count() == 0
    assert draft(copy.pk).variants.count() == 0
    draft(copy.pk).save_revision().publish()
    assert Variant.objects.count() == 1


def test_an_alias_sells_nothing_and_follows_without_error() -> None:
    car = make_edited_product(on_hand=5)
    alias = ProductPage.objects.get().create_alias(update_slug="alias")
    draft(car.page_id).save_revision().publish()
    assert alias.variants.count() == 0


def test_a_moved_page_keeps_everything() -> None:
    car = make_edited_product(on_hand=5)
    home = CatalogPage.objects.get().get_parent()
    elsewhere = home.add_child(instance=CatalogPage(title="Old stock", slug="old"))
    ProductPage.objects.get().move(elsewhere, pos="last-child")
    assert ProductPage.objects.get().get_parent().pk == elsewhere.pk
    assert Stock.objects.get(variant=car).on_hand == 5


@pytest.mark.covers("H3")
def test_a_page_whose_stock_moved_is_kept_and_another_one_goes() -> None:
    moved, fresh = make_edited_product("AAA-1", on_hand=5), make_edited_product("AAA-2", on_hand=0)
    with pytest.raises(ProtectedError), transaction.atomic():
        ProductPage.objects.get(pk=moved.page_id).delete()
    ProductPage.objects.get(pk=fresh.page_id).delete()
    assert list(Variant.objects.values_list("sku", flat=True)) == ["AAA-1"]


def test_every_published_variant_has_a_stock_row() -> None:
    car = make_edited_product(on_hand=0)
    assert (car.stock.on_hand, car.stock.reserved, car.stock.movements.count()) == (0, 0, 0)


def test_a_brand_that_only_a_draft_names_can_be_deleted() -> None:
    car = make_edited_product(on_hand=1)
    page = draft(car.page_id)
    page.brand = Brand.objects.create(name="Gone", slug="gone")
    page.genre = Genre.objects.create(name="Gone", slug="gone")
    page.save_revision()
    Brand.objects.get(slug="gone").delete()
    Genre.objects.get(slug="gone").delete()
    assert draft(car.page_id).brand.slug == "chhota-works"
    assert draft(car.page_id).genre is None


@pytest.mark.covers("A10")
def test_only_a_gift_that_is_limited_per_person_costs_nothing() -> None:
    car = make_edited_product("AAA-1")
    page = draft(car.page_id)
    page.variants.all()[0].price = 0
    page.per_person_limit = 1
    page.save_revision().publish()
    assert Variant.objects.get().price == 0


@pytest.mark.covers("PP12")
@pytest.mark.parametrize("fields", [{"price": 0, "mrp": 0}, {"mrp": 99_99}, {"weight_grams": 0}, {"price": -1}])
def test_the_database_holds_price_mrp_and_weight(fields: dict[str, Any]) -> None:
    page = ProductPage.objects.get(pk=make_edited_product(on_hand=0).page_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        variant("AAA-2", page=page, **fields).save()


def test_a_variant_s_title_names_its_option() -> None:
    page = ProductPage(title="Hooghly ’62 Saloon")
    assert Variant(page=page, option="Ivory").title == "Hooghly ’62 Saloon, Ivory"
    assert Variant(page=page).title == "Hooghly ’62 Saloon"


def test_a_draft_that_was_never_live_can_be_written_and_previewed() -> None:
    shop = make_shop()
    brand = Brand.objects.create(name="Chhota Works", slug="chhota-works")
    page = ProductPage(title="New", slug="new", brand=brand, scale="1:43", live=False)
    page.variants = [variant("AAA-1"), variant("")]
    shop.add_child(instance=page)
    assert list(Variant.objects.values_list("sku", flat=True)) == ["AAA-1"]
