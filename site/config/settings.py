"""Settings of the shop: one file, every value from the environment or `.env`, safe when nothing is set.

This is the only module that reads the environment. An empty value counts as absent. A value that cannot be read (a
word where a number belongs) is not fatal here: it is noted in `ENVIRONMENT_PROBLEMS`, and `config.checks` tells it.
"""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ

ROOT = Path(__file__).resolve().parents[2]
Value = TypeVar("Value")

# --- Reading the environment ----------------------------------------------------------------------------------------

# (variable, what is wrong with it); never the value, which may hold a password.
ENVIRONMENT_PROBLEMS: list[tuple[str, str]] = []


def read(name: str, parse: Callable[[str], Value], default: Value, wanted: str = "text") -> Value:
    """Return variable `name` read by `parse`, or `default` when it is absent, empty or not what is `wanted`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return parse(value)
    except (ValueError, KeyError, environ.ImproperlyConfigured):
        ENVIRONMENT_PROBLEMS.append((name, f"is not {wanted}"))
        return default


def text(name: str, default: str = "") -> str:
    """Return variable `name` as it stands."""
    return read(name, str, default)


def whole(name: str, default: int) -> int:
    """Return variable `name` as a whole number."""
    return read(name, int, default, "a whole number")


def flag(name: str, default: bool) -> bool:
    """Return variable `name` as yes or no; any other word is a problem, so that a typing error is never a silent no."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    return read(name, lambda value: words[value.lower()], default, "True or False")


def parts(name: str, default: list[str]) -> list[str]:
    """Return the comma-separated values of variable `name`, without empty ones."""
    return read(name, lambda value: [part.strip() for part in value.split(",") if part.strip()], default)


if flag("READ_DOT_ENV", True):
    environ.Env.read_env(ROOT / ".env")

# --- Security -------------------------------------------------------------------------------------------------------

INSECURE_SECRET_KEY = "insecure-key-for-development-only"  # noqa: S105 - a placeholder; outside DEBUG nothing serves with it.
SECRET_KEY = text("SECRET_KEY", INSECURE_SECRET_KEY)
DEBUG = flag("DEBUG", False)
SITE_URL = text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_HOST = SITE_URL.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = parts("ALLOWED_HOSTS", sorted({SITE_HOST or "localhost", "127.0.0.1", "localhost"}))
CSRF_TRUSTED_ORIGINS = parts("CSRF_TRUSTED_ORIGINS", [SITE_URL])
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", IS_HTTPS)
# Health probes, Prometheus and Razorpay talk to the process as they find it: a redirect would lose a POST.
SECURE_REDIRECT_EXEMPT = [r"^webhooks/", r"^health/", r"^metrics$"]
# Believe a proxy's X-Forwarded-Proto, and the last address in its X-Forwarded-For, only when told that one stands in
# front: without it both headers are the client's own words.
BEHIND_PROXY = flag("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = flag("SESSION_COOKIE_SECURE", IS_HTTPS)
CSRF_COOKIE_SECURE = flag("CSRF_COOKIE_SECURE", IS_HTTPS)
# A browser accepts the __Host- prefix only on a cookie that is Secure.
SESSION_COOKIE_NAME = "__Host-sessionid" if SESSION_COOKIE_SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if CSRF_COOKIE_SECURE else "csrftoken"
CART_COOKIE_SECURE = SESSION_COOKIE_SECURE
CART_COOKIE_NAME = "__Host-cart" if CART_COOKIE_SECURE else "cart"
# Of staff: a working day is long enough. Those of shoppers last longer, see ACCOUNT_SESSION_COOKIE_AGE.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = whole("SECURE_HSTS_SECONDS", 31_536_000 if IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", IS_HTTPS)
SECURE_HSTS_PRELOAD = flag("SECURE_HSTS_PRELOAD", IS_HTTPS)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Wagtail allows its own preview frame by itself.
X_FRAME_OPTIONS = "DENY"
# Wagtail's page editor posts hundreds of fields; a stranger's form stays below either limit or gets 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# False lifts every throttle, the limit of open orders and the lockout of logins.
RATELIMIT_ENABLE = flag("RATELIMIT_ENABLE", True)

# Two doors: the admin's, by name and password, and the shoppers', by email address. Each session knows its door.
SHOPPER_BACKEND = "accounts.backend.ShopperBackend"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    SHOPPER_BACKEND,
]
# Five wrong passwords for one name from one address close the login to that pair alone: nobody locks out another.
AXES_ENABLED = RATELIMIT_ENABLE
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "checkout.throttle.client_address"
AXES_LOCKOUT_CALLABLE = "config.login.locked_out"
AXES_USERNAME_CALLABLE = "config.login.typed_name"
# What is kept of a failure is its count, not a diary of everybody's logins.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# People type passwords into the wrong field.
AXES_SENSITIVE_PARAMETERS = ["username", "login", "csrfmiddlewaretoken"]

