"""What every test may use. Fixtures of one floor stand in that floor's own conftest."""

import functools
import gc
import importlib.metadata
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from checkout import open_orders, patience, throttle
from tests.__main__ import BROWSER_FOLDERS
from tests.factories import make_shop
from tests.programs import Simulator, running_simulator
from tests.template import kept_database, migrated_file

BROWSER_FIXTURES = {"browser", "context", "page"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser."""
    for item in items:
        if BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
            if not item.nodeid.startswith(BROWSER_FOLDERS):
                raise pytest.UsageError(
                    f"{item.nodeid} asks for a browser, and these run in none. See tests/__main__.py."
                )


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Begin on SQLite with a file on which the migrations have run before."""
    if connection.vendor != "sqlite":
        return django_db_keepdb
    shutil.copyfile(migrated_file(), django_settings.DATABASES["default"]["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let each transactional test end with the rows that the migrations wrote, instead of none."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        with django_db_blocker.unblock():
            make_shop()
            restore = stack.enter_context(kept_database())
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: restore())
        yield


def pytest_configure() -> None:
    """Let SIGTERM end the run as Ctrl-C does, so that fixtures stop the programs that they started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Razorpay's SDK reads its version from the disk for each call.
    importlib.metadata.version = functools.cache(importlib.metadata.version)


def pytest_collection_finish() -> None:
    """Spare the collector what stays until the end: going through it again and again takes a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    """Remove the folder with database file and media of this run."""
    if django_settings.configured:
        shutil.rmtree(django_settings.SCRATCH, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No test sees what another one cached."""
    cache.clear()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that waits for Razorpay to recover does not wait long."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.01)


@pytest.fixture
def limits_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let throttles and limits count, from nothing and to smaller numbers than the shop's: tests should be short."""
    settings.RATELIMIT_ENABLE = True
    small = {
        "CART": 120,
        "CHECKOUT": 60,
        "ORDERS": 30,
        "BAD_PAYMENT": 30,
        "BAD_PAYMENT_OF_ORDER": 10,
        "BAD_WEBHOOK": 120,
    }
    for name, amount in small.items():
        usual = getattr(throttle, name)
        monkeypatch.setattr(throttle, name, type(usual)(amount, usual.multiples, usual.namespace))
    monkeypatch.setattr(open_orders, "MOST_OF_NUMBER", open_orders.MOST)
    throttle.forget()


@pytest.fixture
def simulator(settings: Settings, tmp_path: Path) -> Iterator[Simulator]:
    """Run the pretend Razorpay, with this shop's keys and no webhooks, and point the shop at it."""
    with running_simulator(tmp_path) as program:
        settings.RAZORPAY_API_URL = program.url
        settings.RAZORPAY_CHECKOUT_JS_URL = f"{program.public_url}/v1/checkout.js"
        yield program
