from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Letter
from checkout.attention import open_case
from checkout.models import OutboxEmail
from checkout.models.attention import CaseKind
from tests.checkout.orders import ordered
from webhooks.models import Heartbeat, WebhookEvent

pytestmark = pytest.mark.once

TOKEN = "a-token-of-the-suite"


@pytest.fixture
def reader(settings: Settings) -> Client:
    """Somebody who may read."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"authorization": f"Bearer {TOKEN}"})


def figures(client: Client) -> dict[tuple[str, str], float]:
    """Return each figure by its name and its label, read as Prometheus reads it."""
    response = client.get("/metrics")
    assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (200, "text/plain")
    families = text_string_to_metric_families(response.content.decode())
    return {(one.name, next(iter(one.labels.values()))): one.value for found in families for one in found.samples}


@pytest.mark.django_db
def test_figures_are_those_of_the_rows(reader: Client) -> None:
    now = timezone.now()
    order = ordered().order
    OutboxEmail.objects.create(order=order, kind="a", next_try_at=now - timedelta(minutes=5), attempts=2)
    OutboxEmail.objects.create(order=order, kind="b", next_try_at=now + timedelta(minutes=5))
    OutboxEmail.objects.create(order=order, kind="c", sent_at=now, next_try_at=now - timedelta(hours=5))
    Letter.objects.create(to=order.email, subject="A code", text="1234", good_until=now + timedelta(minutes=5))
    open_case(CaseKind.STUCK, "Something does not get through", order=order)
    WebhookEvent.objects.create(body_sha256="0" * 64, raw=b"{}", outcome="quarantined")
    Heartbeat.objects.create(name="worker", at=now - timedelta(hours=3))
    found = figures(reader)
    assert found["shop_orders", "pending"] == 1
    assert found["shop_orders", "on_hold"] == 0
    assert found["shop_refunds", "failed"] == 0
    assert (found["shop_mail_waiting", "orders"], found["shop_mail_failed", "orders"]) == (1, 1)
    assert 300 <= found["shop_mail_late_seconds", "orders"] < 400
    assert found["shop_mail_late_seconds", "messages"] == 0
    assert found["shop_mail_waiting", "accounts"] == 1
    assert ("shop_mail_waiting", "stock requests") not in found, "asked for, and not due"
    assert found["shop_open_cases", "stuck"] == 1
    assert found["shop_webhook_events", "quarantined"] == 1
    assert 10_800 <= found["shop_seconds_since", "worker"] < 10_900


@pytest.mark.django_db
def test_queries_do_not_grow(reader: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _time in range(3):
        ordered()
    with django_assert_num_queries(9):
        figures(reader)


@pytest.mark.parametrize(
    ("token", "networks", "asked"),
    [
        ("", [], {}),
        ("", [], {"headers": {"authorization": "Bearer "}}),
        (TOKEN, [], {}),
        (TOKEN, [], {"headers": {"authorization": f"Bearer {TOKEN}x"}}),
        (TOKEN, [], {"headers": {"authorization": f"Basic {TOKEN}"}}),
        (TOKEN, [], {"headers": {"authorization": "Bearer é"}}),
        ("", ["10.0.0.0/8"], {"REMOTE_ADDR": "11.0.0.1"}),
        ("", ["10.0.0.0/8"], {"REMOTE_ADDR": "11.0.0.1", "headers": {"x-forwarded-for": "10.0.0.1"}}),
    ],
)
def test_strangers_read_nothing(
    client: Client, settings: Settings, token: str, networks: list[str], asked: dict[str, Any]
) -> None:
    settings.METRICS_TOKEN, settings.METRICS_NETWORKS = token, [ip_network(one) for one in networks]
    response = client.get("/metrics", **asked)
    assert response.status_code == 403
    assert b"shop_" not in response.content


@pytest.mark.django_db
def test_an_allowed_network_reads(client: Client, settings: Settings) -> None:
    settings.METRICS_NETWORKS = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="2001:db8::1").status_code == 200


def test_only_reading_is_allowed(reader: Client) -> None:
    assert reader.post("/metrics").status_code == 405
