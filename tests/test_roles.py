"""Everybody asks for every address of the admin, with a buyer whose name would be noticed."""

import os
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from wagtail.log_actions import log

from catalog.models import ProductPage
from checkout import attention, notes
from checkout.models import AttentionCase, Coupon, Order, Payment
from checkout.models.attention import CaseKind
from home.demo import people
from home.models import ContactMessage, HomePage
from tests import roles
from tests.checkout import orders as tell
from tests.checkout import reports

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CANARIES = {
    "full_name": "Qanary Wharfwala",
    "email": "qanary@wharf.example",
    "phone": "+917999999901",
    "address_line1": "7 Qanary Wharf",
    "city": "Qanarypur",
    "staff_note": "Qanary rings twice",
    "tracking_number": "QANARY1IN",
    "token": "qanarytokenqanarytoken",
    "gstin": "27QANRY4321Q1ZP",
}
TRACES = [*CANARIES.values(), "79999 99901", "7999999901", "qanary"]


@pytest.fixture
def product() -> int:
    """A shop in which one buyer left traces wherever there is room for them. Returns the page of a product."""
    owner = User.objects.create_user("keeper")
    attempt = tell.ordered()
    order = attempt.order
    entity = reports.payment_entity(attempt, email=CANARIES["email"], contact=CANARIES["phone"])
    reports.deliver(reports.event("payment.captured", payment=entity), event_id="evt_qanary")
    Payment.objects.update(email=CANARIES["email"], contact=CANARIES["phone"])
    notes.add(order.pk, text="For Qanary", for_buyer=True, key="qanary-note", user=owner)
    Order.objects.update(**CANARIES)
    attention.open_case(CaseKind.DISPUTE_OPEN, f"{CANARIES['full_name']} disputes", order=order)
    ContactMessage.objects.create(subject="order", name=CANARIES["full_name"], email=CANARIES["email"], text="Qanary")
    Coupon.objects.create(code="ONE", percent=5)
    log(instance=order, action="wagtail.edit", user=owner)
    assert order.pk == Payment.objects.get().pk == AttentionCase.objects.get().pk == 1
    page = ProductPage.objects.get()
    page.save_revision().publish()
    return int(page.pk)


def browser(role: str) -> Client:
    """Open a browser for somebody of the demo shop, or for one of its order staff who may refund as well."""
    if role == "anonymous":
        return Client()
    people.load_people(HomePage.objects.get())
    user = User.objects.get(username="staff" if role == "refunder" else role)
    if role == "refunder":
        user.user_permissions.add(Permission.objects.get(codename="refund_order"))
    # Wagtail's import of redirects falls over a POST that comes without a file.
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def body(response: Any) -> str:
    """Return what a browser would get."""
    content = b"".join(response) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def told(response: Any) -> list[str]:
    """Return the traces of the buyer in an answer."""
    text = f"{response.headers} {body(response)}".lower()
    return [trace for trace in TRACES if trace.lower() in text]


def ask(role: str, product: int) -> dict[roles.Address, str]:
    """Return what a role finds at each address. Fails when it reads what is not its own, or a closed door opens."""
    client, found = browser(role), {}
    for address in roles.sample(roles.addresses(product)):
        if role == "refunder" and address.area not in roles.OF_ORDERS:
            continue
        response = client.get(address.url)
        assert response.status_code < 500, address
        word = roles.verdict(response)
        if role in ("anonymous", "editor"):
            assert (address.url, told(response)) == (address.url, [])
        if word == "no":
            closed = client.post(address.url, {"reader": "staff", "text": "Mine", "key": "key-of-mine"})
            assert roles.verdict(closed) in ("no", "post", "none"), (role, address.url)
        elif word == "post" and role in ("anonymous", "editor"):
            word = "no" if roles.verdict(client.post(address.url)) == "no" else "post"
        found[address] = word
    return found


@pytest.mark.covers("ST7")
def test_everybody_gets_where_the_table_says_and_nobody_else(product: int) -> None:
    before = Order.objects.values().get()
    found = {role: ask(role, product) for role in roles.ROLES}
    found["refunder"] = {**found["staff"], **found["refunder"]}
    assert Order.objects.values().get() == before
    if os.environ.get("WRITE_ROLES"):
        roles.DOCUMENT.write_text(roles.text(found))
    table = roles.table()
    wrong = [
        (address.url, role, word, table.get(address.name))
        for role, words in found.items()
        for address, word in words.items()
        if table.get(address.name, {}).get(role) != word
    ]
    assert wrong == [], "look at what has changed, and write the table anew: tests/roles.py"


def test_the_table_has_each_address_once(product: int) -> None:
    assert sorted(roles.table()) == sorted({address.name for address in roles.addresses(product)})


@pytest.mark.covers("ST7")
def test_an_editor_exports_and_finds_nobody(product: int) -> None:
    client = browser("editor")
    for address in roles.addresses(product):
        if address.path.endswith(("choose/", "chooser/", "history/1/", "search/", "products/", "stock/")):
            for query in ("export=csv", "q=wharf"):
                found = [trace for trace in told(client.get(f"{address.url}?{query}")) if trace.lower() != "wharf"]
                assert (address.url, found) == (address.url, [])


def test_the_traces_can_be_found(product: int) -> None:
    client = browser("owner")
    assert {*told(client.get("/admin/orders/inspect/1/")), *told(client.get("/admin/webhook-events/inspect/1/"))} >= {
        *CANARIES.values()
    } - {CANARIES["token"], CANARIES["phone"]}
