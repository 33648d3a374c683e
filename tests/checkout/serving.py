"""The shop as other processes see it: on the database of the tests, with the pretend Razorpay."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from django.contrib.staticfiles.finders import get_finders
from django.db import connection

from tests.checkout.faults import FaultyRazorpay
from tests.checkout.reports import signature
from tests.factories import BUYER
from tests.programs import MANAGE, Simulator, answers, free_port, running

TOKEN = "t" * 32
ALARMS = ("database is locked", "deadlock", "Traceback", "Internal Server Error")
Answer = TypeVar("Answer")


def environment(razorpay: Simulator | FaultyRazorpay) -> dict[str, str]:
    """Return what another process needs to be the same shop."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RAZORPAY_API_URL": razorpay.url,
        "RAZORPAY_TIMEOUT": "8",
        "RATELIMIT_ENABLE": "False",
        "ALLOWED_HOSTS": "testserver,127.0.0.1",
        "EMAIL_URL": "dummymail://",
    }


@dataclass(frozen=True)
class Shop:
    """A running `manage.py serve`."""

    url: str
    log: Path

    def deliver(self, body: bytes) -> requests.Response:
        """Post a webhook as Razorpay does."""
        headers = {"X-Razorpay-Signature": signature(body), "Content-Type": "application/json"}
        return requests.post(f"{self.url}/webhooks/razorpay/", data=body, headers=headers, timeout=60)

    def assert_calm(self) -> None:
        """Nothing in the log tells of a lock that was not got, or of an error that nobody caught."""
        log = self.log.read_text()
        for sign in ALARMS:
            assert sign not in log, log[-4_000:]


def prepared_shop(
    folder: Path, razorpay: Simulator | FaultyRazorpay, *, processes: int = 2, settings_module: str = "config.settings"
) -> tuple[Shop, dict[str, str]]:
    """Choose a port and make ready what the production server needs; return the shop and the server's environment."""
    port = free_port()
    static = folder / "static"
    static.mkdir()
    # No test here looks at a page's files: a manifest that only names them spares the collecting.
    names = {name: name for finder in get_finders() for name, _storage in finder.list([])}
    (static / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": names, "hash": "none"}))
    settings = {**environment(razorpay), "PORT": str(port), "STATIC_ROOT": str(static)}
    settings.update(WEB_CONCURRENCY=str(processes), DJANGO_SETTINGS_MODULE=settings_module)
    return Shop(f"http://127.0.0.1:{port}", folder / "shop.log"), settings


@contextmanager
def running_shop(
    folder: Path, razorpay: Simulator | FaultyRazorpay, *, processes: int = 2, settings_module: str = "config.settings"
) -> Iterator[Shop]:
    """Run the production server."""
    shop, settings = prepared_shop(folder, razorpay, processes=processes, settings_module=settings_module)
    with running([*MANAGE, "serve"], log=shop.log, env=settings, ready=answers(f"{shop.url}/health/live/")):
        yield shop


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Make all calls at the same moment."""
    barrier = Barrier(len(calls))

    def wait_and(call: Callable[[], Answer]) -> Answer:
        barrier.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and, calls))


class Browser:
    """A buyer over HTTP, with cookies, a CSRF token and a mobile number: orders of one number wait for each other."""

    def __init__(self, shop: Shop, number: int) -> None:
        self.shop = shop
        own = {"email": f"buyer{number}@example.in", "phone": f"98765{number:05d}"}
        self.details = {**BUYER, **own, "checkout_key": f"form-of-buyer-{number}"}
        self.session = requests.Session()
        self.session.headers.update({"Accept": "application/json", "X-CSRFToken": TOKEN})
        self.session.cookies.set("csrftoken", TOKEN)

    def post(self, path: str, data: dict[str, str]) -> requests.Response:
        """Post a form and return the answer as it is."""
        return self.session.post(self.shop.url + path, data=data, timeout=60, allow_redirects=False)

    def add(self, sku: str) -> requests.Response:
        """Put one into the cart."""
        return self.post("/cart/add/", {"sku": sku, "quantity": "1"})

    def check_out(self) -> requests.Response:
        """Post the checkout form."""
        return self.post("/checkout/", self.details)
