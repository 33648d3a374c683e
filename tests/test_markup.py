"""Every page and state of the storefront is sound HTML, says that it is a test shop, and holds no secret."""

from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from catalog.models import ProductPage, Variant
from checkout.models import Order
from home.models import ContactPage, ContentPage, HomePage, JournalIndexPage
from tests.accounts.shopper import ask_for_code, come_in
from tests.catalog.test_pictures import upload
from tests.factories import BUYER, Buyer, make_product, make_shop
from tests.home.test_front_door import compose, every_block, page_key
from tests.home.test_journal import tell
from tests.programs import Simulator

HTML = {"accept": "text/html"}
SKU = "CG43-TX-0007"


def complaints(answer: Any) -> list[str]:
    """Return what html5lib finds wrong with an answer."""
    parser = html5lib.HTMLParser()
    parser.parse(answer.content.decode())
    lines = answer.content.decode().splitlines()
    return [f"{code} {given}: {lines[place[0] - 1].strip()}" for place, code, given in parser.errors]


def shelf() -> Iterator[tuple[str, Any]]:
    """Pages without an order."""
    buyer = Buyer(raise_request_exception=False)
    make_product(SKU, edition_size=500, per_person_limit=2, length_mm=98, width_mm=36, height_mm=37)
    make_product("CG43-TX-0099", on_hand=0)
    paths = ["/", "/shop/", "/shop/?scale=1:43&available=1", "/shop/?q=zeppelin", "/shop/cg43-tx-0007/"]
    for path in [*paths, "/shop/cg43-tx-0099/", "/cart/", "/checkout/", "/nowhere/"]:
        yield path, buyer.client.get(path)
    yield "refused", buyer.add("CG43-TX-0099")
    yield "added", buyer.add(SKU)
    for path in ("/cart/", "/checkout/"):
        yield f"{path} with a car", buyer.client.get(path)
    yield "errors", buyer.client.post("/checkout/", {**BUYER, "postcode": "4110", "email": "asha"}, headers=HTML)
    yield "bad callback", buyer.client.post("/payments/callback/", {"razorpay_signature": "no"})


def words() -> Iterator[tuple[str, Any]]:
    """Pages that sell nothing, with every block, and the form in each of its states."""
    client = Buyer(raise_request_exception=False).client
    make_shop()
    yield "/ without blocks", client.get("/")
    make_product(SKU)
    home, image = HomePage.objects.get(), upload()
    compose(*every_block(products=[page_key(SKU)] * 2, image=image))
    journal = home.add_child(instance=JournalIndexPage(title="Journal", slug="journal"))
    yield "/journal/ without stories", client.get("/journal/")
    home.add_child(instance=ContactPage(title="Contact", slug="contact"))
    terms = home.add_child(instance=ContentPage(title="Terms", slug="terms", body="<p>Plain.</p>", shows_date=True))
    terms.add_child(instance=ContentPage(title="Old terms", slug="old", introduction="Those of 2025"))
    tell(journal, "Taxi", picture=image, picture_alt="A wing", author="Meena", products=[Variant.objects.get().page])
    tell(journal, "Bus")
    for path in ("/", "/journal/", "/journal/taxi/", "/terms/", "/terms/old/", "/contact/", f"/shop/{SKU.lower()}/"):
        yield path, client.get(path)
    yield "message with errors", client.post("/contact/", {"website": "x"})
    message = {"subject": "order", "name": "Asha", "email": "asha@example.in", "text": "Where is it?"}
    yield "message sent", client.post("/contact/", message, follow=True)


