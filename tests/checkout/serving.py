"""The shop as other processes see it: on the database of the tests, with the pretend Razorpay."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from django.db import connection

from tests.checkout.faults import FaultyRazorpay
from tests.factories import BUYER
from tests.programs import MANAGE, ROOT, Simulator, answers, free_port, running

TOKEN = "t" * 32
STATIC = ROOT / "static"


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


@contextmanager
def running_shop(folder: Path, razorpay: Simulator | FaultyRazorpay, *, processes: int = 2) -> Iterator[Shop]:
    """Run the production server."""
    port = free_port()
    static = folder / "static"
    static.mkdir()
    # No test here looks at a page's files: a manifest that only names them spares the collecting.
    names = {str(path.relative_to(STATIC)): str(path.relative_to(STATIC)) for path in STATIC.rglob("*.*")}
    (static / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": names, "hash": "none"}))
    settings = {**environment(razorpay), "PORT": str(port), "STATIC_ROOT": str(static)}
    settings["WEB_CONCURRENCY"] = str(processes)
    shop = Shop(f"http://127.0.0.1:{port}", folder / "shop.log")
    with running([*MANAGE, "serve"], log=shop.log, env=settings, ready=answers(f"{shop.url}/health/live/")):
        yield shop


class Browser:
    """A buyer over HTTP, with cookies and a CSRF token."""

    def __init__(self, shop: Shop, number: int) -> None:
        self.shop = shop
        self.details = {**BUYER, "email": f"buyer{number}@example.in", "checkout_key": f"form-of-buyer-{number}"}
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
