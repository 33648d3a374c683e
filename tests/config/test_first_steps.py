"""The owner's first steps: each line turns green by its own fact, and the card leaves the first page with the last."""

import pytest
from django.conf import settings as shop_settings
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from wagtail.models import ModelLogEntry

from catalog import stock
from catalog.models import ShopSettings
from checkout import gateway
from checkout.models import DeliveryZone
from config import first_steps
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.queries import nothing_written
from tests.factories import make_product, make_shop
from webhooks.models import Heartbeat, WebhookEvent
from webhooks.pulse import WORKER
from webhooks.selftest import PING

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ED10"), pytest.mark.once]
URL = "/admin/first-steps/"


@pytest.fixture
def owner() -> User:
    return in_role("owner")


def open_steps() -> set[str]:
    """Return the names of the lines that are not done."""
    return {step.name for step in first_steps.all_steps(ShopSettings.current()) if not step.is_done}


def do_everything(owner: User) -> None:
    """Do what the lines ask for, one by one, and see each turn green."""
    left = open_steps()
    assert left == {"webhook", "mail", "worker", "details", "product", "people"}
    variant = make_product("AAA-1", on_hand=0)
    assert open_steps() == left
    stock.receive(variant=variant, quantity=1, reason="delivery")
    assert open_steps() == left - {"product"}
    Heartbeat.beat(WORKER)
    WebhookEvent.objects.create(body_sha256="x", event=PING, raw=b"{}")
    assert open_steps() == {"mail", "details", "people"}
    ShopSettings.objects.update(legal_name="Garage Ltd", gstin="27AACCG4243Q1Z8", address="Pune", email="a@b.in")
    assert "details" in open_steps()
    ShopSettings.objects.update(grievance_officer="Meena, 020 5550 1963")
    in_role("editor")
    assert open_steps() == {"mail"}
    browser_of(owner).post(reverse("first_steps_mail"))


def test_each_line_turns_green_and_the_card_goes(owner: User) -> None:
    make_shop()
    browser = browser_of(owner)
    assert "Before the shop can sell" in browser.get("/admin/").content.decode()
    do_everything(owner)
    assert open_steps() == set()
    assert [message.to for message in mail.outbox] == [["owner@shop.example"]]
    assert "Before the shop can sell" not in browser.get("/admin/").content.decode()
    html = browser.get(URL).content.decode()
    assert "Everything is ready" in html
    assert "Owner sent a test mail on" in html


def test_another_mail_server_is_another_test(owner: User, settings: Settings) -> None:
    make_shop()
    browser_of(owner).post(reverse("first_steps_mail"))
    assert "mail" not in open_steps()
    settings.EMAIL_HOST = "other.example"
    assert "mail" in open_steps()


@pytest.mark.parametrize(
    ("backend", "words"),
    [("console", "Mail is printed instead of sent"), ("smtp", "The mail server took no mail: ConnectionRefusedError")],
)
def test_a_mail_that_nobody_took_is_told(owner: User, settings: Settings, backend: str, words: str) -> None:
    make_shop()
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = f"django.core.mail.backends.{backend}.EmailBackend", 9
    answer = browser_of(owner).post(reverse("first_steps_mail"), follow=True)
    assert words in answer.content.decode()
    assert not ModelLogEntry.objects.filter(action=first_steps.TEST_MAIL).exists()


def test_looking_reads_little_and_asks_nobody(
    owner: User, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_shop()
    monkeypatch.setattr(gateway, "check_key", lambda: pytest.fail("asked Razorpay"))
    shop = ShopSettings.current()
    with django_assert_max_num_queries(8), nothing_written():
        first_steps.all_steps(shop)


def test_the_keys_tell_their_mode(settings: Settings) -> None:
    assert first_steps.keys().text == "Test keys: no real money moves. The shop asks 127.0.0.1."
    settings.RAZORPAY_KEY_ID = "rzp_live_" + "x" * 14
    assert first_steps.keys().text.startswith("Live keys")
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_WEBHOOK_SECRETS = "", []
    step = first_steps.keys()
    assert (step.is_done, step.text[:51]) == (False, "RAZORPAY_KEY_ID and RAZORPAY_WEBHOOK_SECRET must be")


def test_delivery_is_said_once_somebody_saved_it() -> None:
    assert not first_steps.delivery(ShopSettings()).is_done
    DeliveryZone.objects.create(name="North-East", prefixes="78", first_fee=100)
    assert first_steps.delivery(ShopSettings()).text.startswith("1 zone, and ₹99")


@pytest.mark.parametrize("role", ["editor", "staff"])
def test_others_neither_see_it_nor_send_mail(role: str) -> None:
    make_shop()
    browser = browser_of(in_role(role))
    assert "Before the shop can sell" not in browser.get("/admin/").content.decode()
    assert [browser.get(URL).status_code, browser.post(reverse("first_steps_mail")).status_code] == [302, 302]
    assert mail.outbox == []


def test_what_the_deployment_decides_is_shown_without_a_secret(owner: User) -> None:
    make_shop()
    html = browser_of(owner).get(URL).content.decode()
    assert "30 minutes" in html
    for secret in (
        shop_settings.RAZORPAY_KEY_SECRET,
        *shop_settings.RAZORPAY_WEBHOOK_SECRETS,
        shop_settings.SECRET_KEY,
    ):
        assert secret not in html