def garage() -> Iterator[tuple[str, Any]]:
    """Pages of accounts, before and behind the door, and the page that finds an order."""
    buyer = Buyer(raise_request_exception=False)
    client = buyer.client
    make_product(SKU)
    for path in ("/account/login/", "/account/login/password/", "/orders/find/", "/orders/find/?asked"):
        yield path, client.get(path)
    yield "wrong address", client.post("/account/login/", {"email": "asha"})
    yield "wrong password", client.post("/account/login/password/", {"login": "asha@example.in", "password": "x"})
    yield "wrong number", client.post("/orders/find/", {"email": "asha"})
    ask_for_code(client)
    yield "code", client.get("/account/login/code/")
    yield "wrong code", client.post("/account/login/code/", {"code": "1"})
    come_in(client)
    yield "no orders", client.get("/account/")
    buyer.buy(SKU)
    client.post("/account/wishlist/", {"keep": ProductPage.objects.get().pk})
    for path in ("", "details/", "email/", "password/", "close/", "wishlist/"):
        yield path, client.get(f"/account/{path}")
    yield "bad password", client.post("/account/password/", {"new_password1": "1", "new_password2": "2"})
    client.post("/account/email/", {"email": "new@example.in", "action_add": "yes"})
    yield "code of an address", client.get("/account/email/code/")


def counter(simulator: Simulator) -> Iterator[tuple[str, Any]]:
    """Pages of orders, from placed to paid, and of those that are not."""
    make_product(SKU, on_hand=20)
    for outcome in ("failure", "success"):
        buyer = Buyer()
        order, body = buyer.buy(SKU)
        url = order.get_absolute_url()
        for name, path in (("pay", f"{url}pay/"), ("order", url), ("waiting", f"{url}?confirming")):
            yield f"{name} before {outcome}", buyer.client.get(path)
        simulator.control("pay", order_id=body["razorpay"]["order_id"], outcome=outcome)
        call_command("reconcile")
        yield f"order after {outcome}", buyer.client.get(url)
        yield f"pay after {outcome}", buyer.client.get(f"{url}pay/")
    for end in ("cancelled", "expired"):
        order, _body = Buyer().buy(SKU)
        url = order.get_absolute_url()
        if end == "cancelled":
            Buyer().client.post(f"{url}cancel/")
        else:
            Order.objects.filter(pk=order.pk).update(expires_at=timezone.now())
            call_command("reconcile")
        yield end, Buyer().client.get(url)


def assert_sound(pages: Iterator[tuple[str, Any]], *, number: int, marks: list[str]) -> None:
    """Each page is sound HTML, there are so many, and the states that they should show are among them."""
    answers = dict(pages)
    wrong = {name: found for name, answer in answers.items() if answer.content and (found := complaints(answer))}
    assert wrong == {}
    assert len(answers) == number
    secrets = {settings.SECRET_KEY, settings.RAZORPAY_KEY_SECRET, *settings.RAZORPAY_WEBHOOK_SECRETS}
    for name, answer in answers.items():
        page = answer.content.decode()
        assert answer.status_code >= 300 or "Test shop: no money moves" in page, name
        assert not [secret for secret in secrets if secret in page], name
        assert answer.status_code >= 300 or page.count("<h1") == 1, name
    text = " ".join(answer.content.decode() for answer in answers.values())
    assert [mark for mark in marks if mark not in text] == []


@pytest.mark.covers("K1", "K7")
@pytest.mark.django_db(transaction=True)
def test_pages_of_the_shop() -> None:
    marks = [
        "No model answers",
        "Nothing parked here",
        "An empty garage",
        "is sold out",
        "Check 2 answers",
        "Check out",
    ]
    assert_sound(shelf(), number=15, marks=marks)


@pytest.mark.django_db(transaction=True)
def test_pages_of_words() -> None:
    marks = ["Closed for Diwali", "No story has been told", "Read about it", "Check 5 answers", "We have your message"]
    assert_sound(words(), number=11, marks=marks)


@pytest.mark.django_db(transaction=True)
def test_pages_of_accounts() -> None:
    marks = [
        "Send me a code",
        "do not fit together",
        "not the code",
        "No orders yet",
        "Not paid yet",
        "Check 2 answers",
        "Take off",
    ]
    assert_sound(garage(), number=18, marks=marks)


@pytest.mark.covers("K1", "K7")
@pytest.mark.django_db(transaction=True)
def test_pages_of_orders(simulator: Simulator) -> None:
    marks = ["One step left", "Not paid yet", "Confirming", "did not go through", "packing it", "expired", "cancelled"]
    assert_sound(counter(simulator), number=12, marks=marks)


def test_a_fault_is_found() -> None:
    class Answer:
        content = b"<!doctype html><title>x</title><p><div></p></div><b id=a id=a>"

    assert len(complaints(Answer())) >= 3
