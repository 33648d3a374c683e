"""Each way to misconfigure the shop has an id and a hint, and stops what it should stop and nothing else."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ
import pytest
from django.conf import settings as django_settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config.checks import TAG, has_wal_reset_bug, is_razorpay, refuse_to_serve_when_misconfigured

ROOT = Path(__file__).resolve().parents[2]


def ids(deploy: bool = False) -> set[str]:
    """Return the ids of what the shop's own checks say; each must come with a hint."""
    messages = checks.run_checks(tags=[TAG], include_deployment_checks=deploy)
    assert all(message.hint for message in messages)
    return {str(message.id) for message in messages}


def test_the_settings_of_the_suite_are_clean() -> None:
    assert ids() == set()
    refuse_to_serve_when_misconfigured()


LIVE = "rzp_live_abcdefghijklmn"
FAKE_API = {"RAZORPAY_API_URL": "http://localhost:9000"}
REAL = {
    "RAZORPAY_API_URL": "https://api.razorpay.com",
    "RAZORPAY_CHECKOUT_JS_URL": "https://checkout.razorpay.com/v1/checkout.js",
}
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("E001", {"ENVIRONMENT_PROBLEMS": [("RESERVATION_MINUTES", "is not a whole number")]}),
    ("W002", {"SECRET_KEY": "insecure-key-for-development-only", "DEBUG": False}),
    ("W003", {"RAZORPAY_KEY_ID": ""}),
    ("E004", {"RAZORPAY_KEY_ID": "rzp_prod_abcdefghijklmn"}),
    ("E004", {"RAZORPAY_KEY_ID": "rzp_test_abc\n"}),
    ("W005", {"RAZORPAY_KEY_SECRET": ""}),
    ("W006", {"RAZORPAY_WEBHOOK_SECRETS": []}),
    ("E007", {"RAZORPAY_KEY_SECRET": "one", "RAZORPAY_WEBHOOK_SECRETS": ["other", "one"]}),
    ("E008", {"RAZORPAY_KEY_ID": LIVE, **REAL, **FAKE_API}),
    ("E008", {"RAZORPAY_KEY_ID": LIVE, **REAL, "RAZORPAY_CHECKOUT_JS_URL": "https://razorpay.com.evil.example/x.js"}),
    ("E008", {"RAZORPAY_KEY_ID": LIVE, **REAL, "RAZORPAY_API_URL": "http://api.razorpay.com"}),
    ("E008", {"RAZORPAY_PREVIOUS_KEYS": {LIVE: "secret"}, **FAKE_API}),
    ("E009", {"RAZORPAY_API_URL": "api.razorpay.com"}),
    ("E009", {"RAZORPAY_CHECKOUT_JS_URL": "http://[bad"}),
    ("E010", {"SITE_URL": "shop.example.in"}),
    ("E010", {"SITE_URL": "https://shop.example.in/path"}),
    ("E012", {"RAZORPAY_TIMEOUT": 0.0}),
    ("E012", {"RAZORPAY_TIMEOUT": 8.1}),
    ("E012", {"RAZORPAY_TIMEOUT": float("nan")}),
    ("E013", {"RESERVATION_MINUTES": 0}),
    ("E020", {"METRICS_TOKEN": "short"}),
    ("E014", {"RAZORPAY_PREVIOUS_KEYS": {"not-a-key": "secret"}}),
    ("E019", {"RAZORPAY_ACCOUNT_ID": "Simulator00001"}),
    ("E019", {"RAZORPAY_ACCOUNT_ID": "acc_Simulator00001\n"}),
    ("E015", {"SENTRY_DSN": "https://key@sentry.example/1"}),
    ("E016", {"PORT": 70_000}),
    ("E017", {"WEB_CONCURRENCY": 0}),
    ("E018", {"CACHES": {"default": environ.Env.cache_url_config("redis://127.0.0.1:9/1")}}),
]


