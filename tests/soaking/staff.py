"""Somebody in the admin who refunds, cancels and packs what was paid."""

import random
import threading

import requests
from django.conf import settings
from django.db import connection

from checkout.models import Order
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.serving import TOKEN, Shop
from tests.soaking.notebook import Notebook

PROMISES = ("is on its way back to the buyer", "is made as soon as it does")


class Staff:
    """The owner at a desk, until `is_over`."""

    def __init__(self, seed: str, shop: Shop, notebook: Notebook, is_over: threading.Event) -> None:
        self.shop, self.notebook, self.is_over = shop, notebook, is_over
        self.chance = random.Random(f"{seed} staff")
        self.session = requests.Session()
        self.session.cookies.set("csrftoken", TOKEN)
        name = settings.SESSION_COOKIE_NAME
        self.session.cookies.set(name, browser_of(in_role("owner")).cookies[name].value)

    def work(self) -> None:
        """Do something with a paid order, once or twice a second."""
        try:
            while not self.is_over.wait(self.chance.uniform(0.3, 0.8)):
                if numbers := self.notebook.paid():
                    self.act(self.chance.choice(numbers[-40:]))
        finally:
            self.session.close()
            connection.close()

    def act(self, number: str) -> None:
        """Refund a part, cancel or pack an order, and note what came of it."""
        pk = Order.objects.values_list("pk", flat=True).filter(number=number).first()
        act = self.chance.choices(["refund", "cancel", "pack"], [5, 2, 3])[0]
        amount = self.chance.randrange(100, 5_000)
        reason = f"{act} {amount} of {number} {self.chance.getrandbits(40):x}"
        data = {"csrfmiddlewaretoken": TOKEN, "reason": reason, "amount": f"{amount / 100:.2f}"}
        try:
            # What is lost on the way is not repeated: nobody promised anything.
            answer = self.session.post(f"{self.shop.url}/admin/orders/{act}/{pk}/", data=data, timeout=60)
            self.notebook.judge(answer, 200, 422)
            state = self.session.get(f"{self.shop.url}/orders/{self.notebook.tokens[number]}/status/", timeout=60)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            self.notebook.count("connections cut")
            return
        self.notebook.count("acts of staff")
        if act == "refund" and any(promise in answer.text for promise in PROMISES):
            self.notebook.was_refunded(reason, amount)
        if self.notebook.judge(state, 200).status_code == 200:
            self.notebook.saw(number, state.json()["status"])
