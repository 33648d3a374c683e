"""Races: many things at the same moment, and what must be true afterwards whoever was first.

Each takes a `Race`: a running shop with its pretend Razorpay, and the chance that a seed makes.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import requests
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.urls import reverse

from catalog.models import Stock, Variant
from checkout import gateway, reconciliation, refunds
from checkout.models import Order, Payment, RazorpayOrder
from tests.checkout import reports
from tests.checkout.admin.people import in_role
from tests.checkout.orders import ONCE_PAID, SKU, assert_books_hold, make_overdue, outcome
from tests.checkout.serving import TOKEN, Browser, Shop, at_once
from tests.factories import make_product
from tests.programs import Simulator
from tests.proofs import guards
from tests.proofs.forks import in_processes
from tests.proofs.scenes import leave_free

Call = Callable[[], requests.Response]


@dataclass
class Race:
    """One race: where it is run, by what chance, and whether this process's forks do without guards too."""

    shop: Shop
    simulator: Simulator
    seed: int
    is_unsafe: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10_000, 90_000)))

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.variant = Variant.objects.filter(sku=SKU).first() or make_product(SKU, on_hand=1)

    def buyers(self, count: int) -> list[Browser]:
        """Return so many shoppers, each with one car in the cart."""
        found = [Browser(self.shop, next(self.numbers)) for _number in range(count)]
        leave_free(self.variant, max(1, self.free))
        assert {buyer.add(SKU).status_code for buyer in found} == {200}
        return found

    def orders(self, count: int) -> list[tuple[Browser, Order]]:
        """Return so many open orders with their shoppers."""
        buyers = self.buyers(count)
        leave_free(self.variant, count)
        numbers = [buyer.check_out().json()["order"]["number"] for buyer in buyers]
        return [(buyer, Order.objects.get(number=number)) for buyer, number in zip(buyers, numbers, strict=True)]

    @property
    def free(self) -> int:
        """How many cars nobody holds."""
        return Stock.objects.get(variant=self.variant).available

    def run(self, calls: list[Call]) -> Counter[int]:
        """Make the calls in an order of chance, almost at once, and count the answers."""
        self.chance.shuffle(calls)
        waits = [self.chance.uniform(0, 0.01) for _call in calls]
        answers = Counter(at_once([_after(wait, call) for wait, call in zip(waits, calls, strict=True)]))
        assert max(answers) < 500, f"{answers}\n{self.shop.log.read_text()[-6_000:]}"
        return answers

    def assert_sound(self) -> None:
        """The books hold, and the server has not stumbled."""
        assert_books_hold()
        self.shop.assert_calm()


def _after(wait: float, call: Call) -> Callable[[], int]:
    def act() -> int:
        time.sleep(wait)
        return call().status_code

    return act


def last_unit(race: Race) -> None:
    """Twelve shoppers, some of them with two clicks, and one to three cars."""
    cars = race.chance.randint(1, 3)
    buyers = race.buyers(12)
    leave_free(race.variant, cars)
    clicks = [buyer.check_out for buyer in [*buyers, *race.chance.sample(buyers, 4)]]
    answers = race.run(clicks)
    assert answers[201] == cars, answers
    assert set(answers) <= {200, 201, 409}, answers
    assert race.free == 0
    race.assert_sound()


def one_webhook(race: Race) -> None:
    """One event fifty times, byte for byte and in other words, of a payment that is known already."""
    [(_buyer, order)] = race.orders(1)
    attempt = order.razorpay_orders.get()
    entity = reports.payment_entity(attempt, id=f"pay_{attempt.pk:014d}")
    known = reports.event("payment.authorized", payment={**entity, "status": "authorized"})
    assert race.shop.deliver(known).status_code == 200
    bodies = [reports.event("payment.captured", payment=entity)] * 25
    bodies += [
        reports.event(name, payment=entity, order=reports.order_entity(attempt), nonce={"n": number})
        for number, name in enumerate(race.chance.choices(["payment.captured", "order.paid"], k=25))
    ]
    answers = race.run([lambda body=body: race.shop.deliver(body) for body in bodies])  # type: ignore[misc]
    assert answers == {200: 50}
    assert outcome(order) == ONCE_PAID
    race.assert_sound()


def three_ways(race: Race) -> None:
    """The browser comes back, Razorpay reports and somebody asks, twice each, for four orders."""
    placed = race.orders(4)
    calls: list[Call] = []
    for buyer, order in placed:
        attempt = order.razorpay_orders.get()
        triple = reports.pay(race.simulator, str(attempt.razorpay_order_id))
        calls += [lambda b=buyer, t=triple: b.post("/payments/verify/", t)] * 2  # type: ignore[misc]
        calls += [lambda b=buyer, o=order: b.post(f"{o.get_absolute_url()}check/", {})] * 2  # type: ignore[misc]
        calls += [lambda body=body: race.shop.deliver(body) for body in _told(attempt, triple)]  # type: ignore[misc]
    answers = race.run(calls)
    assert answers == {200: 24}
    for _buyer, order in placed:
        assert outcome(order) == ONCE_PAID
    race.assert_sound()


