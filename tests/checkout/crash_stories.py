"""Stories of money that a crash may interrupt anywhere.

A story begins with what it finds and then happens. Whoever takes part in it does the same once more after a crash, as
people and Razorpay do who got no answer: `happen` may be called again and again.
"""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import suppress
from io import StringIO

import requests
from django.core.management import call_command
from django.utils import timezone

from catalog.models import Variant
from checkout import attempts, emails, gateway, orders, payments, refunds
from checkout.models import Order, Payment, RazorpayOrder, Refund
from tests.checkout import reports
from tests.checkout.orders import SKU, cart_with, make_overdue, place
from tests.factories import Buyer
from tests.programs import Simulator
from tests.proofs.scenes import leave_free
from webhooks import inbox
from webhooks.models import WebhookEvent

Act = Callable[[], object]


def reconcile() -> None:
    """Make a pass over everything, whoever has claimed it."""
    call_command("reconcile", stdout=StringIO())


def work() -> None:
    """Do each job of the worker once."""
    call_command("worker", "--once", stdout=StringIO())


class Story:
    """What there is before, and what happens then."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.begin()

    def begin(self) -> None:
        """Let there be what the story begins with."""

    def happen(self) -> None:
        """Let it happen, or what is left of it."""

    def opened(self) -> RazorpayOrder:
        """Return the open attempt of a new order."""
        return attempts.open_payment(place(cart_with(Variant.objects.get(sku=SKU))))

    def pay(self, attempt: RazorpayOrder, outcome: str = "success") -> dict[str, str]:
        """Pay at Razorpay, once, and return what its window hands to the browser."""
        order_id = str(attempt.razorpay_order_id)
        try:
            return reports.pay(self.simulator, order_id, outcome)
        except requests.HTTPError:
            [facts] = gateway.fetch_order_payments(order_id)
            return reports.triple(order_id, facts.payment_id)

    def bought(self) -> Payment:
        """Return the payment of a new order that is paid."""
        values = self.pay(self.opened())
        payments.verify(**{name.removeprefix("razorpay_"): value for name, value in values.items()})
        return Payment.objects.get(razorpay_payment_id=values["razorpay_payment_id"])

    def be_told(self, *events: str) -> None:
        """Let Razorpay's own reports of these names come, each event once more whenever this is called."""
        for event in self.simulator.events():
            if event["event"] in events:
                reports.deliver(json.dumps(event["body"]).encode(), event_id=event["event_id"])


class Buy(Story):
    """From the checkout to the mail, with every report that Razorpay and the browser make."""

    def begin(self) -> None:
        self.buyer = Buyer()
        self.buyer.add(SKU, 2)

    def happen(self) -> None:
        self.buyer.check_out()
        self.buyer.client.post("/payments/verify/", self.pay(RazorpayOrder.objects.get()))
        self.be_told("payment.captured", "order.paid")
        emails.send_waiting()


class BeTold(Story):
    """Paid, and the webhook is the only one to tell."""

    def begin(self) -> None:
        self.pay(self.opened())

    def happen(self) -> None:
        self.be_told("payment.captured")


class CatchUp(Story):
    """Paid but only authorized, and nobody told the shop."""

    def begin(self) -> None:
        self.pay(self.opened(), "authorized")

    def happen(self) -> None:
        reconcile()


class GiveUp(Story):
    """The time of an unpaid order is over."""

    def begin(self) -> None:
        make_overdue(self.opened().order)

    def happen(self) -> None:
        reconcile()


class GiveBack(Story):
    """Staff gives a part of the money back, and the car to the shelf."""

    def begin(self) -> None:
        self.payment = self.bought()

    def happen(self) -> None:
        lines = {line.pk: line.quantity for line in Order.objects.get().lines.all()}
        seen, part = self.payment.amount, self.payment.amount // 2
        with suppress(refunds.RefundRefused):
            refunds.request(
                payment_id=self.payment.pk, amount=part, reason="a dent", lines=lines, restock=True, seen_left=seen
            )
        refunds.send(Refund.objects.get().pk)
        self.be_told("refund.processed")
        emails.send_waiting()


class Cancel(Story):
    """The buyer cancels what was paid."""

    def begin(self) -> None:
        self.bought()
        self.buyer = Buyer()

    def happen(self) -> None:
        self.buyer.client.post(f"/orders/{Order.objects.get().token}/cancel/")
        refunds.send_waiting()
        self.be_told("refund.processed")
        emails.send_waiting()


class PayTooLate(Story):
    """The money comes when the order has expired and its car is gone: the shop gives it back."""

    def begin(self) -> None:
        attempt = self.opened()
        make_overdue(attempt.order)
        orders.expire(attempt.order.pk, now=timezone.now())
        leave_free(Variant.objects.get(sku=SKU), 0)
        self.pay(attempt)

    def happen(self) -> None:
        self.be_told("payment.captured")
        refunds.send_waiting()
        self.be_told("refund.processed")
        emails.send_waiting()


class LoseDispute(Story):
    """A buyer's bank takes the money back: the dispute opens and is lost."""

    def begin(self) -> None:
        payment_id = self.bought().razorpay_payment_id
        dispute = self.simulator.control("dispute", payment_id=payment_id)
        self.simulator.control("move_dispute", dispute_id=dispute["id"], status="lost")

    def happen(self) -> None:
        self.be_told("payment.dispute.created", "payment.dispute.lost")


class Work(Story):
    """The worker finds something to do for each of its jobs: mails, a report, two orders, a refund."""

    def begin(self) -> None:
        refunds.request(payment_id=self.bought().pk, amount=100, reason="a dent")
        self.pay(self.opened())
        make_overdue(self.opened().order)
        told = self.opened()
        entity = reports.payment_entity(told, id=self.pay(told)["razorpay_payment_id"])
        inbox.store(reports.event("payment.captured", payment=entity), "")
        # A worker leaves the youngest orders to their buyers' browsers, and reports to the request that stored them.
        Order.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
        WebhookEvent.objects.update(claimed_until=None)

    def happen(self) -> None:
        work()


STORIES = [Buy, BeTold, CatchUp, GiveUp, GiveBack, Cancel, PayTooLate, LoseDispute, Work]
