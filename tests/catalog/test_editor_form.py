"""What the page editor refuses because shoppers would be misled: hidden addresses and variants that look alike."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from catalog.forms import taken_slugs
from catalog.models import CatalogPage, ProductPage, Variant
from home.models import ContentPage, HomePage
from tests.catalog.test_admin import edit, form, row, whole
from tests.catalog.whole import picked
from tests.factories import make_edited_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_shops_own_addresses() -> None:
    own = {"admin", "documents", "health", "media", "cart", "orders", "payments", "webhooks"}
    assert own <= taken_slugs()
    assert not {"", "shop", "checkout", "about"} & taken_slugs()


@pytest.mark.parametrize("slug", ["cart", "orders", "admin"])
def test_a_slug_that_the_shop_would_hide_is_refused(slug: str, admin_client: Client) -> None:
    make_edited_product("AAA-1")
    shop = CatalogPage.objects.get()
    data = nested_form_data({"title": "Shop", "slug": slug, "introduction": rich_text(""), "comments": {}})
    data |= {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    answer = admin_client.post(reverse("wagtailadmin_pages:edit", args=[shop.pk]), data)
    assert f"The shop itself uses /{slug}/" in answer.content.decode()
    shop.refresh_from_db()
    assert shop.slug == "shop"


def test_the_same_slug_is_free_further_down(admin_client: Client) -> None:
    make_edited_product("AAA-1")
    about = HomePage.objects.get().add_child(instance=ContentPage(title="About", slug="about"))
    data = {"title": "Cart", "slug": "cart", "introduction": "", "body": rich_text("<p>x</p>")}
    data |= {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    answer = admin_client.post(reverse("wagtailadmin_pages:add", args=["home", "contentpage", about.pk]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert ContentPage.objects.filter(slug="cart").exists()


def test_two_variants_that_look_the_same_are_refused(admin_client: Client) -> None:
    variant = make_edited_product("AAA-1")
    page = ProductPage.objects.get()
    rows = [row(id=variant.pk, sku="AAA-1", option="Red"), row(sku="AAA-2", option=" red ")]
    assert "say in what they differ" in edit(admin_client, page, rows, **whole()).content.decode()
    assert edit(admin_client, page, rows).status_code == 302, "a draft may"
    rows[1]["option"] = "Blue"
    assert edit(admin_client, page, rows, **whole()).status_code == 302


def test_a_draft_keeps_variants_that_have_no_sku_yet(admin_client: Client) -> None:
    """Two products, each with a variant that is not named yet, saved as drafts again and again."""
    for sku in ("AAA-1", "AAA-2"):
        page = make_edited_product(sku).page
        page.unpublish()
        for _time in range(2):
            rows = [row(id=Variant.objects.get(sku=sku).pk, sku=sku), row(sku="", option="Red", price="1,500")]
            answer = edit(admin_client, page, rows, slug=sku.lower())
            assert answer.status_code == 302, answer.context["form"].errors
        page.refresh_from_db()
        drafted = page.get_latest_revision_as_object().variants.all()
        assert [(each.sku, each.price) for each in drafted] == [(sku, 189_900), ("", 150_000)]
        html = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert 'value="1500"' in html
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["AAA-1", "AAA-2"]


EMPTY_ROW = {"sku": "", "option": "", "price": "", "mrp": "", "weight_grams": "", "is_active": "on"}
EMPTY_PHOTO = {"image": "", "alt_text": "", "caption": ""}


def add(client: Client, rows: list[dict[str, Any]], **fields: Any) -> Any:
    """Send the form of a new product, with the photo and the variant that it opens with."""
    url = reverse("wagtailadmin_pages:add", args=["catalog", "productpage", CatalogPage.objects.get().pk])
    known = {"photos": inline_formset([EMPTY_PHOTO]), "country_of_origin": "", "description": rich_text("")}
    return client.post(url, form(rows, **{**known, **fields}))


def draft_of(title: str) -> Any:
    return ProductPage.objects.get(title=title).get_latest_revision_as_object()


def test_a_draft_needs_title_maker_and_scale_alone(admin_client: Client) -> None:
    make_edited_product("AAA-1")
    answer = add(admin_client, [EMPTY_ROW], title="New Cab", slug="new-cab")
    assert answer.status_code == 302, answer.context["form"].errors
    draft = draft_of("New Cab")
    assert (draft.live, list(draft.variants.all()), list(draft.photos.all())) == (False, [], [])
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).status_code == 200
    answer = add(admin_client, [EMPTY_ROW], title="Other", slug="other", brand="")
    assert "Choose the maker" in answer.content.decode()


def test_empty_rows_stay_empty_when_the_browser_saves_in_the_background(admin_client: Client) -> None:
    """After the first save it counts them as saved ones, though they have no primary key."""
    make_edited_product("AAA-1")
    assert add(admin_client, [EMPTY_ROW], title="New Cab", slug="new-cab").status_code == 302
    page = ProductPage.objects.get(title="New Cab")
    for sku in ("", "BBB-1", "BBB-2"):
        data = {
            "photos": inline_formset([{**EMPTY_PHOTO, "id": ""}], initial=1),
            "variants": inline_formset([{**EMPTY_ROW, "id": "", "sku": sku}], initial=1),
        }
        answer = edit(admin_client, page, [], title="New Cab", slug="new-cab", **data)
        assert answer.status_code == 302, answer.context["form"].formsets["photos"].errors
        assert [each.sku for each in draft_of("New Cab").variants.all()] == ([sku] if sku else [])
        assert list(draft_of("New Cab").photos.all()) == []


def test_publishing_asks_for_the_empty_rows(admin_client: Client) -> None:
    make_edited_product("AAA-1")
    answer = add(admin_client, [EMPTY_ROW], title="New Cab", slug="new-cab", **{"action-publish": "1"})
    shown = answer.context["form"].formsets
    assert {"sku", "price", "mrp", "weight_grams"} == set(shown["variants"].forms[0].errors)
    assert {"image", "alt_text"} == set(shown["photos"].forms[0].errors)
    answer = add(admin_client, [], title="New Cab", slug="new-cab", **whole())
    assert "Add a variant with SKU" in answer.content.decode()


@pytest.mark.parametrize(
    "half",
    [
        {"sku": "BBB-1", "price": "1,500"},
        {"sku": "BBB-1", "mrp": "1,500", "weight_grams": "300"},
        {"option": "Red"},
        {"sku": "BBB-1", "price": "1,500", "mrp": "1,200", "weight_grams": "300"},
        {"sku": "BBB-1", "price": "0", "mrp": "1,200", "weight_grams": "300"},
    ],
)
def test_a_draft_keeps_what_is_half_filled(admin_client: Client, half: dict[str, str]) -> None:
    make_edited_product("AAA-1")
    answer = add(admin_client, [{**EMPTY_ROW, **half}], title="New Cab", slug="new-cab")
    assert answer.status_code == 302, answer.context["form"].formsets["variants"].errors
    kept = draft_of("New Cab").variants.get()
    assert (kept.sku, kept.option) == (half.get("sku", ""), half.get("option", ""))
    typed = [int(half[name].replace(",", "")) * 100 if name in half else None for name in ("price", "mrp")]
    assert [kept.price, kept.mrp] == typed
    assert list(Variant.objects.values_list("sku", flat=True)) == ["AAA-1"], "nobody sells it"
    page = ProductPage.objects.get(title="New Cab")
    assert admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200
    answer = edit(admin_client, page, [{**EMPTY_ROW, **half}], title="New Cab", slug="new-cab", **whole())
    assert answer.status_code == 200
    assert any(answer.context["form"].formsets["variants"].errors)


def test_a_draft_keeps_a_price_above_the_mrp_beside_the_row_that_was_sold(admin_client: Client) -> None:
    """A page that was taken down writes its drafts into its rows: those keep their old price, the draft the new one."""
    variant = make_edited_product("AAA-1")
    variant.page.unpublish()
    answer = edit(admin_client, variant.page, [row(id=variant.pk, price="2,000", mrp="1,899")], slug="aaa-1")
    assert answer.status_code == 302
    variant.refresh_from_db()
    kept = variant.page.get_latest_revision_as_object().variants.get()
    assert (variant.price, kept.pk, kept.price) == (189_900, variant.pk, 200_000)


def test_a_photo_keeps_its_picture_and_asks_for_it(admin_client: Client) -> None:
    make_edited_product("AAA-1")
    silent = inline_formset([{"image": picked().pk, "alt_text": "", "caption": ""}])
    assert add(admin_client, [EMPTY_ROW], title="New Cab", slug="new-cab", photos=silent).status_code == 302
    assert draft_of("New Cab").photos.get().alt_text == ""
    words = inline_formset([{"image": "", "alt_text": "A cab", "caption": ""}])
    answer = add(admin_client, [EMPTY_ROW], title="Other", slug="other", photos=words)
    assert "Choose the picture, or delete this photo." in answer.content.decode()