def expiry(race: Race) -> None:
    """Money comes when the time of four orders is over and rivals want their cars."""
    placed = race.orders(4)
    rivals = race.buyers(2)
    leave_free(race.variant, 0)
    calls: list[Call] = [rival.check_out for rival in rivals]
    for buyer, order in placed:
        make_overdue(order)
        calls += [lambda b=buyer, o=order: b.post(f"{o.get_absolute_url()}check/", {})] * 2  # type: ignore[misc]
        attempt = order.razorpay_orders.get()
        calls.append(lambda attempt=attempt: _pay_and_tell(race, attempt))  # type: ignore[misc]
    answers = race.run(calls)
    assert set(answers) <= {200, 201, 409}, answers
    reconciliation.reconcile()
    for _buyer, order in placed:
        order.refresh_from_db()
        assert order.status in ("paid", "cancelled"), order.status
        assert order.status == "paid" or _went_back(order)
    assert sum(order.status == "paid" for _buyer, order in placed) == 4 - answers[201]
    race.assert_sound()


def refunds_at_once(race: Race) -> None:
    """Staff asks for more than there is in several processes, and the buyer cancels."""
    [(buyer, order)] = race.orders(1)
    attempt = order.razorpay_orders.get()
    triple = reports.pay(race.simulator, str(attempt.razorpay_order_id))
    assert buyer.post("/payments/verify/", triple).json()["status"] == "paid"
    payment = Payment.objects.get(fulfils=True, order=order)
    parts = [payment.amount // race.chance.randint(1, 3) for _process in range(6)]
    acts = [lambda part=part: _refund(race, payment.pk, part) for part in parts]
    results = in_processes(acts, beside=lambda: buyer.post(f"{order.get_absolute_url()}cancel/", {}))
    assert set(results) <= {"asked", "refused"}, results
    reconciliation.reconcile()
    # What the shop did not refuse, Razorpay did not have to refuse.
    assert not payment.refunds.filter(status="failed").exists()
    back = sum(payment.refunds.values_list("amount", flat=True))
    at_razorpay = sum(facts.amount for facts in gateway.fetch_payment_refunds(payment.razorpay_payment_id))
    assert back == at_razorpay <= payment.amount, (parts, back, at_razorpay)
    race.assert_sound()


def stock_edits(race: Race) -> None:
    """Somebody counts the shelf in the admin while eight shoppers check out."""
    buyers = race.buyers(8)
    leave_free(race.variant, 5)
    row = Stock.objects.get(variant=race.variant)
    before, admin = row.on_hand, _admin()
    deltas = [race.chance.choice([-2, -1, 1, 2]) for _edit in range(8)]
    taken: list[int] = []

    def edit(delta: int) -> requests.Response:
        answer = admin.post(
            f"{race.shop.url}{reverse('stock:adjust', args=[row.pk])}",
            data={"quantity": delta, "reason": "counted"},
            allow_redirects=False,
            timeout=60,
        )
        taken.extend([delta] if answer.status_code == 302 else [])
        return answer

    calls: list[Call] = [buyer.check_out for buyer in buyers]
    answers = race.run([*calls, *(lambda delta=delta: edit(delta) for delta in deltas)])
    assert set(answers) <= {201, 302, 409, 422}, answers
    row.refresh_from_db()
    assert row.on_hand == before + sum(taken)
    race.assert_sound()


RACES: dict[str, Callable[[Race], None]] = {
    "last unit": last_unit,
    "one webhook": one_webhook,
    "three ways": three_ways,
    "expiry": expiry,
    "refunds": refunds_at_once,
    "stock edits": stock_edits,
}


def _told(attempt: RazorpayOrder, triple: dict[str, str]) -> list[bytes]:
    entity = reports.payment_entity(attempt, id=triple["razorpay_payment_id"])
    return [
        reports.event("payment.captured", payment=entity),
        reports.event("order.paid", payment=entity, order=reports.order_entity(attempt)),
    ]


def _pay_and_tell(race: Race, attempt: RazorpayOrder) -> requests.Response:
    triple = reports.pay(race.simulator, str(attempt.razorpay_order_id))
    return race.shop.deliver(_told(attempt, triple)[0])


def _went_back(order: Order) -> bool:
    payment = order.payments.get(status="captured")
    return sum(payment.refunds.exclude(status="failed").values_list("amount", flat=True)) == payment.amount


def _refund(race: Race, payment_id: int, amount: int) -> str:
    if race.is_unsafe:
        guards.take_off(connections.databases)
    try:
        refund = refunds.request(payment_id=payment_id, amount=amount, reason="")
    except refunds.RefundRefused:
        return "refused"
    refunds.send(refund.pk)
    return "asked"


def _admin() -> requests.Session:
    client = Client()
    client.force_login(User.objects.filter(username="owner").first() or in_role("owner"))
    session = requests.Session()
    session.headers.update({"X-CSRFToken": TOKEN})
    session.cookies.update({"csrftoken": TOKEN, **{name: morsel.value for name, morsel in client.cookies.items()}})
    return session
