"""What an editor can look at before its day: the product sold out, with few left, in plenty, and unpublished."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Stock, Variant
from tests.catalog.test_admin import form, row
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def preview(client: Client, mode: str, panel: str = "") -> str:
    page = Variant.objects.get().page
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    data = form([row(id=Variant.objects.get().pk, sku="AAA-1")], 1)
    assert client.post(f"{url}?mode={mode}", data).json()["is_valid"]
    answer = client.get(f"{url}?mode={mode}{panel}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.covers("ED5")
@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("", "In stock"),
        ("in_stock", "In stock"),
        ("few_left", "Only 2 left"),
        ("sold_out", "Sold out"),
        ("unpublished", "Nothing parked here"),
    ],
)
def test_a_product_is_previewed_on_other_days(admin_client: Client, mode: str, text: str) -> None:
    make_product("AAA-1", on_hand=20)
    assert text in preview(admin_client, mode)
    assert Stock.objects.get().on_hand == 20


def test_a_new_product_without_stock_can_be_seen_in_stock(admin_client: Client) -> None:
    make_product("AAA-1", on_hand=0)
    assert "In stock" in preview(admin_client, "in_stock")
    assert "Sold out" in preview(admin_client, "")


def test_the_preview_checks_what_the_editor_wrote_and_shoppers_get_nothing_of_it(admin_client: Client) -> None:
    make_product("AAA-1")
    html = preview(admin_client, "", "&in_preview_panel=true")
    assert "wagtail-userbar" in html
    assert '"include": ["main"]' in html.replace("&quot;", '"')
    assert "wagtail-userbar" not in Client().get("/shop/aaa-1/").content.decode()
