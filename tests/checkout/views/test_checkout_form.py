"""The checkout form: what it refuses, that looking at it does nothing, and what a purchase costs in queries."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page

from catalog import stock
from catalog.models import ShopSettings, Variant
from checkout.models import CheckoutPage, Order
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, stock_of
from tests.checkout.queries import nothing_written
from tests.factories import BUYER, Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db

HUGE = "x" * 10_000
BAD: list[dict[str, str]] = [
    *({name: ""} for name in BUYER if name != "address_line2"),
    *({name: HUGE} for name in [*BUYER, "gstin", "checkout_key", "seen_total"]),
    *({name: "a\x00b"} for name in [*BUYER, "gstin", "checkout_key", "seen_total"]),
    {"email": "a@b"},
    {"email": "a@example.in\nbcc: x@example.in"},
    {"phone": "12345"},
    {"phone": "+1 202 555 0143"},
    {"phone": "5876543210"},
    {"postcode": "011004"},
    {"postcode": "४११००४"},
    {"postcode": "4110045"},
    {"state": "Maharashtra"},
    {"state": "99"},
    {"gstin": "27ABCDE1234F1Z5x"},
    {"checkout_key": "a b c d e f"},
    {"checkout_key": "short"},
    {"seen_total": "-1"},
    {"seen_total": "1.5"},
    {"seen_total": "9" * 5_000},
]


@pytest.mark.covers("A18", "CO11")
def test_fields_that_cannot_be_right_are_refused_by_name(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    for change in BAD:
        (name,) = change
        data: dict[str, Any] = {**BUYER, "checkout_key": "key-of-one-form", **change}
        response = buyer.client.post("/checkout/", data, headers={"accept": "application/json"})
        assert response.status_code == 400, change
        assert list(response.json()["errors"]) == [name], change
    page = buyer.client.post("/checkout/", {**BUYER, **BAD[0]})
    assert (page.status_code, len(page.context["errors"])) == (400, 1)
    assert (Order.objects.count(), stock_of(), faulty.calls) == (0, (10, 0), [])


def test_an_empty_cart_is_refused(client: Client) -> None:
    make_product(SKU)
    assert client.post("/checkout/", BUYER, headers={"accept": "application/json"}).status_code == 400
    assert client.post("/checkout/", BUYER).status_code == 400


def test_looking_at_the_form_writes_nothing_and_calls_nobody(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    for method in ("get", "head", "options"):
        with nothing_written():
            assert getattr(buyer.client, method)("/checkout/").status_code == 200
    page = CheckoutPage.objects.get()
    with nothing_written():
        preview = page.make_preview_request(RequestFactory().get("/checkout/"), "")
    assert preview.status_code == 200
    assert faulty.calls == []
    assert buyer.client.put("/checkout/").status_code == 405


def test_previewing_by_post_places_no_order(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    page: Any = Page.objects.get(slug="checkout").specific
    request = RequestFactory().post("/checkout/", BUYER)
    with nothing_written():
        assert page.make_preview_request(request, "").status_code == 200
    assert faulty.calls == []


@pytest.mark.django_db(transaction=True)
def test_a_purchase_stays_within_forty_queries(
    buyer: Buyer,
    simulator: Simulator,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_product("CG18-B")
    buyer.add("CG18-B")
    buyer.client.get("/cart/")
    with django_assert_max_num_queries(40), CaptureQueriesContext(connection) as captured:
        assert buyer.check_out().status_code == 201
    with capsys.disabled():
        print(f" [checkout POST of two lines: {len(captured)} statements with BEGIN and COMMIT]", end="")


@pytest.mark.once
def test_a_cart_that_cannot_be_sold_is_told_before_anything_is_pressed(buyer: Buyer) -> None:
    assert "cannot be sold" not in buyer.client.get("/checkout/").content.decode()
    stock.adjust(variant=Variant.objects.get(), quantity=-10, reason="sold at a fair")
    page = buyer.client.get("/checkout/").content.decode()
    assert "Not everything can be sold as it stands" in page
    assert "It is sold out." in page


@pytest.mark.once
@pytest.mark.covers("CO18")
def test_consent_names_both_kinds_of_terms(buyer: Buyer) -> None:
    page = buyer.client.get("/checkout/").content.decode()
    assert 'href="/terms/"' in page
    assert 'href="/returns/"' in page


@pytest.mark.once
@pytest.mark.covers("PA4")
def test_the_checkout_of_what_is_paid_leads_to_its_order(buyer: Buyer) -> None:
    Variant.objects.update(price=0)
    ShopSettings.objects.update(free_shipping_from=0)
    page = buyer.client.get("/checkout/").content.decode()
    assert "Place the order" in page
    assert "There is nothing to pay." in page
    assert "Razorpay opens next" not in page
    buyer.check_out(seen_total="0")
    order = Order.objects.get()
    page = buyer.client.get("/checkout/").content.decode()
    assert f"order {order.number} is already paid" in page
    assert f'href="/orders/{order.token}/"' in page
    shown = buyer.client.get(order.get_absolute_url()).content.decode()
    assert "Ordered. We’re packing it." in shown
    assert "Payment received" not in shown
