"""Too often over HTTP: what is slowed down, what a person who meets it sees, and what must get through all the same.

The control, as it was seen: without the throttles every post of a rush is answered as if it were the first.
"""

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from pytest_django import Settings

from checkout import throttle
from checkout.models import Cart, Order
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, assert_books_hold, stock_of
from tests.checkout.queries import nothing_written
from tests.factories import BUYER, Buyer
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("limits_on")]
JSON = {"accept": "application/json"}
ADDRESS = "203.0.113.7"


def stranger(number: int, address: str = ADDRESS, **headers: str) -> Buyer:
    """Somebody new with one car in the cart, a number of their own, at an address that others share."""
    buyer = Buyer(REMOTE_ADDR=address, headers=headers)
    buyer.add(SKU)
    return buyer


def number_of(person: int) -> str:
    return f"98765{person:05d}"


def wait_of(response: Any) -> int:
    """Return how many seconds an answer asks to wait, which it must."""
    assert response.status_code == 429
    return int(response.headers["Retry-After"])


@pytest.fixture
def few_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two new orders an hour from one address."""
    monkeypatch.setattr(throttle, "ORDERS", RateLimitItemPerHour(2, 1, "orders"))


@pytest.mark.covers("A19")
def test_a_hundred_forms_from_one_address(buyer: Buyer, simulator: Simulator) -> None:
    answers = [buyer.client.post("/checkout/", BUYER, headers={"accept": "text/plain"}) for _form in range(100)]
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[429] >= 40
    assert answers[-1].status_code == 429
    assert stock_of()[1] <= 1


@pytest.mark.covers("A19")
def test_one_address_cannot_empty_the_shelf(buyer: Buyer, simulator: Simulator, few_orders: None) -> None:
    answers = [stranger(person).check_out(phone=number_of(person)) for person in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    assert 3_500 < wait_of(answers[-1]) <= 3_600
    assert "wait 60 minutes" in answers[-1].json()["errors"]["cart"][0]
    assert stranger(9, "203.0.113.8").check_out(phone=number_of(9)).status_code == 201
    assert (Order.objects.count(), stock_of()) == (3, (10, 3))
    assert_books_hold()


@pytest.mark.covers("A19")
@pytest.mark.parametrize("behind_proxy", [False, True])
def test_made_up_addresses_lift_nothing(
    behind_proxy: bool, buyer: Buyer, simulator: Simulator, settings: Settings, few_orders: None
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    proxy = f", {ADDRESS}" if behind_proxy else ""
    names = ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip"]
    for person in range(4):
        made_up = {**dict.fromkeys(names, f"198.51.100.{person}"), "x-forwarded-for": f"198.51.100.{person}{proxy}"}
        status = stranger(person, **made_up).check_out(phone=number_of(person)).status_code
        assert status == (201 if person < 2 else 429)
    assert stock_of() == (10, 2)


@pytest.mark.covers("A19", "A5")
def test_an_order_that_exists_is_found_whoever_ordered_since(
    buyer: Buyer, simulator: Simulator, few_orders: None
) -> None:
    first = stranger(1)
    assert first.check_out(phone=number_of(1)).status_code == 201
    assert stranger(2).check_out(phone=number_of(2)).status_code == 201
    assert stranger(3).check_out(phone=number_of(3)).status_code == 429
    assert first.check_out(phone=number_of(1)).status_code == 200


@pytest.mark.covers("A19")
def test_the_form_keeps_what_was_typed(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "CHECKOUT", RateLimitItemPerMinute(0, 10, "checkout"))
    page = buyer.check_out(accept="text/html", city="Pimpri Chinchwad")
    assert wait_of(page) >= 1
    assert 'value="Pimpri Chinchwad"' in page.content.decode()
    assert "too often in a short time" in page.content.decode()
    assert Order.objects.count() == 0


@pytest.mark.covers("A19")
def test_one_cart_cannot_try_from_everywhere(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "CHECKOUT_OF_CART", RateLimitItemPerMinute(2, 10, "checkout-of-cart"))
    data = {**BUYER, "checkout_key": "key-of-one-form"}
    sent = [buyer.client.post("/checkout/", {**data, "email": ""}, REMOTE_ADDR=f"203.0.113.{n}") for n in range(3)]
    assert [answer.status_code for answer in sent] == [400, 400, 429]


@pytest.mark.covers("A19")
def test_three_unpaid_orders_of_a_number_are_told_and_nobody_is_shown(buyer: Buyer, simulator: Simulator) -> None:
    for person in range(3):
        assert stranger(person).check_out().status_code == 201
    answer = stranger(4).check_out()
    assert 0 < wait_of(answer) <= 1_800
    assert list(answer.json()) == ["errors"]
    page = stranger(5).check_out(accept="text/html").content.decode()
    assert "3 unpaid orders for this mobile number" in page
    for order in Order.objects.all():
        assert order.token not in page
        assert order.number not in page
    assert stock_of() == (10, 3)


@pytest.mark.covers("A19", "G2")
def test_the_unpaid_orders_of_a_cart_are_linked(buyer: Buyer, faulty: FaultyRazorpay) -> None:
    """While Razorpay is silent a changed cart cannot give its order up, so that they add up."""
    for number in range(3):
        faulty.plan(faults.reset, on="payments", times=9)
        assert buyer.check_out(key=f"key-of-form-{number}", phone=number_of(number)).status_code == 201
        buyer.add(SKU)
    answer = buyer.check_out(key="key-of-one-more", phone=number_of(4))
    assert wait_of(answer) > 0
    mine = set(Order.objects.values_list("number", flat=True))
    assert {order["number"] for order in answer.json()["open_orders"]} == mine
    page = buyer.check_out(key="key-of-one-more", phone=number_of(4), accept="text/html")
    text = page.content.decode()
    assert "You already have 3 unpaid orders. Pay or cancel one of them first." in text
    for order in Order.objects.all():
        assert f'href="{order.get_absolute_url()}"' in text
    assert len(mine) == 3


@pytest.mark.covers("A19")
def test_the_cart_is_slowed_down_too(buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "CART", RateLimitItemPerMinute(3, 1, "cart"))
    throttle.forget()
    before = Cart.objects.count()
    bots = [Client(REMOTE_ADDR=ADDRESS) for _time in range(5)]
    answers = [bot.post("/cart/add/", {"sku": SKU, "quantity": 1}, headers=JSON) for bot in bots]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert Cart.objects.count() == before + 3
    assert 0 < wait_of(answers[-1]) <= 60
    assert list(answers[-1].json()["errors"]) == ["cart"]
    with nothing_written():
        page = bots[0].post("/cart/update/", {"sku": SKU, "quantity": 1})
    assert wait_of(page) > 0
    assert "too often in a short time" in page.content.decode()
    assert buyer.add(SKU).status_code == 303, "somebody else"


@pytest.mark.covers("A19", "D14")
def test_the_switch_lifts_every_throttle(buyer: Buyer, simulator: Simulator, settings: Settings) -> None:
    settings.RATELIMIT_ENABLE = False
    for _time in range(130):
        assert buyer.client.post("/cart/update/", {"sku": SKU, "quantity": 1}, headers=JSON).status_code == 200
    for _time in range(70):
        assert buyer.client.post("/checkout/", {}, headers=JSON).status_code == 400
    false_proof = reports.triple("order_Aa1Bb2Cc3Dd4Ee", secret="wrong")
    for _time in range(40):
        assert buyer.client.post("/payments/verify/", false_proof).status_code == 400
