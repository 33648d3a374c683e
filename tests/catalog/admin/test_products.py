"""The list of products: what it shows, finds and exports, and what several products are changed by at once."""

from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.core.management.base import OutputWrapper
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from catalog.models import Brand, CatalogPage, ProductPage, Variant
from catalog.repricing import newest
from home.demo.crowd import load_crowd
from tests.catalog.whole import make_whole
from tests.factories import make_edited_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def listed(client: Client, **parameters: Any) -> list[str]:
    answer = client.get(reverse("products:index"), parameters)
    assert answer.status_code == 200
    return sorted(page.title for page in answer.context["object_list"])


def test_a_row_says_what_shoppers_see(editor: Client) -> None:
    make_edited_product("AAA-1", price=189_950, on_hand=3)
    html = editor.get(reverse("products:index")).content.decode()
    for text in ("AAA-1", "₹1,899.50", ">Live<", "Model AAA-1"):
        assert text in html, text


def test_a_row_shows_the_range_where_prices_differ(editor: Client) -> None:
    page = make_edited_product("AAA-1", price=189_900).page
    draft = newest(page)
    draft.variants.add(Variant(sku="AAA-2", option="Red", price=219_900, mrp=219_900, weight_grams=300))
    draft.save_revision().publish()
    assert "₹1,899.00 – ₹2,199.00" in editor.get(reverse("products:index")).content.decode()


@pytest.mark.covers("ED2")
def test_products_are_found_by_title_draft_and_sku(editor: Client) -> None:
    make_edited_product("AAA-1", title="City Cab")
    page = make_edited_product("BBB-2", title="Night Mail").page
    page.title = "Mail Train"
    page.save_revision()
    assert listed(editor, q="bbb-2") == listed(editor, q="train") == listed(editor, q="night") == ["Night Mail"]
    assert listed(editor, q="nothing") == []
    for ordering in ("title", "-lowest_price", "free_pieces", "-latest_revision_created_at", "evil"):
        assert len(listed(editor, ordering=ordering)) == 2


def test_products_are_filtered(editor: Client) -> None:
    make_edited_product("AAA-1", title="Plenty", on_hand=50)
    make_edited_product("AAA-2", title="Few", on_hand=2)
    make_edited_product("AAA-3", title="Gone", on_hand=0)
    draft = make_edited_product("AAA-4", title="Draft").page
    draft.unpublish()
    planned = make_edited_product("AAA-5", title="Planned").page
    planned.unpublish()
    planned.go_live_at = timezone.now() + timedelta(days=1)
    planned.save_revision(approved_go_live_at=planned.go_live_at)
    ProductPage.objects.filter(title="Few").update(scale="1:18", has_unpublished_changes=True)
    brand = Brand.objects.create(name="Other", slug="other")
    ProductPage.objects.filter(title="Gone").update(brand=brand)
    assert listed(editor, state="live") == ["Few", "Plenty"]
    assert listed(editor, state=["sold_out", "draft"]) == ["Draft", "Gone"]
    assert listed(editor, state="scheduled") == ["Planned"]
    assert listed(editor, state="changed") == ["Few"]
    assert listed(editor, stock="low") == ["Few"]
    assert "Gone" in listed(editor, stock="none")
    assert listed(editor, scale="1:18") == ["Few"]
    assert listed(editor, brand=brand.pk) == ["Gone"]


def many(number: int) -> None:
    """Fill the shop up to so many products, in bulk."""
    load_crowd(CatalogPage.objects.get(), number, 1, OutputWrapper(StringIO()))


def body(answer: Any) -> bytes:
    """Return a streamed answer as a whole."""
    return b"".join(answer.streaming_content)


def queries(client: Client, **parameters: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(reverse("products:index"), parameters)
        if answer.streaming:
            body(answer)
    return len(captured)


@pytest.mark.covers("ED2")
@pytest.mark.slow
def test_a_thousand_products_cost_as_many_queries_as_ten(editor: Client) -> None:
    make_edited_product("AAA-1")
    many(10)
    for parameters in ({}, {"q": "model"}, {"export": "csv"}):
        queries(editor, **parameters)
    before = [queries(editor), queries(editor, q="model")]
    few = queries(editor, export="csv")
    many(1000)
    assert [queries(editor), queries(editor, q="model")] == before
    # An export reads 200 products at a time.
    assert queries(editor, export="csv") <= few + 4 * 6
    assert max(before) <= 30


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "@SUM(1)"])
def test_an_exported_title_is_no_formula(editor: Client, title: str) -> None:
    make_edited_product("AAA-1", title="Model")
    ProductPage.objects.update(title=title)
    text = body(editor.get(reverse("products:index"), {"export": "csv"})).decode()
    assert f"AAA-1,'{title}" in text
    assert "1899.00" in text or "1899" in text
    answer = editor.get(reverse("products:index"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(body(answer))).active
    assert (sheet["B2"].value, sheet["B2"].data_type) == (title, "s")


def bulk(client: Client, action: str, pages: list[ProductPage], data: dict[str, Any] | None = None) -> Any:
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    query = "&".join(f"id={page.pk}" for page in pages)
    address = f"{url}?{query}&next={reverse('products:index')}"
    return client.get(address, follow=True) if data is None else client.post(address, data, follow=True)


def test_several_are_unpublished_and_published(editor: Client) -> None:
    pages = [make_whole(sku) for sku in ("AAA-1", "AAA-2")]
    assert bulk(editor, "unpublish", pages, {}).status_code == 200
    assert ProductPage.objects.live().count() == 0
    assert bulk(editor, "publish", pages, {}).status_code == 200
    assert ProductPage.objects.live().count() == 2


def test_nothing_is_ticked_that_nobody_has_seen(editor: Client, home: Page) -> None:
    make_edited_product("AAA-1")
    many(60)
    html = editor.get(reverse("products:index")).content.decode()
    assert "data-bulk-action-footer" in html
    assert "data-bulk-action-num-objects-in-listing" not in html
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "change_prices"])
    for ids in ("all", str(home.pk), "x"):
        html = editor.get(f"{url}?id={ids}").content.decode()
        assert "None of these pages is a product" in html
        assert "Show before and after" not in html