# Shoppers: a code by email lets somebody in and begins the account; a password may be set afterwards.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/"
ACCOUNT_ADAPTER = "accounts.adapter.ShopAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# What an unknown address gets is the shop's own decision: a code, like every other.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = 30 * 24 * 60 * 60
# checkout/throttle.py counts, and axes counts wrong passwords: allauth's own counts need a cache that is shared.
ACCOUNT_RATE_LIMITS = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Applications ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "home",
    "webhooks",
    "accounts",
    "checkout",
    "catalog",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.forms",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.staff_list.StaffListConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "axes",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "config.middleware.RefuseNul",
    "django.middleware.security.SecurityMiddleware",
    "config.policy.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.bar.RememberStaff",
    "config.middleware.Redirects",
    "config.middleware.BusyDatabase",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # Take the write lock at BEGIN: a transaction that reads first and writes later cannot wait for it and fails.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL, because a webhook answered with 200 must survive a power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
POSTGRESQL_OPTIONS = {"options": "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000"}
# Added by config.wsgi for the processes that answer visitors; a migration or an import may take its time.
WEB_STATEMENT_TIMEOUT = "-c statement_timeout=10000"


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for the database at `url`, with the options that keep orders safe on its engine.

    Raises ValueError when `url` names neither SQLite nor PostgreSQL.
    """
    if urlsplit(url).scheme not in ("sqlite", "postgres", "postgresql"):
        raise ValueError("neither sqlite:// nor postgresql://")
    config: dict[str, Any] = {**environ.Env.db_url_config(url), "ATOMIC_REQUESTS": False}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # A relative path counts from the folder of manage.py, whatever the current folder is.
        return {**config, "NAME": str(ROOT / config["NAME"]), "OPTIONS": SQLITE_OPTIONS}
    options = {**POSTGRESQL_OPTIONS, **config.get("OPTIONS", {})}
    return {**config, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


DATABASE = read("DATABASE_URL", database, None, "an address like postgresql://user:password@host/name")
if "DATABASE_URL" in dict(ENVIRONMENT_PROBLEMS):
    DATABASE = {}  # No database at all rather than another one than the one that was meant.
elif DATABASE is None:
    DATABASE = database(f"sqlite:///{ROOT / 'db.sqlite3'}")
DATABASES = {"default": DATABASE}

LOCAL_MEMORY = environ.Env.cache_url_config("locmemcache://")
CACHES = {"default": read("CACHE_URL", environ.Env.cache_url_config, LOCAL_MEMORY, "an address like redis://host/1")}

# --- Language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Kolkata"
USE_I18N = True
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = str(ROOT / text("STATIC_ROOT", "staticfiles"))
STATICFILES_DIRS = [ROOT / "static"]
# Every page names a static file by its hash; compressing the copies without one takes as long again.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_URL = text("MEDIA_URL", "/media/")
MEDIA_ROOT = str(ROOT / text("MEDIA_ROOT", "media"))
STORAGES = {
    "default": {
        "BACKEND": text("MEDIA_STORAGE", "django.core.files.storage.FileSystemStorage"),
        "OPTIONS": read("MEDIA_STORAGE_OPTIONS", json.loads, {}, "JSON"),
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# --- Mail -----------------------------------------------------------------------------------------------------------

CONSOLE_MAIL = environ.Env.email_url_config("consolemail://")
MAIL = read("EMAIL_URL", environ.Env.email_url_config, CONSOLE_MAIL, "an address like smtp+tls://host:587")
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST = MAIL["EMAIL_HOST"] or "localhost"
EMAIL_PORT = MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER = MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
# filemail:///var/mail is a folder beside manage.py; filemail:////var/mail is one of the machine's.
EMAIL_FILE_PATH = str(ROOT / (MAIL["EMAIL_FILE_PATH"] or "var/mail"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "Chhota Garage <shop@chhota-garage.example>")

# --- Razorpay -------------------------------------------------------------------------------------------------------


def key_pairs(value: str) -> dict[str, str]:
    """Return {key id: secret} of `id:secret,id:secret`; raise ValueError when a pair is not one."""
    pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
    if not all(key and secret for key, _, secret in pairs):
        raise ValueError("a pair without key id or secret")
    return {key: secret for key, _, secret in pairs}


RAZORPAY_KEY_ID = text("RAZORPAY_KEY_ID")
RAZORPAY_KEY_SECRET = text("RAZORPAY_KEY_SECRET")
# The current secret first, then the previous one while Razorpay still delivers events signed with it.
RAZORPAY_WEBHOOK_SECRETS = parts("RAZORPAY_WEBHOOK_SECRET", [])
# Keys that were rolled: payments of orders made with them stay verifiable.
RAZORPAY_PREVIOUS_KEYS = read("RAZORPAY_PREVIOUS_KEYS", key_pairs, dict[str, str](), "id:secret,id:secret")
# Empty: every signed event is taken for the shop's own.
RAZORPAY_ACCOUNT_ID = text("RAZORPAY_ACCOUNT_ID")
RAZORPAY_API_URL = text("RAZORPAY_API_URL", "https://api.razorpay.com").rstrip("/")
RAZORPAY_CHECKOUT_JS_URL = text("RAZORPAY_CHECKOUT_JS_URL", "https://checkout.razorpay.com/v1/checkout.js")
# Seconds for a call, from looking the name up to the end of the answer.
RAZORPAY_TIMEOUT = read("RAZORPAY_TIMEOUT", float, 4.0, "a number of seconds")
RESERVATION_MINUTES = whole("RESERVATION_MINUTES", 30)

# --- Server and log -------------------------------------------------------------------------------------------------

HOST = text("HOST", "127.0.0.1")
PORT = whole("PORT", 8000)
WEB_CONCURRENCY = whole("WEB_CONCURRENCY", 2)
# Threads of each web process; more would only queue for Python's lock. Some of them never wait for Razorpay.
WEB_THREADS = 8
RAZORPAY_PLACES = WEB_THREADS - 2
SENTRY_DSN = text("SENTRY_DSN")


def networks(value: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks of `10.0.0.0/8,2001:db8::/64`; raise ValueError when a part is not one."""
    return [ip_network(part.strip()) for part in value.split(",") if part.strip()]


# Who may read /metrics: whoever sends the token, and whoever asks from one of these. By default nobody.
METRICS_TOKEN = text("METRICS_TOKEN")
METRICS_NETWORKS = read("METRICS_NETWORKS", networks, list[IPv4Network | IPv6Network](), "networks like 10.0.0.0/8")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Strangers probing with foreign host names are no event of ours; they get 400.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
        # These two write whole requests, with their headers, at DEBUG.
        "urllib3": {"level": "INFO"},
        "PIL": {"level": "INFO"},
        # Two lines for each page that an editor saves.
        "django_tasks": {"level": "WARNING"},
    },
}

# --- Wagtail --------------------------------------------------------------------------------------------------------

CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
WAGTAIL_SITE_NAME = "Chhota Garage"
WAGTAILADMIN_BASE_URL = SITE_URL
# A mailbox opens no door of the admin: owners give new passwords, or `manage.py changepassword` does.
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "catalog.ShopImage"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["pdf", "csv", "xlsx"]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
# Days that the admin remembers what was searched for; the worker forgets what is older.
WAGTAILSEARCH_HITS_MAX_AGE = 90
