"""The whole shop as people run it: server, worker and pretend Razorpay, on a database with the demo shop."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.programs import MANAGE, ROOT, Simulator, answers, free_port, running, running_simulator, wait_until
from tests.template import migrated_file

DATABASE = "shop.sqlite3"


@dataclass(frozen=True)
class Shop:
    """A running shop. Facts of its database are read from the file: Django is set up for another one here."""

    url: str
    folder: Path
    simulator: Simulator
    env: Mapping[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it prints. Raises CalledProcessError with its errors."""
        return manage(self.env, *arguments)

    def python(self, code: str) -> str:
        """Run lines of Python inside Django, as a developer at `manage.py shell` would; return what they print."""
        return manage(self.env, "shell", "--verbosity=0", "--command", code)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what an SQL query finds."""
        with closing(sqlite3.connect(f"file:{self.folder / DATABASE}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def stock(self, sku: str) -> tuple[int, int]:
        """Return how many of a SKU are on hand, and how many of them are reserved."""
        query = """SELECT on_hand, reserved FROM catalog_stock JOIN catalog_variant ON catalog_variant.id = variant_id
                   WHERE sku = ?"""
        return self.rows(query, sku)[0][:2]

    def status(self, number: str) -> str:
        """Return the status of an order."""
        return str(self.rows("SELECT status FROM checkout_order WHERE number = ?", number)[0][0])

    def wait_for_status(self, number: str, status: str) -> None:
        """Return once an order has `status`. Raises TimeoutError."""
        wait_until(lambda: self.status(number) == status, f"{number} is not {status} but {self.status(number)}")

    def attempts(self, number: str) -> list[str]:
        """Return the ids of an order's Razorpay orders."""
        query = """SELECT razorpay_order_id FROM checkout_razorpayorder
                   JOIN checkout_order ON checkout_order.id = order_id WHERE number = ?"""
        return [row[0] for row in self.rows(query, number)]

    def payments(self, number: str) -> list[str]:
        """Return the states of an order's payments, oldest first."""
        query = """SELECT checkout_payment.status FROM checkout_payment
                   JOIN checkout_order ON checkout_order.id = order_id WHERE number = ? ORDER BY checkout_payment.id"""
        return [row[0] for row in self.rows(query, number)]

    def wait_for_payments(self, number: str, states: list[str]) -> None:
        """Return once the payments of an order have these states. Raises TimeoutError."""
        wait_until(lambda: sorted(self.payments(number)) == sorted(states), f"The payments of {number} are {states}")

    def pay(self, number: str, outcome: str) -> None:
        """Pay an order at Razorpay in another way than through its window."""
        [attempt] = self.attempts(number)
        self.simulator.control("pay", order_id=attempt, outcome=outcome)

    def orders_of(self, email: str) -> list[str]:
        """Return the numbers of the orders of one buyer."""
        return [row[0] for row in self.rows("SELECT number FROM checkout_order WHERE email = ?", email)]

    def mails_to(self, email: str) -> list[str]:
        """Return the mails that were sent to an address, as they were sent."""
        texts = [path.read_text() for path in sorted((self.folder / "mail").glob("*"))]
        parts = [part for text in texts for part in text.split(f"{'-' * 79}\n") if part.strip()]
        return [part for part in parts if f"To: {email}" in part]

    def wait_for_mail(self, email: str) -> str:
        """Return the first mail to an address as soon as the worker has sent it. Raises TimeoutError."""
        wait_until(lambda: bool(self.mails_to(email)), f"No mail to {email}")
        return self.mails_to(email)[0]

    def wait_for_mails(self, email: str, words: str) -> None:
        """Return once a mail with these words was sent to an address. Raises TimeoutError."""
        wait_until(lambda: any(words in mail for mail in self.mails_to(email)), f"No mail “{words}” to {email}")

    def wait_for_payment_at_razorpay(self, number: str) -> None:
        """Return once Razorpay has captured a payment of an order, whatever the shop knows. Raises TimeoutError."""
        [attempt] = self.attempts(number)
        keys = (os.environ["RAZORPAY_KEY_ID"], os.environ["RAZORPAY_KEY_SECRET"])

        def is_paid() -> bool:
            answer = requests.get(f"{self.simulator.url}/v1/orders/{attempt}", auth=keys, timeout=10)
            return bool(answer.json()["status"] == "paid")

        wait_until(is_paid, f"Razorpay captured nothing for {number}")

    @contextmanager
    def without_webhooks(self) -> Iterator[None]:
        """Keep Razorpay's messages back for the time of the block."""
        self.simulator.control("webhooks", enabled=False)
        try:
            yield
        finally:
            self.simulator.control("webhooks", enabled=True)

    def audit(self) -> dict[str, list[str]]:
        """Return the violations of each invariant that has any."""
        found = json.loads(self.manage("audit", "--json"))
        return {name: result["details"] for name, result in found.items() if result["violations"]}


def manage(env: Mapping[str, str], *arguments: str) -> str:
    """Run a management command in the environment `env`."""
    done = subprocess.run(
        [*MANAGE, *arguments], cwd=ROOT, env={**os.environ, **env}, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(folder: Path, *, port: int, simulator: Simulator) -> dict[str, str]:
    """Return the configuration of a shop whose every file is in `folder`."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "RAZORPAY_API_URL": simulator.public_url,
        "RAZORPAY_CHECKOUT_JS_URL": f"{simulator.public_url}/v1/checkout.js",
    }


def prepare(env: Mapping[str, str], database: Path) -> None:
    """Make database, demo shop and static files, the last beside the first two."""
    shutil.copyfile(migrated_file(), database)
    collect = [*MANAGE, "collectstatic", "--noinput", "--verbosity=0"]
    with subprocess.Popen(collect, cwd=ROOT, env={**os.environ, **env}) as collecting:
        manage(env, "load_demo_shop")
    assert collecting.returncode == 0


@contextmanager
def running_shop(folder: Path) -> Iterator[Shop]:
    """Run the whole shop until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        simulator = stack.enter_context(running_simulator(folder, webhook_url=f"{url}/webhooks/razorpay/"))
        env = environment(folder, port=port, simulator=simulator)
        prepare(env, folder / DATABASE)
        serve, worker = [[*MANAGE, name] for name in ("serve", "worker")]
        stack.enter_context(running(worker, log=folder / "worker.log", ready=lambda: True, env=env))
        stack.enter_context(running(serve, log=folder / "serve.log", ready=answers(f"{url}/health/ready/"), env=env))
        yield Shop(url=url, folder=folder, simulator=simulator, env=env)
