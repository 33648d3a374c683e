"""The cart over HTTP: what a browser sends is a SKU and a number, and nothing else counts."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from catalog.models import ShopSettings, Variant
from checkout.models import Cart, CartLine
from tests.checkout.orders import SKU, cart_with, make_overdue, place, stock_of
from tests.checkout.queries import nothing_written
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JSON = {"accept": "application/json"}


def post(client: Client, address: str, data: Any, accept: str = "application/json") -> Any:
    return client.post(address, data, headers={"accept": accept})


BAD_QUANTITIES = [
    "0",
    "-1",
    "100",
    "1000000000",
    "1.5",
    "1e3",
    "one",
    "",
    " ",
    "٣",
    "२",
    "0x1",
    "1_0",
    "+1",
    "½",
    "9" * 5_000,
    "1\n1",
    "NaN",
]


@pytest.mark.covers("A2")
@pytest.mark.parametrize("quantity", BAD_QUANTITIES, ids=range(len(BAD_QUANTITIES)))
def test_a_quantity_that_is_no_number_from_1_to_99(quantity: str, client: Client) -> None:
    make_product(SKU)
    for accept in ("application/json", "text/html"):
        response = post(client, "/cart/add/", {"sku": SKU, "quantity": quantity}, accept)
        assert response.status_code == 400
    assert post(client, "/cart/add/", {"sku": SKU, "quantity": quantity}).json()["errors"]["quantity"]
    assert (Cart.objects.count(), CartLine.objects.count()) == (0, 0)
    assert not client.cookies.get("cart")


@pytest.mark.covers("A2")
@pytest.mark.parametrize(
    "body",
    ["", "quantity=1", "sku=", "sku=CG43-TX-0007", "quantity[]=1&sku=CG43-TX-0007", "%00=%00", "sku=%ff&quantity=1"],
)
def test_fields_that_are_missing_or_odd(body: str, client: Client) -> None:
    make_product(SKU)
    response = client.generic(
        "POST", "/cart/add/", body, content_type="application/x-www-form-urlencoded", headers=JSON
    )
    assert response.status_code in (400, 404)
    assert Cart.objects.count() == 0


def test_the_last_of_repeated_quantities_counts(client: Client) -> None:
    make_product(SKU)
    body = urlencode([("sku", SKU), ("quantity", "1"), ("quantity", "-1")])
    form = "application/x-www-form-urlencoded"
    assert client.generic("POST", "/cart/add/", body, content_type=form, headers=JSON).status_code == 400


@pytest.mark.parametrize("sku", ["NO-SUCH", "x" * 40, "' OR 1=1 --", "😀"])
def test_an_unknown_sku(sku: str, client: Client) -> None:
    make_product(SKU)
    for address in ("/cart/add/", "/cart/update/"):
        for accept in ("application/json", "text/html"):
            assert post(client, address, {"sku": sku, "quantity": "1"}, accept).status_code == 404


@pytest.mark.parametrize("sku", ["CG43\x00", "\x00", "x" * 10_000])
def test_a_sku_that_nobody_could_have(sku: str, client: Client) -> None:
    make_product(SKU)
    for address in ("/cart/add/", "/cart/update/"):
        assert post(client, address, {"sku": sku, "quantity": "1"}).status_code == 400


@pytest.mark.covers("A1")
def test_prices_from_the_client_mean_nothing(client: Client) -> None:
    make_product(SKU, price=189_900)
    lies = {"price": "1", "unit_price": "1", "total": "1", "subtotal": "1", "shipping": "0", "discount": "999999"}
    body = post(client, "/cart/add/", {"sku": SKU, "quantity": "2", **lies}).json()["cart"]
    assert (body["subtotal"], body["shipping"], body["total"]) == (379_800, 9_900, 389_700)
    assert CartLine.objects.get().accepted_price == 189_900


def test_adding_changing_and_removing_as_json_and_as_a_form(client: Client) -> None:
    make_product(SKU)
    assert post(client, "/cart/add/", {"sku": SKU, "quantity": "2"}).json()["cart"]["count"] == 2
    response = post(client, "/cart/add/", {"sku": SKU, "quantity": "1"}, "text/html")
    assert (response.status_code, response.headers["Location"]) == (303, "/cart/")
    assert CartLine.objects.get().quantity == 3
    assert post(client, "/cart/update/", {"sku": SKU, "quantity": "1"}).json()["cart"]["count"] == 1
    assert post(client, "/cart/update/", {"sku": SKU, "quantity": "0"}).json()["cart"] == {
        "count": 0,
        "subtotal": 0,
        "shipping": 0,
        "discount": 0,
        "coupon": "",
        "total": 0,
        "lines": [],
    }
    assert Cart.objects.count() == 1


@pytest.mark.covers("A4")
def test_no_more_than_there_are(client: Client) -> None:
    variant = make_product(SKU, on_hand=3, per_person_limit=None)
    place(cart_with(variant, 1))
    assert post(client, "/cart/add/", {"sku": SKU, "quantity": "3"}).status_code == 409
    assert Cart.objects.count() == 1, "a refused first piece makes no cart"
    post(client, "/cart/add/", {"sku": SKU, "quantity": "2"})
    refused = post(client, "/cart/add/", {"sku": SKU, "quantity": "1"})
    assert (refused.status_code, list(refused.json()["errors"])) == (409, ["quantity"])
    assert post(client, "/cart/update/", {"sku": SKU, "quantity": "3"}, "text/html").status_code == 409
    assert stock_of() == (3, 1)


def test_a_model_that_is_no_longer_for_sale_can_only_be_removed(client: Client) -> None:
    make_product(SKU)
    post(client, "/cart/add/", {"sku": SKU, "quantity": "1"})
    Variant.objects.update(is_active=False)
    assert post(client, "/cart/add/", {"sku": SKU, "quantity": "1"}).status_code == 404
    assert post(client, "/cart/update/", {"sku": SKU, "quantity": "2"}).status_code == 409
    assert "sold out" in client.get("/cart/").content.decode()
    assert post(client, "/cart/update/", {"sku": SKU, "quantity": "0"}).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "5", "00000000-0000-0000-0000-000000000000", "é", "a" * 5_000])
def test_a_cookie_that_we_never_gave(cookie: str, client: Client) -> None:
    variant = make_product(SKU)
    victim = cart_with(variant)
    client.cookies["cart"] = cookie or str(victim.token)
    assert client.get("/cart/").status_code == 200
    assert client.get("/cart/").context["cart"].lines == []


def test_the_cookie_is_signed_and_out_of_reach_of_scripts(client: Client) -> None:
    make_product(SKU)
    post(client, "/cart/add/", {"sku": SKU, "quantity": "1"})
    cookie = client.cookies["cart"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 30 * 24 * 3600)
    cookie.set("cart", cookie.value[:-1] + ("a" if cookie.value[-1] != "a" else "b"), cookie.value)
    client.cookies["cart"] = str(Cart.objects.get().token)
    assert client.get("/cart/").context["cart"].lines == []


@pytest.mark.parametrize("address", ["/cart/add/", "/cart/update/", "/checkout/"])
def test_without_a_csrf_token_nothing_is_taken(address: str) -> None:
    make_product(SKU)
    response = Client(enforce_csrf_checks=True).post(address, {"sku": SKU, "quantity": "1"})
    assert response.status_code == 403
    assert Cart.objects.count() == 0


@pytest.mark.parametrize("address", ["/cart/add/", "/cart/update/", "/cart/coupon/"])
def test_changes_are_posted_and_whoever_opens_the_address_comes_to_the_cart(address: str, client: Client) -> None:
    for method in ("get", "head"):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer["Location"]) == (303, "/cart/")
    assert client.get(address, headers=JSON).status_code == 405
    for method in ("put", "delete", "options"):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer["Allow"], "Open your cart" in answer.content.decode()) == (405, "POST", True)
    assert Cart.objects.count() == 0


def test_the_cart_tells_of_the_unpaid_order_that_holds_its_models(simulator: Simulator) -> None:
    make_product(SKU)
    buyer = Buyer()
    order, _body = buyer.buy(SKU)
    with nothing_written():
        assert f'href="/orders/{order.token}/"' in buyer.client.get("/cart/").content.decode()
    buyer.client.post(f"/orders/{order.token}/cancel/")
    assert "is not paid yet" not in buyer.client.get("/cart/").content.decode()


def test_looking_writes_nothing() -> None:
    make_product(SKU)
    buyer = Buyer()
    for _visit in ("empty", "filled"):
        for method in ("get", "head"):
            with nothing_written():
                response = getattr(buyer.client, method)("/cart/")
            assert response.status_code == 200
            assert "no-store" in response.headers["Cache-Control"]
        buyer.add(SKU)


def test_the_cart_stays_within_twelve_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries, capsys: pytest.CaptureFixture[str]
) -> None:
    buyer = Buyer()
    counts = []
    for number in (1, 2, 3):
        make_product(f"CG-{number}")
        buyer.add(f"CG-{number}")
        buyer.client.get("/cart/")
        with django_assert_max_num_queries(12), CaptureQueriesContext(connection) as captured:
            buyer.client.get("/cart/")
        counts.append(len(captured))
    with capsys.disabled():
        print(f" [cart: {counts} queries]", end="")
    assert counts[1] == counts[2], "no query for each line"


def test_delivery_is_free_from_an_amount_on(client: Client) -> None:
    make_product(SKU, price=250_000)
    assert post(client, "/cart/add/", {"sku": SKU, "quantity": "1"}).json()["cart"]["shipping"] == 9_900
    assert post(client, "/cart/add/", {"sku": SKU, "quantity": "1"}).json()["cart"]["shipping"] == 0
    ShopSettings.objects.update(free_shipping_from=None)
    assert client.get("/cart/").context["cart"].shipping == 9_900


def test_an_overdue_order_gives_its_car_to_who_asks_for_it() -> None:
    make_product(SKU, on_hand=1)
    order = place(cart_with(Variant.objects.get()))
    assert Buyer().add(SKU, headers=JSON).status_code == 409
    make_overdue(order)
    assert Buyer().add(SKU, headers=JSON).status_code == 200
    assert stock_of() == (1, 0)


@pytest.mark.parametrize("sku", ["", "x" * 10_000])
def test_a_sku_that_is_none_is_named(sku: str) -> None:
    answer = Buyer().add(sku, headers=JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["sku"])
