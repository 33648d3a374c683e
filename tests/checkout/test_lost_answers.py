"""Each call to Razorpay, gone wrong in each way, once and for as long as it takes: done once in the end, or waiting.

A story goes from the checkout to the paid (or refunded) order. While one call of it goes wrong, everything is tried
twice; then Razorpay is well again, and one more try and one pass of reconciliation must end it. The buyer never sees
more than "try again".

The controls, as they were seen: without the look-up by receipt an effect whose answer is lost leaves two Razorpay
orders; without the key in the header it leaves two refunds; with the error not caught in `verify` the buyer gets a 500.
"""

import itertools
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from checkout import finding, gateway, refunds
from checkout.models import AttentionCase, Order, Payment, Refund
from razorpay_simulator.faults import CALL_KINDS
from tests import effort
from tests.checkout import reports
from tests.checkout.orders import ONCE_PAID, SKU, assert_books_hold, outcome, receipts_at_razorpay, stock_of
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Story = Callable[[Simulator, Callable[[], None]], None]
# A right answer that only comes late enough to be missed, and the ways of an address that leads nowhere.
SECONDS = 0.4
NOWHERE = {"refused": "http://127.0.0.1:9", "no such host": "http://no-such-host.invalid"}


@pytest.fixture(autouse=True)
def _impatient(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RAZORPAY_TIMEOUT = 0.3
    settings.RATELIMIT_ENABLE = False
    monkeypatch.setattr(finding, "PAUSES", (0.0,) * len(finding.PAUSES))


def reconcile() -> None:
    """Let a pass of reconciliation ask about everything that waits. Raises CommandError when it had no answer."""
    Refund.objects.update(next_try_at=timezone.now())
    Order.objects.update(checked_at=None)
    call_command("reconcile")


def try_to_reconcile() -> None:
    """The same, while Razorpay misbehaves."""
    with suppress(CommandError):
        reconcile()


def buy(simulator: Simulator, recover: Callable[[], None], *, pay: str = "success", tells: bool = True) -> None:
    """Check out, pay, and let the browser tell of it."""
    make_product(SKU)
    buyer = Buyer()
    buyer.add(SKU)
    for _try in range(2):
        assert buyer.check_out().status_code in (201, 200, 503)
    order = Order.objects.get()
    for _try in range(2):
        assert buyer.client.post(f"/orders/{order.token}/pay/").status_code == 303
    if not order.razorpay_orders.exclude(razorpay_order_id=None).exists():
        recover()
        buyer.client.post(f"/orders/{order.token}/pay/")
    triple = reports.pay(simulator, order.razorpay_orders.get().razorpay_order_id or "", pay)
    for _try in range(2):
        if tells:
            assert buyer.client.post("/payments/verify/", triple).json()["status"] in ("paid", "confirming")
        assert (
            buyer.client.post(f"/orders/{order.token}/check/", headers={"accept": "application/json"}).status_code
            == 200
        )
        try_to_reconcile()
    recover()
    reconcile()
    assert outcome(order) == ONCE_PAID
    assert stock_of() == (9, 0)
    assert [payment["status"] for payment in gateway._client().payment.all()["items"]] == ["captured"]
    assert receipts_at_razorpay() == [f"{order.number}-1"]


def buy_on_approval(simulator: Simulator, recover: Callable[[], None]) -> None:
    """The same, with a payment that must be captured."""
    buy(simulator, recover, pay="authorized")


def buy_in_silence(simulator: Simulator, recover: Callable[[], None]) -> None:
    """The same, with a browser that never comes back."""
    buy(simulator, recover, tells=False)


def find_money(simulator: Simulator, recover: Callable[[], None]) -> None:
    """Money without an order is found in the list."""
    foreign = gateway.create_order(amount=5_000, receipt="somebody else's", notes={})
    paid = reports.pay(simulator, foreign.order_id)
    for _try in range(2):
        try_to_reconcile()
    recover()
    reconcile()
    assert Payment.objects.get().razorpay_payment_id == paid["razorpay_payment_id"]
    assert AttentionCase.objects.get().payment == Payment.objects.get()


def give_back(simulator: Simulator, recover: Callable[[], None]) -> None:
    """A refund of a paid order."""
    make_product(SKU)
    buyer = Buyer()
    order, body = buyer.buy(SKU)
    buyer.client.post("/payments/verify/", reports.pay(simulator, body["razorpay"]["order_id"]))
    payment = Payment.objects.get()
    refund = refunds.request(payment_id=payment.pk, amount=5_000, reason="a dent")
    for _try in range(2):
        refunds.send(refund.pk)
        try_to_reconcile()
    recover()
    reconcile()
    refund.refresh_from_db()
    assert refund.status == "processed"
    assert [item["amount"] for item in gateway._client().refund.all()["items"]] == [5_000]
    assert refunds.refundable(payment) == order.total - 5_000


STORIES: dict[str, Story] = {
    "POST /v1/orders": buy,
    "GET /v1/orders": buy,
    "GET /v1/orders/:id": buy,
    "GET /v1/payments/:id": buy,
    "GET /v1/orders/:id/payments": buy_in_silence,
    "POST /v1/payments/:id/capture": buy_on_approval,
    "GET /v1/payments": find_money,
    "POST /v1/payments/:id/refund": give_back,
}


# Once, or until Razorpay is well again (0). A seventh of all, each call and each kind among them, is enough for CI.
CASES = [
    (call, kind, times)
    for place, (call, kind, times) in enumerate(itertools.product(STORIES, CALL_KINDS, (1, 0)))
    if effort.IS_FULL or place % 7 == 0
]


@pytest.mark.covers("B1", "B2", "B8", "D10", "F2", "F3", "I3", "I5", "L3")
@pytest.mark.parametrize(("call", "kind", "times"), CASES)
def test_a_call_goes_wrong(call: str, kind: str, times: int, simulator: Simulator, settings: Settings) -> None:
    if call == "GET /v1/orders":
        # It is only asked after an answer that was lost.
        simulator.control("faults", on="POST /v1/orders", kind="reset_after", times=1)
    simulator.control("faults", on=call, kind=kind, times=times, seconds=SECONDS)

    def recover() -> None:
        simulator.control("clear_faults")
        settings.RAZORPAY_TIMEOUT = 8.0

    STORIES[call](simulator, recover)
    assert_books_hold()
    effort.count("stories")


@pytest.mark.covers("B10")
@pytest.mark.parametrize("address", NOWHERE)
@pytest.mark.parametrize("story", [buy, buy_on_approval, buy_in_silence], ids=lambda story: story.__name__)
def test_razorpay_cannot_be_found(story: Story, address: str, simulator: Simulator, settings: Settings) -> None:
    there, settings.RAZORPAY_API_URL = settings.RAZORPAY_API_URL, NOWHERE[address]

    def recover() -> None:
        settings.RAZORPAY_API_URL = there

    story(simulator, recover)
    assert_books_hold()
