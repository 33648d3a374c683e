"""Buyers over HTTP: each lives one story of a purchase after the other, and goes on when a server dies under it."""

import itertools
import random
import threading
from collections.abc import Callable
from typing import Any

import requests

from tests.checkout import reports
from tests.checkout.serving import Browser, Shop
from tests.programs import Simulator
from tests.soaking.notebook import Notebook

# How buyers pay, and how many of a hundred do so.
WAYS = {
    "success": 50,
    "authorized": 10,
    "late": 8,
    "upi_retry": 6,
    "failure": 4,
    "failed, then paid": 8,
    "paid twice": 6,
    "not at all": 8,
}
MOST_TRIES = 150
BOUGHT = ("paid", "packed", "shipped", "delivered")
NUMBERS = itertools.count(1)


class GaveUp(Exception):
    """The buyer went away."""


class Buyer:
    """One who buys until `is_over`."""

    def __init__(
        self, name: str, seed: str, shop: Shop, simulator: Simulator, notebook: Notebook, is_over: threading.Event
    ) -> None:
        self.shop, self.simulator, self.notebook, self.is_over = shop, simulator, notebook, is_over
        self.chance = random.Random(f"{seed} {name}")
        self.browser = Browser(shop, next(NUMBERS))

    def live(self, skus: list[str]) -> None:
        """Buy until the time is over."""
        while not self.is_over.is_set():
            self.browser = Browser(self.shop, next(NUMBERS))
            try:
                self.buy(self.chance.choice(skus))
            except GaveUp:
                self.notebook.count("buyers who gave up")
            finally:
                self.browser.session.close()

    def buy(self, sku: str) -> None:
        """Live one story."""
        if self.ask(lambda: self.browser.add(sku), 200, 409).status_code != 200:
            return
        answer = self.ask(self.browser.check_out, 200, 201, 409)
        body = answer.json() if "json" in answer.headers["Content-Type"] else {}
        if "order" not in body:
            return
        order = body["order"]
        self.notebook.was_placed(order["number"], order["token"], order["total"])
        razorpay = body.get("razorpay") or self.opened(order)
        way = self.chance.choices(list(WAYS), list(WAYS.values()))[0]
        triple = self.pay(razorpay["order_id"], way)
        if triple["razorpay_signature"] and self.chance.random() < 0.6:
            self.verify(order, triple)
        if self.chance.random() < 0.3:
            self.look(order, self.ask(lambda: self.browser.post(f"/orders/{order['token']}/check/", {}), 200))
        self.wait_for(order, 8 if triple["razorpay_signature"] else 1)
        if self.chance.random() < 0.1:
            self.ask(lambda: self.browser.post(f"/orders/{order['token']}/cancel/", {}), 303)
            self.wait_for(order, 1)

    def opened(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return what opens Razorpay's window, for an order whose Razorpay order could not be made at once."""
        for _try in range(4):
            self.ask(lambda: self.browser.post(order["pay_url"], {}), 303)
            answer = self.ask(lambda: self.browser.session.get(self.shop.url + order["pay_url"], timeout=60), 200)
            if answer.status_code == 200 and (razorpay := answer.json()["razorpay"]):
                return dict(razorpay)
            self.is_over.wait(0.5)
        raise GaveUp

    def pay(self, order_id: str, way: str) -> dict[str, Any]:
        """Pay at Razorpay and return what its window hands to the browser; there is a signature if it was paid."""
        nothing = {"razorpay_signature": None}
        if way == "not at all":
            return nothing
        first = {"failed, then paid": "failure", "paid twice": "success"}.get(way, way)
        try:
            triple = self.simulator.control("pay", order_id=order_id, outcome=first, after_seconds=3)
            if way == "failed, then paid":
                triple = self.simulator.control("pay", order_id=order_id, outcome="success")
            elif way == "paid twice":
                second = self.chance.choice(["refunded", "captured"])
                self.simulator.control("pay", order_id=order_id, outcome="success", second=second)
        except requests.HTTPError:
            self.notebook.count("payments that Razorpay refused")
            return nothing
        self.notebook.count("payments made")
        return {name: triple.get(name) for name in reports.triple("", "")}

    def verify(self, order: dict[str, Any], triple: dict[str, str]) -> None:
        """Let the browser report the payment."""
        answer = self.ask(lambda: self.browser.post("/payments/verify/", triple), 200)
        if answer.status_code == 200 and answer.json()["status"] == "paid":
            self.notebook.saw(order["number"], "paid")
            self.notebook.count("payments confirmed by verify")

    def wait_for(self, order: dict[str, Any], looks: int) -> None:
        """Look at the order's status until it is paid, or as often as this."""
        for _look in range(looks):
            url = self.shop.url + order["status_url"]
            if self.look(order, self.ask(lambda url=url: self.browser.session.get(url, timeout=60), 200)):  # type: ignore[misc]
                return
            self.is_over.wait(0.3)

    def look(self, order: dict[str, Any], answer: requests.Response) -> bool:
        """Note the status that was answered; tell whether the order is bought."""
        status = answer.json()["status"] if answer.status_code == 200 else ""
        if status:
            self.notebook.saw(order["number"], status)
        return status in BOUGHT

    def ask(self, question: Callable[[], requests.Response], *allowed: int) -> requests.Response:
        """Ask until there is an answer. Raises GaveUp."""
        for _try in range(MOST_TRIES):
            try:
                answer = self.notebook.judge(question(), *allowed)
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                self.notebook.count("connections cut")
                self.is_over.wait(0.1)
                continue
            if answer.status_code == 503:
                self.notebook.count("answers 503")
            return answer
        raise GaveUp