PERCENT = {"way": "lower", "percent": "10", "amount": "", "rounding": "rupee", "publish": "on"}


@pytest.mark.covers("ED3")
def test_prices_are_shown_before_and_after_and_then_written_once(editor: Client) -> None:
    pages = [make_whole(sku, price=price) for sku, price in (("AAA-1", 189_900), ("AAA-2", 100_000))]
    assert "Show before and after" in bulk(editor, "change_prices", pages).content.decode()
    answer = bulk(editor, "change_prices", pages, PERCENT)
    html = answer.content.decode()
    assert [text in html for text in ("₹1,899.00", "₹1,709.00", "₹900.00")] == [True] * 3
    assert set(Variant.objects.values_list("price", flat=True)) == {189_900, 100_000}
    data = {**PERCENT, "seen": answer.context["seen"]}
    assert "2 products have new prices" in bulk(editor, "change_prices", pages, data).content.decode()
    assert set(Variant.objects.values_list("price", flat=True)) == {170_900, 90_000}
    assert "changed meanwhile" in bulk(editor, "change_prices", pages, data).content.decode()
    assert set(Variant.objects.values_list("price", flat=True)) == {170_900, 90_000}


def test_a_product_above_its_mrp_stays_and_the_others_change(editor: Client) -> None:
    pages = [make_whole(sku) for sku in ("AAA-1", "AAA-2")]
    Variant.objects.filter(sku="AAA-2").update(mrp=300_000)
    raised = {**PERCENT, "way": "raise"}
    answer = bulk(editor, "change_prices", pages, raised)
    assert "above its MRP of ₹1,899" in answer.content.decode()
    bulk(editor, "change_prices", pages, {**raised, "seen": answer.context["seen"]})
    assert dict(Variant.objects.values_list("sku", "price")) == {"AAA-1": 189_900, "AAA-2": 208_900}


def test_what_stays_is_shown_row_by_row_and_counted(editor: Client) -> None:
    """One variant is too dear, so its twin stays too; a gift has no price to change."""
    page, other = make_whole("AAA-1"), make_whole("BBB-1")
    draft = newest(page)
    draft.variants.add(Variant(sku="AAA-2", option="Red", price=100_000, mrp=300_000, weight_grams=300))
    draft.save_revision().publish()
    Variant.objects.filter(sku="BBB-1").update(mrp=300_000)
    gift = make_whole("CCC-1", price=100)
    Variant.objects.filter(sku="CCC-1").update(price=0)
    raised = {**PERCENT, "way": "raise"}
    answer = bulk(editor, "change_prices", [page, other, gift], raised)
    html = answer.content.decode()
    assert html.count("another variant of the product cannot change") == 1
    assert html.count("no price that could be changed") == 1
    html = bulk(
        editor, "change_prices", [page, other, gift], {**raised, "seen": answer.context["seen"]}
    ).content.decode()
    assert "1 product has new prices." in html
    assert "2 products stay as they are, as was shown." in html


def test_where_nothing_can_change_it_is_said(editor: Client) -> None:
    html = bulk(editor, "change_prices", [make_whole("AAA-1")], {**PERCENT, "way": "raise"}).content.decode()
    assert ["None of these products can change" in html, "Change these prices" in html] == [True, False]


def test_why_a_product_stays_is_said_before_the_others_are_deleted(editor: Client) -> None:
    moved, fresh = (
        make_edited_product("AAA-1", title="Moved").page,
        make_edited_product("AAA-2", title="Fresh", on_hand=0).page,
    )
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    query = f"{url}?id={moved.pk}&id={fresh.pk}"
    html = editor.get(query).content.decode()
    assert "the books keep every movement" in html
    assert html.index("Fresh") < html.index("These stay") < html.index("Moved")
    editor.post(query)
    assert list(ProductPage.objects.values_list("title", flat=True)) == ["Moved"]


def test_what_was_shown_cannot_be_invented(editor: Client) -> None:
    page = make_edited_product("AAA-1").page
    answer = bulk(editor, "change_prices", [page], {**PERCENT, "seen": "invented"})
    assert "Change these prices" in answer.content.decode()
    assert Variant.objects.get().price == 189_900


@pytest.mark.parametrize("fields", [{"percent": "", "amount": ""}, {"amount": "100"}, {"percent": "95"}])
def test_a_rule_that_says_too_little_or_too_much(editor: Client, fields: dict[str, str]) -> None:
    page = make_edited_product("AAA-1").page
    html = bulk(editor, "change_prices", [page], {**PERCENT, **fields}).content.decode()
    assert "Show before and after" in html


def test_order_staff_change_no_prices(staff: Client) -> None:
    page = make_edited_product("AAA-1").page
    assert staff.get(reverse("products:index")).status_code == 302
    assert reverse("products:index") not in staff.get("/admin/").content.decode()
    html = bulk(staff, "change_prices", [page], PERCENT).content.decode()
    assert "₹1,709" not in html
    assert Variant.objects.get().price == 189_900
