"""The pages of somebody who is logged in: own orders and nobody else's, details, and the end of an account."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import letters
from catalog import stock
from catalog.models import Variant
from checkout import payments
from checkout.models import Cart, Order, OrderEvent
from tests.accounts.shopper import ASHA, come_in, read_code
from tests.checkout.orders import SKU, assert_books_hold, cart_with, opened, paid, place
from tests.checkout.queries import nothing_written
from tests.factories import Buyer, make_product, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OTHER = "CG43-TX-0008"


def order_of(email: str = ASHA, sku: str = SKU, **fields: Any) -> Order:
    """A paid order of a guest."""
    variant = Variant.objects.filter(sku=sku).first() or make_product(sku)
    order = place(cart_with(variant), email=email, **fields)
    payments.record(paid(opened(order)))
    return order


def shown(client: Client, path: str = "/account/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


@pytest.mark.covers("PA7")
def test_a_shopper_sees_own_orders_and_nobody_elses() -> None:
    mine, later, foreign = order_of(), order_of("Asha@Example.in"), order_of("ravi@example.in")
    asha = come_in()
    page = shown(asha)
    assert (mine.number in page, later.number in page, foreign.number in page) == (True, True, False)
    assert foreign.token not in page
    assert page.index(later.number) < page.index(mine.number), "newest first"
    guest_again = order_of()
    assert guest_again.number in shown(asha), "also what was bought as a guest since"
    assert foreign.number not in shown(asha, "/account/?page=2") + shown(asha, "/account/?page=x")


def test_before_the_code_is_typed_nothing_is_shown_or_claimed() -> None:
    order = order_of()
    client = Client()
    client.post("/account/login/", {"email": ASHA})
    assert client.get("/account/").status_code == 302
    order.refresh_from_db()
    assert order.account is None
    come_in(client)
    order.refresh_from_db()
    assert order.account == User.objects.get()


def test_looking_writes_nothing_and_costs_the_same_for_many_orders() -> None:
    order_of()
    asha = come_in()
    shown(asha)
    with nothing_written(), CaptureQueriesContext(connection) as few:
        shown(asha)
    for _number in range(3):
        order_of()
    with CaptureQueriesContext(connection) as many:
        shown(asha)
    assert len(few) == len(many)


def test_many_orders_have_pages() -> None:
    make_product(SKU, on_hand=20)
    numbers = [order_of().number for _number in range(11)]
    asha = come_in()
    first, second = shown(asha), shown(asha, "/account/?page=2")
    assert numbers[0] not in first
    assert numbers[0] in second
    assert 'href="?page=2"' in first


def test_links_of_orders_work_without_an_account() -> None:
    order = order_of()
    come_in()
    assert Client().get(order.get_absolute_url()).status_code == 200


def test_buying_again_takes_what_is_there_and_says_what_is_not() -> None:
    order = order_of()
    gone = order_of(sku=OTHER)
    asha = come_in()
    stock.adjust(variant=gone.lines.get().variant, quantity=-9, reason="lost")
    assert f"/orders/{order.token}/again/" in shown(asha)
    for one in (order, gone):
        page = asha.post(f"/orders/{one.token}/again/", follow=True).content.decode()
    assert f"Model {OTHER} is sold out." in page
    assert "1 model is in your cart." in page
    assert list(Cart.objects.get(account__email=ASHA).lines.values_list("variant__sku", flat=True)) == [SKU]


@pytest.mark.covers("CO17")
def test_the_checkout_is_filled_in_and_the_order_is_the_accounts() -> None:
    order_of(full_name="Asha Kulkarni", city="Pune")
    asha = Buyer()
    come_in(asha.client)
    asha.add(SKU)
    page = shown(asha.client, "/checkout/")
    assert "You are logged in with asha@example.in." in page
    for value in ('value="asha@example.in"', 'value="Pune"', 'value="411004"', 'value="+919876543210"'):
        assert value in page
    asha.check_out(email="work@example.in")
    order = Order.objects.get(email="work@example.in")
    assert order.account == User.objects.get()
    assert order.number in shown(asha.client)


@pytest.mark.covers("CO1")
def test_a_guest_is_asked_nothing_more() -> None:
    make_product(SKU)
    guest = Buyer()
    guest.add(SKU)
    assert "You need no account." in shown(guest.client, "/checkout/")
    assert guest.check_out().status_code in (201, 503)
    assert Order.objects.get().account is None


@pytest.mark.covers("CA1")
def test_the_cart_comes_along_and_stays_with_the_account_at_the_end() -> None:
    make_product(SKU)
    make_product(OTHER)
    phone, desk = Buyer(), Buyer()
    phone.add(SKU)
    come_in(phone.client)
    assert SKU in shown(phone.client, "/cart/")
    desk.add(OTHER, 2)
    come_in(desk.client)
    for browser in (phone, desk):
        page = shown(browser.client, "/cart/")
        assert (SKU in page, OTHER in page) == (True, True)
    desk.client.post("/account/logout/")
    assert SKU not in shown(desk.client, "/cart/")
    assert SKU in shown(phone.client, "/cart/")


def test_a_name_is_kept_and_shown_as_text() -> None:
    make_shop()
    asha = come_in()
    answer = asha.post("/account/details/", {"first_name": "<b>Asha</b>  K.", "is_staff": "1", "is_superuser": "on"})
    assert answer.status_code == 303
    user = User.objects.get()
    assert (user.first_name, user.is_staff, user.is_superuser) == ("<b>Asha</b> K.", False, False)
    assert "&lt;b&gt;Asha" in shown(asha)


def test_another_address_counts_once_its_code_is_typed() -> None:
    orders = [order_of()]
    asha = come_in()
    orders.append(order_of())
    asha.post("/account/email/", {"email": "asha@new.example", "action_add": "yes"})
    assert User.objects.get().email == ASHA, "not yet"
    page = shown(asha, "/account/email/code/")
    assert "asha@new.example" in page
    answer = asha.post("/account/email/code/", {"code": read_code("asha@new.example"), "action": "verify"})
    assert answer["Location"] == "/account/"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("asha@new.example", True)]
    assert User.objects.get().email == "asha@new.example"
    mine, next_owner = shown(asha), shown(come_in(Client(), ASHA))
    for order in orders:
        assert (order.number in mine, order.number in next_owner) == (True, False), "what was the account's stays"
    letters.send_waiting()
    assert [m.to for m in mail.outbox if "another address" in m.subject] == [[ASHA]], "the old one is told"


def test_the_address_of_another_account_is_not_told_and_not_given() -> None:
    make_shop()
    come_in(Client(), "ravi@example.in")
    asha = come_in()
    shown(asha)
    pages = []
    for email in ("nobody@example.in", "ravi@example.in"):
        answer = asha.post("/account/email/", {"email": email, "action_add": "yes"})
        page = asha.get(answer["Location"]).content.decode()
        pages.append((answer.status_code, answer["Location"], re.sub(f'{email}|value="[^"]{{64}}"', "", page)))
    assert pages[0] == pages[1]
    code = read_code("ravi@example.in")
    refused = asha.post("/account/email/code/", {"code": code, "action": "verify"})
    assert refused.status_code == 400, "even to somebody who reads that mailbox"
    assert sorted(User.objects.values_list("email", flat=True)) == [ASHA, "ravi@example.in"]
    assert set(EmailAddress.objects.filter(verified=True).values_list("email", flat=True)) == {ASHA, "ravi@example.in"}


def test_an_account_is_closed_and_the_books_stay() -> None:
    order = order_of()
    asha, elsewhere = come_in(), come_in()
    assert "Your login with" in shown(asha, "/account/close/")
    assert User.objects.count() == 1, "a look closes nothing"
    answer = asha.post("/account/close/")
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)
    for browser in (asha, elsewhere):
        assert browser.get("/account/").status_code == 302
    order.refresh_from_db()
    assert (order.account, order.status, order.full_name) == (None, "paid", "Asha Kulkarni")
    assert asha.get(order.get_absolute_url()).status_code == 200
    assert_books_hold()


def test_somebody_whom_the_books_name_is_not_removed() -> None:
    order = order_of()
    asha = come_in()
    OrderEvent.objects.create(order=order, kind="note", user=User.objects.get())
    page = asha.post("/account/close/", follow=True).content.decode()
    assert "cannot be closed here" in page
    assert User.objects.count() == 1


@pytest.mark.parametrize("path", ["", "details/", "password/", "close/", "email/"])
def test_strangers_are_led_to_the_door(path: str) -> None:
    make_shop()
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/account/{path}", {"first_name": "x"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/?next=/account/")
    csrf = Client(enforce_csrf_checks=True)
    csrf.cookies = come_in().cookies
    if path:
        assert csrf.post(f"/account/{path}", {"first_name": "x"}).status_code == 403


def test_pages_for_everybody_ask_nothing_of_a_session() -> None:
    order_of()
    asha = come_in()
    for path in ("/", "/shop/", f"/shop/{SKU.lower()}/"):
        with CaptureQueriesContext(connection) as captured:
            shown(asha, path)
        assert [q["sql"] for q in captured.captured_queries if "session" in q["sql"] or "auth_user" in q["sql"]] == []
