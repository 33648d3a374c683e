"""The PIN box, and the checkout that charges for the PIN code that was typed."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import ShopSettings, Variant
from checkout import throttle
from checkout.models import DeliveryZone, Order, RazorpayOrder
from tests.checkout.orders import SKU, assert_books_hold, outcome
from tests.clock import Clock
from tests.factories import BUYER, Buyer
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/cart/delivery/"
JSON = {"accept": "application/json"}
HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def zones(db: None) -> None:
    days = {"days_from": 7, "days_to": 12}
    DeliveryZone.objects.create(name="Islands", prefixes="744", first_fee=25_000, further_fee=5_000, **days)
    DeliveryZone.objects.create(name="Army post offices", prefixes="9", first_fee=0, delivers=False)


@pytest.fixture
def october(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It is Monday, 12 October 2026, 11:30 am in India."""
    return Clock(monkeypatch, dt.datetime(2026, 10, 12, 6, tzinfo=dt.UTC))


def product_url() -> str:
    return str(Variant.objects.get(sku=SKU).page.get_url())


@pytest.mark.covers("PP8")
def test_a_pin_code_gives_days_and_fee(buyer: Buyer, october: Clock) -> None:
    asked = buyer.client.post(URL, {"sku": SKU, "postcode": "560 001"}, headers=JSON)
    assert asked.json() == {
        "postcode": "560001",
        "fee": 9_900,
        "from": "2026-10-17",
        "to": "2026-10-21",
        "words": {
            "label": "Delivery to 560001",
            "cost": "₹99",
            "promise": "Delivered 17–21 Oct to 560001",
            "sentence": "Delivered 17–21 Oct to 560001 for ₹99.",
        },
    }
    again = buyer.client.get(URL, {"sku": SKU}, headers=JSON)
    assert (again.json(), "no-store" in again.headers["Cache-Control"]) == (asked.json(), True)


@pytest.mark.covers("PP8")
def test_without_javascript_a_page_answers(buyer: Buyer, october: Clock) -> None:
    sent = buyer.client.post(URL, {"sku": SKU, "postcode": "744101"}, headers=HTML)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{URL}?sku={SKU}")
    page = buyer.client.get(sent.headers["Location"]).content.decode()
    assert "Delivered 22–28 Oct to 744101 for ₹250." in page
    assert f'href="{product_url()}?variant={SKU}"' in page


@pytest.mark.covers("CA2", "CO17")
def test_the_cart_knows_the_whole_sum_and_the_checkout_the_pin(buyer: Buyer, simulator: Simulator) -> None:
    before = buyer.client.get("/cart/").content.decode()
    assert "Delivery to most PIN codes" in before
    assert "₹1,998" in before
    assert buyer.client.post(URL, {"postcode": "744101"}, headers=HTML).headers["Location"] == "/cart/"
    page = buyer.client.get("/cart/")
    assert "Delivery to 744101" in page.content.decode()
    assert (page.context["cart"].shipping, page.context["cart"].total) == (25_000, 214_900)
    form = buyer.client.get("/checkout/").context["form"]
    assert (form["postcode"].value(), form["seen_total"].value()) == ("744101", 214_900)
    total = buyer.check_out(postcode="744101", seen_total=214_900).json()["order"]["total"]
    assert total == 214_900 == RazorpayOrder.objects.get().amount


@pytest.mark.covers("PP10")
def test_dispatch_box_and_returns_have_a_line_with_a_link(buyer: Buyer) -> None:
    words = {"dispatch_note": "Leaves today", "packing_note": "In two boxes", "returns_note": "Seven days"}
    ShopSettings.objects.update(**words)
    page = buyer.client.get(product_url()).content.decode()
    for text, address in (("Leaves today", "shipping"), ("In two boxes", "shipping"), ("Seven days", "returns")):
        assert f'<a href="/{address}/">{text}</a>' in page


def test_a_public_page_is_the_same_for_every_pin(buyer: Buyer) -> None:
    def page() -> str:
        text = buyer.client.get(product_url()).content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)

    buyer.client.get("/cart/")
    before = page()
    buyer.client.post(URL, {"sku": SKU, "postcode": "744101"})
    assert page() == before
    assert "744101" not in before


@pytest.mark.parametrize("cookie", ["", "74410", "000000", "<b>", "744101x", "900001"])
def test_a_strange_cookie_is_no_pin_code(buyer: Buyer, cookie: str) -> None:
    buyer.client.cookies["pin"] = cookie
    assert buyer.client.get("/cart/").context["cart"].shipping == 9_900
    assert buyer.client.get("/checkout/").status_code == 200
    assert buyer.client.get(URL, headers=JSON).status_code in (200, 400)


