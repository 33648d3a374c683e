"""What browsers are told that a page may load."""

import pytest
from csp.constants import HEADER
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from config import policy
from tests.checkout.orders import SKU
from tests.factories import Buyer, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _forget() -> None:
    for found in (policy._of_shop, policy._of_paying, policy._of_admin):
        found.cache_clear()


def told(client: Client, path: str) -> dict[str, str]:
    header = client.get(path).headers.get(HEADER, "")
    return {name: sources for name, _, sources in (part.strip().partition(" ") for part in header.split(";")) if name}


@pytest.mark.covers("AX5")
@pytest.mark.parametrize("path", ["/", "/shop/", "/cart/", "/wishlist/", "/account/login/", "/nowhere/"])
def test_a_page_loads_nothing_from_third_parties(client: Client, path: str) -> None:
    make_product(SKU)
    found = told(client, path)
    assert found["default-src"] == found["media-src"] == found["form-action"] == "'self'"
    assert found["img-src"] == "'self' data:"
    assert found["frame-ancestors"] == found["object-src"] == found["base-uri"] == "'none'"


def test_pictures_and_films_may_lie_on_another_machine(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "url", lambda name: f"https://media.example.in/{name}?signed=1")
    make_product(SKU)
    found = told(client, "/shop/")
    assert found["media-src"] == "'self' https://media.example.in"
    assert found["img-src"].endswith(" https://media.example.in")


def test_the_pay_page_takes_razorpays_scripts_and_no_others(settings: Settings) -> None:
    settings.RAZORPAY_CHECKOUT_JS_URL = "https://checkout.razorpay.com/v1/checkout.js"
    make_product(SKU)
    buyer = Buyer()
    order, body = buyer.buy(SKU)
    found = told(buyer.client, body["order"]["pay_url"])
    assert found["script-src"] == "'self' https://checkout.razorpay.com https://*.razorpay.com"
    assert "default-src" not in found
    assert told(buyer.client, order.get_absolute_url())["default-src"] == "'self'"


def test_the_admin_loads_nothing_from_third_parties_either(admin_client: Client) -> None:
    make_product(SKU)
    found = told(admin_client, "/admin/")
    assert found["script-src"] == "'self' 'unsafe-inline'"
    assert found["default-src"] == found["frame-ancestors"] == found["form-action"] == "'self'"


def test_a_preview_may_stand_in_the_frame_of_the_editor(admin_client: Client) -> None:
    page = make_product(SKU).page
    url = f"/admin/pages/{page.pk}/view_draft/"
    assert told(admin_client, url)["frame-ancestors"] == "'self'"


def test_the_door_of_the_admin_takes_no_inline_script(client: Client) -> None:
    assert "unsafe-inline" not in client.get("/admin/login/").headers[HEADER]


def test_what_is_no_page_has_no_policy(admin_client: Client) -> None:
    for path in ("/robots.txt", "/health/live/"):
        assert HEADER not in admin_client.get(path).headers
