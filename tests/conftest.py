"""What every test may use. Fixtures of one floor stand in that floor's own conftest."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from pytest_django import Settings

from tests.programs import Simulator, running_simulator

BROWSER_FIXTURES = {"browser", "context", "page"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and let transactional tests keep Wagtail's page tree."""
    for item in items:
        if BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        keep_migrated_rows(item)


def keep_migrated_rows(item: pytest.Item) -> None:
    """Let a transactional test put back what migrations made, root page, locale and collection among it.

    It empties all tables at its end; without this the next test finds a shop without a page tree.
    """
    marker = item.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction") and "serialized_rollback" not in marker.kwargs:
        item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True}), append=False)


def pytest_configure() -> None:
    """Let SIGTERM end the run as Ctrl-C does, so that fixtures stop the programs that they started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure() -> None:
    """Remove the folder with database file and media of this run."""
    if django_settings.configured:
        shutil.rmtree(django_settings.SCRATCH, ignore_errors=True)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No test sees what another one cached."""
    cache.clear()


@pytest.fixture
def simulator(settings: Settings, tmp_path: Path) -> Iterator[Simulator]:
    """Run the pretend Razorpay, with this shop's keys and no webhooks, and point the shop at it."""
    with running_simulator(tmp_path) as program:
        settings.RAZORPAY_API_URL = program.url
        settings.RAZORPAY_CHECKOUT_JS_URL = f"{program.public_url}/v1/checkout.js"
        yield program
