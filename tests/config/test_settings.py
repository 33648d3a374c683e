"""What keeps orders safe on each engine, exactly, and what follows from SITE_URL."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.settings import database

ROOT = Path(__file__).resolve().parents[2]


def test_sqlite_takes_the_write_lock_first_and_survives_a_power_cut() -> None:
    config = database("sqlite:///db.sqlite3")
    assert config["ATOMIC_REQUESTS"] is False
    assert config["NAME"] == str(ROOT / "db.sqlite3")
    assert config["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }


def test_postgresql_keeps_connections_checks_them_and_never_waits_for_ever() -> None:
    config = database("postgresql://user:p%40ss@host:5433/name?sslmode=require")
    assert config["ATOMIC_REQUESTS"] is False
    assert (config["CONN_MAX_AGE"], config["CONN_HEALTH_CHECKS"]) == (60, True)
    assert config["OPTIONS"] == {
        "options": "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000",
        "sslmode": "require",
    }
    assert (config["HOST"], config["PORT"], config["PASSWORD"]) == ("host", 5433, "p@ss")


@pytest.mark.parametrize("url", ["mysql://host/name", "bogus", "host/name"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        database(url)


@pytest.mark.django_db
def test_the_database_says_so_itself() -> None:
    if connection.vendor == "sqlite":
        asked = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}
        said = {name: scalar(f"PRAGMA {name}") for name in asked}
    else:
        asked = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "15s", "statement_timeout": "0"}
        said = {name: scalar(f"SHOW {name}") for name in asked}
    assert said == asked


def scalar(statement: str) -> Any:
    """Return the one value that `statement` asks for."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


def test_the_suite_runs_on_a_file_or_a_server() -> None:
    assert "memory" not in str(connection.settings_dict["NAME"])
    assert settings.RAZORPAY_API_URL == "http://127.0.0.1:9"


NAMES = """SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS SESSION_COOKIE_NAME
CSRF_COOKIE_NAME CART_COOKIE_NAME CART_COOKIE_SECURE ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS RAZORPAY_WEBHOOK_SECRETS
RAZORPAY_PREVIOUS_KEYS RATELIMIT_ENABLE BEHIND_PROXY DEBUG EMAIL_FILE_PATH EMAIL_HOST_PASSWORD SECURE_PROXY_SSL_HEADER
SECRET_KEY AXES_ENABLED"""


def settings_with(**environment: str) -> dict[str, Any]:
    """Return the settings that a process with only this environment has."""
    code = f"import json, config.settings as s; print(json.dumps({{n: getattr(s, n) for n in {NAMES.split()!r}}}))"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "site"), "READ_DOT_ENV": "False", **environment}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=60)
    return dict(json.loads(done.stdout))


def test_an_https_site_is_strict_by_itself() -> None:
    values = settings_with(SITE_URL="https://shop.example.in/", BEHIND_PROXY="True")
    assert values["SECURE_SSL_REDIRECT"] is values["SESSION_COOKIE_SECURE"] is values["CSRF_COOKIE_SECURE"] is True
    assert values["SECURE_HSTS_SECONDS"] == 31_536_000
    assert values["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert values["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert values["CART_COOKIE_NAME"] == "__Host-cart"
    assert values["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "shop.example.in"]
    assert values["CSRF_TRUSTED_ORIGINS"] == ["https://shop.example.in"]
    assert values["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert values["BEHIND_PROXY"] is values["RATELIMIT_ENABLE"] is values["AXES_ENABLED"] is True


def test_a_plain_site_works_without_tls() -> None:
    values = settings_with()
    assert values["DEBUG"] is False
    assert values["SECURE_SSL_REDIRECT"] is values["SESSION_COOKIE_SECURE"] is values["CART_COOKIE_SECURE"] is False
    assert values["SECURE_HSTS_SECONDS"] == 0
    assert values["CART_COOKIE_NAME"] == "cart"
    assert (values["SECURE_PROXY_SSL_HEADER"], values["BEHIND_PROXY"]) == (None, False)


def test_lists_and_pairs() -> None:
    values = settings_with(
        RAZORPAY_WEBHOOK_SECRET="current, previous,",
        RAZORPAY_PREVIOUS_KEYS="rzp_live_a:one:with:colons, rzp_live_b:two",
        RATELIMIT_ENABLE="false",
        EMAIL_URL="smtp+tls://user:p%24%40ss@mail.example.in:587",
        SECRET_KEY="$not-a-reference",
    )
    assert values["RAZORPAY_WEBHOOK_SECRETS"] == ["current", "previous"]
    assert values["RAZORPAY_PREVIOUS_KEYS"] == {"rzp_live_a": "one:with:colons", "rzp_live_b": "two"}
    assert values["RATELIMIT_ENABLE"] is values["AXES_ENABLED"] is False
    assert values["EMAIL_HOST_PASSWORD"] == "p$@ss"
    assert values["SECRET_KEY"] == "$not-a-reference"


def test_mail_folders_count_from_the_root() -> None:
    assert settings_with(EMAIL_URL="filemail:///var/mail")["EMAIL_FILE_PATH"] == str(ROOT / "var/mail")
    assert settings_with(EMAIL_URL="filemail:////var/spool/shop")["EMAIL_FILE_PATH"] == "/var/spool/shop"