@pytest.mark.covers("K4", "K2", "D5", "E3")
@pytest.mark.parametrize(("number", "values"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_each_mistake_is_told_and_stops_the_server(number: str, values: dict[str, Any], settings: Settings) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    assert f"diecast.{number}" in ids()
    with pytest.raises(ImproperlyConfigured, match=number):
        refuse_to_serve_when_misconfigured()


def test_live_keys_with_razorpay_itself_are_fine(settings: Settings) -> None:
    settings.RAZORPAY_KEY_ID = LIVE
    for name, value in REAL.items():
        setattr(settings, name, value)
    assert ids() == set()


def test_test_keys_and_the_simulator_may_run_without_debug(settings: Settings) -> None:
    settings.DEBUG = False
    settings.RAZORPAY_API_URL = "http://localhost:9000"
    assert ids() == set()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.razorpay.com", True),
        ("https://razorpay.com", True),
        ("https://notrazorpay.com", False),
        ("https://razorpay.com@evil.example", False),
        ("https://evil.example/razorpay.com", False),
        ("https://api.razorpay.com:443/v1", True),
    ],
)
def test_what_counts_as_razorpay(url: str, expected: bool) -> None:
    assert is_razorpay(url) is expected


DEPLOY: list[tuple[str, dict[str, Any]]] = [
    ("W101", {"RATELIMIT_ENABLE": False}),
    ("W104", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend", "DEBUG": False}),
    ("W105", {"RESERVATION_MINUTES": 11}),
]


@pytest.mark.parametrize(("number", "values"), DEPLOY)
def test_habits_of_a_demo_are_named_when_deploying(number: str, values: dict[str, Any], settings: Settings) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    assert f"diecast.{number}" in ids(deploy=True)
    assert ids() == set()
    refuse_to_serve_when_misconfigured()


@pytest.mark.parametrize(
    ("version", "bad"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((4, 0, 0), False),
    ],
)
def test_which_sqlite_has_the_wal_reset_bug(version: tuple[int, int, int], bad: bool) -> None:
    assert has_wal_reset_bug(version) is bad


def test_atomic_requests_stops_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    database = {**django_settings.DATABASES["default"], "ATOMIC_REQUESTS": True}
    monkeypatch.setitem(django_settings.DATABASES, "default", database)
    with pytest.raises(ImproperlyConfigured, match="E011"):
        refuse_to_serve_when_misconfigured()


def test_sqlite_is_named_when_deploying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 1))
    database = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": django_settings.SQLITE_OPTIONS}
    monkeypatch.setitem(django_settings.DATABASES, "default", database)
    assert {"diecast.W102", "diecast.W103"} <= ids(deploy=True)
    safe = {**database, "OPTIONS": {"init_command": "PRAGMA journal_mode=PERSIST;"}}
    monkeypatch.setitem(django_settings.DATABASES, "default", safe)
    assert "diecast.W103" not in ids(deploy=True)


# --- The commands themselves, in a process of their own with an environment of their own --------------------------


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing configured but `environment`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**kept, "READ_DOT_ENV": "False", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


KEYS = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "RAZORPAY_KEY_ID": LIVE,
    "RAZORPAY_KEY_SECRET": "a secret",
    "RAZORPAY_WEBHOOK_SECRET": "another secret",
}


def test_nothing_set_is_red_in_check_and_only_a_warning_elsewhere(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/db.sqlite3"
    check = manage("check", DATABASE_URL=database)
    assert check.returncode == 1
    for number in ("W002", "W003", "W005", "W006"):
        assert f"diecast.{number}" in check.stderr
    listing = manage("showmigrations", "checkout", DATABASE_URL=database)
    assert listing.returncode == 0, listing.stderr


@pytest.mark.covers("K1")
def test_nothing_set_does_not_serve() -> None:
    done = manage("serve")
    assert done.returncode == 1
    assert "diecast.W003" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_word_where_a_number_belongs_is_told_without_a_traceback() -> None:
    wrong = {"RESERVATION_MINUTES": "soon", "DEBUG": "treu", "DATABASE_URL": "bogus", "EMAIL_URL": "bogus"}
    wrong |= {"CACHE_URL": "bogus", "RAZORPAY_PREVIOUS_KEYS": "id-without-secret", "MEDIA_STORAGE_OPTIONS": "{"}
    done = manage("check", **KEYS, **wrong)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for name in wrong:
        assert f"(diecast.E001) {name} is not" in done.stderr
    assert "id-without-secret" not in done.stderr


def test_production_on_postgresql_is_clean() -> None:
    production = {
        "SITE_URL": "https://shop.example.in",
        "DATABASE_URL": "postgresql://shop:secret@127.0.0.1/shop",
        "EMAIL_URL": "smtp+tls://user:password@mail.example.in:587",
    }
    done = manage("check", "--deploy", **KEYS, **production)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.covers("K2")
def test_a_live_key_never_serves_with_another_api() -> None:
    done = manage("serve", **KEYS, RAZORPAY_API_URL="http://localhost:9000")
    assert done.returncode == 1
    assert "diecast.E008" in done.stderr
