"""Settings of the test run: the shop's own, with an environment that the tests choose and no `.env`.

Programs that tests start as subprocesses inherit this environment, and read `config.settings` itself.
"""

import os
import tempfile

os.environ["READ_DOT_ENV"] = "False"
UNSET = [
    "DEBUG",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "RAZORPAY_PREVIOUS_KEYS",
    "RAZORPAY_ACCOUNT_ID",
    "SENTRY_DSN",
    "CACHE_URL",
    "EMAIL_URL",
]
for name in UNSET:
    os.environ.pop(name, None)
os.environ.update(
    SECRET_KEY="a-key-for-tests-only-that-is-longer-than-fifty-characters",
    RAZORPAY_KEY_ID="rzp_test_suite0000000001",
    RAZORPAY_KEY_SECRET="key-secret-of-the-suite",
    RAZORPAY_WEBHOOK_SECRET="webhook-secret-of-the-suite",
    # Nothing listens there: a test that forgets the simulator fails at once instead of calling Razorpay.
    RAZORPAY_API_URL="http://127.0.0.1:9",
    RAZORPAY_CHECKOUT_JS_URL="http://127.0.0.1:9/v1/checkout.js",
    RAZORPAY_TIMEOUT="2",
    # All tests shop from one address, many with one telephone; those about limits ask for `limits_on`.
    RATELIMIT_ENABLE="False",
)

from config.settings import *  # noqa: E402, F403 - the shop's settings, after the environment above is set.
from config.settings import DATABASES, STORAGES, WAGTAILSEARCH_BACKENDS  # noqa: E402

# A file, never :memory:, because threads and subprocesses must lock it as they would in the shop.
SCRATCH = tempfile.mkdtemp(prefix="diecast-tests-")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": f"{SCRATCH}/test.sqlite3"}
    DATABASES["default"]["NAME"] = f"{SCRATCH}/unused.sqlite3"
MEDIA_ROOT = f"{SCRATCH}/media"
STATIC_ROOT = f"{SCRATCH}/static"
for folder in (MEDIA_ROOT, STATIC_ROOT):
    os.mkdir(folder)  # noqa: PTH102 - settings hold plain text, as Django's do.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No test searches pages in Wagtail's own index, and keeping it costs every test that makes a product.
WAGTAILSEARCH_BACKENDS = {"default": {**WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE": False}}  # type: ignore[dict-item]
