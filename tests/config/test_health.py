from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from config import health
from webhooks.models import Heartbeat


def test_live_needs_no_database(client: Client) -> None:
    response = client.get("/health/live/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_names_each_part(client: Client) -> None:
    response = client.get("/health/ready/")
    assert response.status_code == 200
    parts = {"status": "ok", "database": "ok", "migrations": "ok", "cache": "ok"}
    assert response.json() == {**parts, "seconds_since": {}}


@pytest.mark.django_db
def test_ready_tells_the_age_of_a_dead_worker_and_stays_ready(client: Client) -> None:
    Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(hours=3))
    response = client.get("/health/ready/")
    assert response.status_code == 200
    assert 10_800 <= response.json()["seconds_since"]["worker"] < 10_900
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_is_503_while_a_migration_waits(client: Client) -> None:
    health.pending_migrations.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'wagtailredirects'")
    response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["migrations"] == "pending"
    call_command("migrate", "wagtailredirects", fake=True, verbosity=0)
    assert client.get("/health/ready/").status_code == 200


@pytest.mark.django_db
def test_ready_is_503_without_a_cache(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["cache"] == "does not keep what it is given"


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/health/live/").status_code == 405
