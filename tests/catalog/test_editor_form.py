"""What the page editor refuses because shoppers would be misled: hidden addresses and variants that look alike."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text

from catalog.forms import taken_slugs
from catalog.models import CatalogPage, ProductPage, Variant
from home.models import ContentPage, HomePage
from tests.catalog.test_admin import edit, row
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
    assert "say in what they differ" in edit(admin_client, page, rows).content.decode()
    rows[1]["option"] = "Blue"
    assert edit(admin_client, page, rows).status_code == 302


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
