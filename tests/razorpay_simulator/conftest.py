"""Simulators and a receiver of webhooks. Nothing here needs Django."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import razorpay

from tests.razorpay_simulator.harness import KEY_ID, KEY_SECRET, Receiver, Running

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Take the place of the shop's fixture: the simulator is another program and knows no Django cache."""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A simulator without webhooks, shared by the tests of a file."""
    running = Running(tmp_path_factory.mktemp("simulator") / "state.sqlite3", ["--no-webhooks"]).start()
    yield running
    running.stop()


@pytest.fixture
def fresh(simulator: Running) -> Running:
    """The shared simulator, emptied."""
    simulator.control("reset")
    return simulator


@pytest.fixture
def client(simulator: Running) -> razorpay.Client:
    """Razorpay's own SDK, as it comes."""
    return razorpay.Client(auth=(KEY_ID, KEY_SECRET), base_url=simulator.url)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start simulators of one's own."""
    started: list[Running] = []

    def begin(*options: str) -> Running:
        started.append(Running(tmp_path / "state.sqlite3", list(options)).start())
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.kill()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for this file; it ends with it, so that no event loop is left for other tests."""
    path = os.environ.get("CHROMIUM_PATH") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        text = "No Chromium found; install with: apt-get install chromium-headless-shell (or set CHROMIUM_PATH)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(text)
        pytest.skip(text)
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright().start()
    found = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield found
    found.close()
    playwright.stop()
