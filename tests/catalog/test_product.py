"""The product page: its variants, details and neighbours, what a draft shows, and what a visit costs."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from catalog import pictures, stock
from catalog.models import (
    Genre,
    HsnCode,
    ProductPage,
    ProductPhoto,
    ShopImage,
    ShopRendition,
    ShopSettings,
    Stock,
    Variant,
)
from catalog.product import details, product_context
from tests.catalog.test_pictures import upload
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CEILING = 14
"""The shop allows 15: this leaves two for a cart's badge."""


def context(query: str = "", page: Any = None) -> dict[str, Any]:
    page = page or ProductPage.objects.first()
    return product_context(page=page, request=RequestFactory().get(f"/shop/x/{query}"))


@pytest.fixture
def two_variants() -> ProductPage:
    make_product("AAA-1", on_hand=9, title="Saloon", per_person_limit=2)
    page = ProductPage.objects.get().get_latest_revision_as_object()
    page.variants.add(Variant(sku="AAA-2", option="Grey", price=5_00, mrp=6_00, weight_grams=1, sort_order=9))
    page.save_revision().publish()
    fresh: ProductPage = ProductPage.objects.get()
    return fresh


@pytest.mark.covers("PP6")
@pytest.mark.parametrize(
    ("query", "sku"),
    [("", "AAA-1"), ("?variant=AAA-2", "AAA-2"), ("?variant=aaa-2", "AAA-2"), ("?variant=NOPE", "AAA-1")],
)
@pytest.mark.usefixtures("two_variants")
def test_the_address_selects_a_variant(client: Client, query: str, sku: str) -> None:
    assert context(query)["selected"].sku == sku
    assert client.get(f"/shop/aaa-1/{query}").status_code == 200


@pytest.mark.covers("PP5", "PP9")
@pytest.mark.usefixtures("two_variants")
def test_choices_tell_price_stock_and_limit() -> None:
    first, second = context()["variants"]
    assert (first.label, first.max_quantity, first.availability.text) == ("Saloon", 2, "In stock")
    assert (second.label, second.max_quantity, second.availability.text) == ("Grey", 0, "Sold out")
    assert (second.price, second.mrp, second.url) == (5_00, 6_00, "/shop/aaa-1/?variant=AAA-2")


def test_a_variant_that_is_not_for_sale_is_not_shown(two_variants: ProductPage, client: Client) -> None:
    Variant.objects.update(is_active=False)
    assert context()["variants"] == []
    assert context()["selected"] is None
    assert client.get(two_variants.get_url()).status_code == 200


@pytest.mark.covers("PP11")
def test_details_hold_the_legal_declarations() -> None:
    car = make_product(length_mm=98, width_mm=36, height_mm=37, edition_size=640, maker_address="Pune")
    rows = dict(details(ProductPage.objects.get(), car, ShopSettings(email="care@example.in")))
    assert rows["Size"] == "98 × 36 × 37 mm"
    assert rows["HSN"] == HsnCode.objects.get().code
    assert rows["Net quantity"] == "1 model"
    assert rows["MRP, all taxes included"] == "₹1,899"
    assert rows["Consumer care"] == "care@example.in"
    assert rows["Made and packed by"] == "Pune"
    assert "Material" not in rows
    foreign = ProductPage(country_of_origin="Italy", maker_address="Mumbai", scale="1:43")
    assert dict(details(foreign, None, ShopSettings()))["Imported by"] == "Mumbai"


def test_the_nearest_products_stand_beside_it() -> None:
    city = Genre.objects.create(name="City Life", slug="city-life")
    make_product("AAA-1", title="One", genre=city)
    make_product("AAA-2", title="Same shelf", genre=city)
    make_product("AAA-3", title="Sold out", genre=city, on_hand=0)
    make_product("AAA-4", title="Same maker")
    page = ProductPage.objects.get(title="One")
    assert [card.title for card in context(page=page)["related"]] == ["Same shelf", "Same maker", "Sold out"]


def test_a_draft_is_previewed_without_a_trace(two_variants: ProductPage) -> None:
    draft = two_variants.get_latest_revision_as_object()
    draft.variants.add(Variant(sku="AAA-3", option="Draft", price=1_00, mrp=1_00, weight_grams=1, sort_order=20))
    draft.brand.name = "Renamed"
    before = (Variant.objects.count(), Stock.objects.count(), ShopRendition.objects.count())
    response = draft.make_preview_request()
    assert response.status_code == 200
    assert "Draft" in response.render().content.decode()
    assert (Variant.objects.count(), Stock.objects.count(), ShopRendition.objects.count()) == before


def test_a_page_that_was_never_saved_is_previewed() -> None:
    make_product()
    page = ProductPage(title="New", slug="new", scale="1:43", brand=ProductPage.objects.get().brand)
    page.variants = [Variant(sku="NEW-1", price=1_00, mrp=1_00, weight_grams=1)]
    found = context(page=page)
    assert found["selected"].sku == "NEW-1"
    assert [card.title for card in found["related"]] == ["Model CG43-TX-0007"]


@pytest.mark.usefixtures("two_variants")
def test_reading_pages_writes_nothing(client: Client) -> None:
    ShopSettings.objects.all().delete()
    for method in (client.get, client.head, client.options):
        for url in ("/", "/shop/", "/shop/aaa-1/", "/shop/?q=saloon"):
            with CaptureQueriesContext(connection) as captured:
                method(url)
            written = [query["sql"] for query in captured if not query["sql"].lstrip('"(').startswith("SELECT")]
            assert written == [], url


@pytest.mark.covers("AX7")
def test_a_product_page_costs_few_queries_however_many_stand_beside_it(client: Client) -> None:
    city = Genre.objects.create(name="City Life", slug="city-life")
    make_product("AAA-1", genre=city)
    make_product("AAA-2", genre=city)
    page = ProductPage.objects.get(slug="aaa-1").get_latest_revision_as_object()
    page.photos = [ProductPhoto(image=upload(), alt_text="A cab"), ProductPhoto(image=upload(), alt_text="Its wheel")]
    page.save_revision().publish()
    pictures.make(ShopImage.objects.all())
    client.get("/shop/aaa-1/")
    numbers = []
    for sku in ("AAA-3", "AAA-4", "AAA-5"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/shop/aaa-1/").status_code == 200
        numbers.append(len(captured))
        make_product(sku, genre=city)
    assert len(set(numbers)) == 1
    assert numbers[0] <= CEILING


@pytest.mark.covers("PP7")
def test_stock_words_agree_between_page_and_list() -> None:
    car = make_product(on_hand=3)
    stock.adjust(variant=car, quantity=-1, reason="Dropped")
    assert context()["selected"].availability.text == "Only 2 left"
