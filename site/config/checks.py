"""System checks: every way to configure the shop wrongly has an id and a hint.

Three kinds. An Error is a value that is wrong: no command that runs checks works with it. A Warning without the
`deploy` tag is a value that is absent: other commands only mention it, but `manage.py check` fails and the server
refuses to start. A Warning with the `deploy` tag is something that a demo may do and a real shop should not.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

TAG = "diecast"
KEY_ID = re.compile(r"rzp_(test|live)_[A-Za-z0-9]{4,64}")
ACCOUNT_ID = re.compile(r"acc_[A-Za-z0-9]{14}")
LONGEST_TIMEOUT = 8
SHORTEST_RESERVATION = 12
SHORTEST_TOKEN = 16
SMTP = "Set EMAIL_URL, for example smtp+tls://user:password@mail.example.in:587."


def refuse_to_serve_when_misconfigured() -> None:
    """Raise ImproperlyConfigured with every problem and hint when the shop must not answer visitors."""
    problems = [message for message in checks.run_checks(tags=[TAG]) if message.level >= checks.WARNING]
    if problems:
        raise ImproperlyConfigured("The shop is not configured:\n" + "\n".join(map(str, problems)))


def is_web_address(url: str) -> bool:
    """Tell whether `url` is http or https and has a host."""
    try:
        address = urlsplit(url)
        return address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def is_razorpay(url: str) -> bool:
    """Tell whether `url` is Razorpay itself: https on razorpay.com or a host below it."""
    address = urlsplit(url) if is_web_address(url) else urlsplit("")
    host = address.hostname or ""
    return address.scheme == "https" and (host == "razorpay.com" or host.endswith(".razorpay.com"))


@checks.register(TAG)
def check_environment(**kwargs: Any) -> list[checks.CheckMessage]:
    """Name each variable whose value could not be read; the settings then fall back to the default."""
    hint = "Correct it in the environment or in .env; .env.example shows every variable."
    problems = settings.ENVIRONMENT_PROBLEMS
    return [checks.Error(f"{name} {problem}.", hint=hint, id="diecast.E001") for name, problem in problems]


@checks.register(TAG)
def check_secret_key(**kwargs: Any) -> list[checks.CheckMessage]:
    """The key that stands in the source is known to everybody: it signs nothing outside DEBUG."""
    if settings.DEBUG or settings.SECRET_KEY != settings.INSECURE_SECRET_KEY:
        return []
    hint = "Set it to 50 random characters: python -c 'import secrets; print(secrets.token_urlsafe(50))'."
    return [checks.Warning("SECRET_KEY is not set.", hint=hint, id="diecast.W002")]


@checks.register(TAG)
def check_razorpay_keys(**kwargs: Any) -> Iterator[checks.CheckMessage]:
    """Key id, key secret and webhook secret: there, well formed, and three different things."""
    dashboard = "Razorpay's dashboard shows it under Account & Settings, API keys."
    if not settings.RAZORPAY_KEY_ID:
        yield checks.Warning("RAZORPAY_KEY_ID is not set.", hint=dashboard, id="diecast.W003")
    elif not KEY_ID.fullmatch(settings.RAZORPAY_KEY_ID):
        hint = f"A key id looks like rzp_test_... or rzp_live_.... {dashboard}"
        yield checks.Error("RAZORPAY_KEY_ID is not a key id.", hint=hint, id="diecast.E004")
    if not settings.RAZORPAY_KEY_SECRET:
        hint = "Razorpay shows the secret once, when the key is made: make a new key if it is lost."
        yield checks.Warning("RAZORPAY_KEY_SECRET is not set.", hint=hint, id="diecast.W005")
    if not settings.RAZORPAY_WEBHOOK_SECRETS:
        hint = "Choose a long random text and give it to the webhook in Razorpay's dashboard too."
        yield checks.Warning("RAZORPAY_WEBHOOK_SECRET is not set.", hint=hint, id="diecast.W006")
    if settings.RAZORPAY_KEY_SECRET and settings.RAZORPAY_KEY_SECRET in settings.RAZORPAY_WEBHOOK_SECRETS:
        hint = "Give the webhook a secret of its own: who learns one of them must not have both."
        yield checks.Error("RAZORPAY_WEBHOOK_SECRET is the key secret.", hint=hint, id="diecast.E007")
    if not all(KEY_ID.fullmatch(key) for key in settings.RAZORPAY_PREVIOUS_KEYS):
        hint = "Write id:secret,id:secret with ids like rzp_live_...."
        yield checks.Error("RAZORPAY_PREVIOUS_KEYS holds something that is not a key id.", hint=hint, id="diecast.E014")
    if settings.RAZORPAY_ACCOUNT_ID and not ACCOUNT_ID.fullmatch(settings.RAZORPAY_ACCOUNT_ID):
        hint = "Write acc_ and the merchant id that the dashboard shows, or leave it empty."
        yield checks.Error("RAZORPAY_ACCOUNT_ID is not an account id.", hint=hint, id="diecast.E019")


@checks.register(TAG)
def check_razorpay_addresses(**kwargs: Any) -> Iterator[checks.CheckMessage]:
    """Live keys go to Razorpay and nowhere else; whatever pretends to be Razorpay can confirm any payment."""
    keys = [settings.RAZORPAY_KEY_ID, *settings.RAZORPAY_PREVIOUS_KEYS]
    live = any(key.startswith("rzp_live_") for key in keys)
    for name in ("RAZORPAY_API_URL", "RAZORPAY_CHECKOUT_JS_URL"):
        url = getattr(settings, name)
        if not is_web_address(url):
            hint = "Leave it empty for Razorpay itself."
            yield checks.Error(f"{name} is not a web address.", hint=hint, id="diecast.E009")
        elif live and not is_razorpay(url):
            hint = f"Leave {name} empty, or use an rzp_test_ key with the simulator."
            yield checks.Error(f"{name} is outside razorpay.com while a live key is set.", hint=hint, id="diecast.E008")


@checks.register(TAG)
def check_limits(**kwargs: Any) -> Iterator[checks.CheckMessage]:
    """Numbers that the rest of the shop relies on."""
    if not 0 < settings.RAZORPAY_TIMEOUT <= LONGEST_TIMEOUT:
        hint = f"Use more than 0 and at most {LONGEST_TIMEOUT} seconds: a shopper waits for this call."
        yield checks.Error("RAZORPAY_TIMEOUT is out of range.", hint=hint, id="diecast.E012")
    if settings.RESERVATION_MINUTES < 1:
        hint = "An unpaid order must hold its cars for a while; the default is 30 minutes."
        yield checks.Error("RESERVATION_MINUTES is below 1.", hint=hint, id="diecast.E013")
    if not 0 < settings.PORT < 65_536:
        yield checks.Error("PORT is not a port.", hint="Use a number from 1 to 65535.", id="diecast.E016")
    if settings.WEB_CONCURRENCY < 1:
        yield checks.Error("WEB_CONCURRENCY is below 1.", hint="One process for each core is usual.", id="diecast.E017")


@checks.register(TAG)
def check_metrics(**kwargs: Any) -> list[checks.CheckMessage]:
    """A token that can be guessed tells strangers how much the shop sells."""
    if not settings.METRICS_TOKEN or len(settings.METRICS_TOKEN) >= SHORTEST_TOKEN:
        return []
    hint = (
        f"Use at least {SHORTEST_TOKEN} random characters: python -c 'import secrets; print(secrets.token_urlsafe())'"
    )
    return [checks.Error("METRICS_TOKEN is short.", hint=hint, id="diecast.E020")]


@checks.register(TAG)
def check_site_url(**kwargs: Any) -> list[checks.CheckMessage]:
    """Mails, callbacks and cookies are built from SITE_URL."""
    if is_web_address(settings.SITE_URL) and not urlsplit(settings.SITE_URL).path:
        return []
    hint = "Write scheme and host, for example https://shop.example.in, without a path."
    return [checks.Error("SITE_URL is not the address of a site.", hint=hint, id="diecast.E010")]


@checks.register(TAG)
def check_atomic_requests(**kwargs: Any) -> list[checks.CheckMessage]:
    """A transaction around each request holds locks while Razorpay is called, and lets every GET lock SQLite."""
    if not any(database.get("ATOMIC_REQUESTS") for database in settings.DATABASES.values()):
        return []
    hint = "Remove ATOMIC_REQUESTS: the code opens its transactions itself."
    return [checks.Error("ATOMIC_REQUESTS is on.", hint=hint, id="diecast.E011")]


@checks.register(TAG)
def check_sentry(**kwargs: Any) -> list[checks.CheckMessage]:
    """Sentry is optional, and its package is not among the requirements."""
    if not settings.SENTRY_DSN or find_spec("sentry_sdk"):
        return []
    hint = "Install it with: pip install sentry-sdk. Or leave SENTRY_DSN empty."
    return [checks.Error("SENTRY_DSN is set but sentry-sdk is not installed.", hint=hint, id="diecast.E015")]


@checks.register(TAG)
def check_cache(**kwargs: Any) -> list[checks.CheckMessage]:
    """Redis is optional, and the package that speaks to it is not among the requirements."""
    if "redis" not in settings.CACHES["default"]["BACKEND"].lower() or find_spec("redis"):
        return []
    hint = "Install it with: pip install redis. Or leave CACHE_URL empty."
    return [checks.Error("CACHE_URL names Redis but redis is not installed.", hint=hint, id="diecast.E018")]


@checks.register(TAG, deploy=True)
def check_demo_habits(**kwargs: Any) -> Iterator[checks.CheckMessage]:
    """What is right for trying the shop out and wrong for selling."""
    if not settings.RATELIMIT_ENABLE:
        hint = "Set RATELIMIT_ENABLE=True; False is for load tests."
        yield checks.Warning("Throttles and limits of open orders are off.", hint=hint, id="diecast.W101")
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend") and not settings.DEBUG:
        yield checks.Warning("Mail is printed instead of sent.", hint=SMTP, id="diecast.W104")
    if settings.RESERVATION_MINUTES < SHORTEST_RESERVATION:
        hint = f"Use at least {SHORTEST_RESERVATION} minutes: Razorpay keeps an authorized payment open that long."
        yield checks.Warning("RESERVATION_MINUTES is short.", hint=hint, id="diecast.W105")


def has_wal_reset_bug(version: Sequence[int]) -> bool:
    """Tell whether this SQLite can corrupt a WAL database in a race (sqlite.org/wal.html#walresetbug)."""
    number = tuple(version)
    return (3, 7, 0) <= number <= (3, 51, 2) and number not in ((3, 50, 7), (3, 44, 6))


@checks.register(TAG, deploy=True)
def check_sqlite(**kwargs: Any) -> Iterator[checks.CheckMessage]:
    """SQLite serves one machine well; a shop that grows, or runs on several, wants PostgreSQL."""
    database = settings.DATABASES["default"]
    if database.get("ENGINE") != "django.db.backends.sqlite3":
        return
    hint = "Set DATABASE_URL=postgresql://user:password@host/name for production."
    yield checks.Warning("The database is SQLite.", hint=hint, id="diecast.W102")
    uses_wal = "journal_mode=wal" in str(database.get("OPTIONS", {}).get("init_command", "")).lower()
    if uses_wal and has_wal_reset_bug(sqlite3.sqlite_version_info):
        hint = (
            "Very rarely it damages the file. Use SQLite 3.51.3 or newer (or 3.50.7, 3.44.6), or let SQLITE_OPTIONS in "
            "config/settings.py say journal_mode=PERSIST instead of WAL, which is a little slower and not affected."
        )
        yield checks.Warning(f"SQLite {sqlite3.sqlite_version} has the WAL-reset bug.", hint=hint, id="diecast.W103")