@pytest.mark.parametrize("postcode", ["", "4110", "011004", "abcdef", "411004; x", "9" * 500, "900001"])
def test_what_is_no_pin_code_is_told_at_the_field(buyer: Buyer, postcode: str) -> None:
    for ask in (buyer.client.get, buyer.client.post):
        answer = ask(URL, {"postcode": postcode}, headers=JSON)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["postcode"])
        page = ask(URL, {"postcode": postcode}, headers=HTML)
        assert (page.status_code, "field__error" in page.content.decode()) == (400, True)
        assert "pin" not in page.cookies


def test_an_unknown_model_and_other_methods(client: Client) -> None:
    assert client.get(URL, {"sku": "NO-SUCH"}).status_code == 404
    assert client.post(URL, {"sku": "'"}).status_code == 404
    assert client.delete(URL).status_code == 405
    assert client.head(URL).status_code == 200
    assert client.get(URL, headers=JSON).json()["postcode"] == ""


def test_it_has_a_limit(client: Client, limits_on: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "DELIVERY", type(throttle.DELIVERY)(2, 1, "delivery"))
    codes = [client.get(URL, {"postcode": "411004"}, headers=JSON).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert client.get(URL, {"postcode": "411004"}).headers["Retry-After"]


@pytest.mark.covers("CA2")
def test_a_dearer_pin_is_told_before_it_is_charged(buyer: Buyer, simulator: Simulator) -> None:
    shown = buyer.client.get("/checkout/").context["form"].initial["seen_total"]
    fields = {**BUYER, "postcode": "744101", "checkout_key": "key-of-one-form", "seen_total": shown}
    refused = buyer.client.post("/checkout/", fields, headers=HTML)
    page = refused.content.decode()
    assert (refused.status_code, Order.objects.count()) == (409, 0)
    assert "Delivery to 744101 costs ₹250; the total is now ₹2,149." in page
    assert 'value="14 Prabhat Road"' in page
    form = refused.context["form"]
    assert (form["seen_total"].value(), form["postcode"].value()) == ("214900", "744101")
    accepted = buyer.client.post("/checkout/", {**fields, "seen_total": form["seen_total"].value()}, headers=HTML)
    assert accepted.status_code == 303
    assert (Order.objects.get().total, RazorpayOrder.objects.get().amount) == (214_900, 214_900)
    assert_books_hold()


def test_json_without_a_seen_total_pays_the_true_fee(buyer: Buyer, simulator: Simulator) -> None:
    told = buyer.check_out(seen_total=199_800, postcode="744101")
    assert (told.status_code, told.json()["errors"]["cart"]) == (
        409,
        ["Delivery to 744101 costs ₹250; the total is now ₹2,149."],
    )
    assert buyer.check_out(postcode="744101").json()["order"]["total"] == 214_900
    assert buyer.client.cookies["pin"].value == "744101"


def test_a_place_that_nobody_drives_to_is_refused_at_its_field(buyer: Buyer, simulator: Simulator) -> None:
    first = buyer.check_out().json()["order"]
    refused = buyer.check_out(postcode="900001", key="another-form")
    assert refused.status_code == 400
    assert refused.json()["errors"] == {"postcode": ["We do not deliver to 900001 (Army post offices)."]}
    assert outcome(Order.objects.get())["status"] == "pending"
    assert Order.objects.get().number == first["number"]


@pytest.mark.parametrize("key", ["key-of-one-form", "another-form"])
def test_another_pin_never_leaves_a_wrong_sum_at_razorpay(buyer: Buyer, simulator: Simulator, key: str) -> None:
    first = buyer.check_out().json()
    second = buyer.check_out(postcode="744101", key=key).json()
    assert second["razorpay"]["amount"] == second["order"]["total"] == 214_900
    assert second["razorpay"]["order_id"] != first["razorpay"]["order_id"]
    assert outcome(Order.objects.get(number=first["order"]["number"]))["status"] == "cancelled"
    again = buyer.check_out(postcode="744101", key=key).json()
    assert again["order"]["number"] == second["order"]["number"]
    back = buyer.check_out(key=key).json()
    assert back["razorpay"]["amount"] == back["order"]["total"] == 199_800
    assert back["order"]["number"] not in (first["order"]["number"], second["order"]["number"])
    assert_books_hold()


def test_the_order_shows_what_was_promised(buyer: Buyer, simulator: Simulator, october: Clock) -> None:
    url = f"/orders/{buyer.check_out(postcode='744101').json()['order']['token']}/"
    assert "Expected 22–28 Oct" in buyer.client.get(url).content.decode()


def test_reading_writes_nothing(buyer: Buyer, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12), CaptureQueriesContext(connection) as captured:
        buyer.client.get(URL, {"postcode": "744101"}, headers=JSON)
    assert not [query for query in captured if not query["sql"].startswith("SELECT")]
