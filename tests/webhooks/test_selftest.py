"""The owner's test of the connection: both ways, in words, and only when somebody presses the button.

The control, as it was seen: without the look into the inbox any server that answers 200 passes for the shop.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from checkout.models import Order
from tests.checkout import faults, reports
from tests.checkout.admin.people import browser_of, in_role, person
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.queries import nothing_written
from tests.checkout.serving import Shop, running_shop
from tests.programs import Simulator
from webhooks import selftest
from webhooks.models import WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGE = "/admin/razorpay-connection/"


@pytest.fixture
def reader() -> Client:
    """Somebody who may read Razorpay's reports."""
    return browser_of(person("reader", ("wagtailadmin.access_admin", "webhooks.view_webhookevent")))


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[FaultyRazorpay]:
    """Let the shop's address lead to a server that is not the shop."""
    with FaultyRazorpay("http://127.0.0.1:9") as server:
        settings.SITE_URL = server.url
        yield server


@pytest.fixture
def shop(tmp_path: Any, simulator: Simulator, settings: Settings) -> Iterator[Shop]:
    """The server as a process of its own, at the shop's address."""
    with running_shop(tmp_path, simulator) as found:
        settings.SITE_URL = found.url
        yield found


def texts(response: Any) -> str:
    return " ".join(f"{finding.title}: {finding.text}" for finding in response.context["findings"])


@pytest.mark.covers("K4")
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_both_ways_work_and_the_wrong_secret_is_found(shop: Shop, settings: Settings) -> None:
    owner = browser_of(in_role("owner"))
    found = owner.post(PAGE)
    assert [finding.is_good for finding in found.context["findings"]] == [True, True], texts(found)
    assert f"accepts the key {settings.RAZORPAY_KEY_ID}." in texts(found)
    event = WebhookEvent.objects.get()
    assert (event.event, event.outcome) == (selftest.PING, "ignored")
    assert Order.objects.count() == 0
    for secret in (settings.RAZORPAY_KEY_SECRET, *settings.RAZORPAY_WEBHOOK_SECRETS):
        assert secret not in found.content.decode()

    assert found.context["last"] is None, "the test itself is not Razorpay"
    body = reports.event("payment.dispute.created")
    assert requests.post(selftest.webhook_url(), body, headers=signed(body), timeout=10).status_code == 200
    assert "payment.dispute.created" in owner.get(PAGE).content.decode()

    settings.RAZORPAY_WEBHOOK_SECRETS = ["a secret that the running processes do not know"]
    settings.RAZORPAY_KEY_SECRET = "of another key"
    found = owner.post(PAGE)
    assert "have another RAZORPAY_WEBHOOK_SECRET. Restart them." in texts(found)
    assert "Razorpay does not know this key id with this secret." in texts(found)
    assert WebhookEvent.objects.count() == 2


def signed(body: bytes) -> dict[str, str]:
    return {"X-Razorpay-Signature": reports.signature(body)}


@pytest.mark.covers("K4")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.answer(200, "{}"), "did not reach this shop's database"),
        (faults.answer(301, "", Location="https://user:pw@www.shop.example.in/x?y"), "to https://www.shop.example.in,"),
        (faults.answer(401, "<html>", "text/html"), "asks for a password"),
        (faults.answer(403, "<html>", "text/html"), "a firewall or a bot filter"),
        (faults.answer(404, "<html>", "text/html"), "no such page"),
        (faults.answer(502, "<html>", "text/html"), "answered 502 instead of 200"),
        (faults.reset, "Nothing answers at the shop's address"),
        (faults.hang, "did not answer within five seconds"),
        (faults.flood, "did not reach this shop's database"),
    ],
    ids=["200", "301", "401", "403", "404", "502", "reset", "hang", "flood"],
)
def test_what_answers_instead_of_the_shop_is_told(
    fault: faults.Fault, words: str, elsewhere: FaultyRazorpay, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "PATIENCE", (0.5, 0.5))
    elsewhere.plan(fault)
    found = reader.post(PAGE)
    assert (found.status_code, [finding.is_good for finding in found.context["findings"]]) == (200, [False, False])
    assert words in texts(found)
    assert "http://127.0.0.1:9 did not answer" in texts(found)
    assert elsewhere.calls == ["POST /webhooks/razorpay/"]


@pytest.mark.covers("K4")
def test_a_missing_secret_is_told(reader: Client, settings: Settings) -> None:
    settings.RAZORPAY_WEBHOOK_SECRETS = []
    settings.RAZORPAY_KEY_SECRET = ""
    found = texts(reader.post(PAGE))
    assert "RAZORPAY_WEBHOOK_SECRET is not set" in found
    assert "The API key does not work" in found


def test_looking_at_the_page_tests_nothing(elsewhere: FaultyRazorpay, reader: Client) -> None:
    with nothing_written():
        page = reader.get(PAGE)
    assert page.status_code == 200
    assert f"{elsewhere.url}/webhooks/razorpay/" in page.content.decode()
    assert elsewhere.calls == []
    for method in ("put", "delete", "patch"):
        assert getattr(reader, method)(PAGE).status_code == 405
    assert WebhookEvent.objects.count() == 0


@pytest.mark.parametrize("role", ["staff", "editor"])
def test_others_may_not_test(role: str, elsewhere: FaultyRazorpay) -> None:
    client = browser_of(in_role(role))
    for answer in (client.get(PAGE), client.post(PAGE)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert PAGE not in client.get("/admin/").content.decode()
    assert elsewhere.calls == []


def test_strangers_and_foreign_pages_cannot_start_it(elsewhere: FaultyRazorpay, client: Client) -> None:
    assert client.post(PAGE).headers["Location"].startswith("/admin/login/")
    user = person("reader", ("wagtailadmin.access_admin", "webhooks.view_webhookevent"))
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(user)
    assert careful.post(PAGE).status_code == 403
    assert elsewhere.calls == []


def test_the_menu_leads_there(reader: Client) -> None:
    assert PAGE in reader.get("/admin/").content.decode()


def test_it_is_not_for_hammering(elsewhere: FaultyRazorpay, reader: Client, limits_on: None) -> None:
    answers = [reader.post(PAGE) for _time in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert len(elsewhere.calls) == 6
