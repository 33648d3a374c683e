"""After the faults and kills: everything that is on its way arrives, and the shop catches up until nothing is left."""

import datetime as dt
import os
from contextlib import suppress

from django.core.management import CommandError, call_command
from django.utils import timezone

from checkout import emails
from checkout.models import Order, OutboxEmail, RazorpayOrder, Refund
from tests.programs import Simulator, wait_until
from webhooks import inbox
from webhooks.models import WebhookEvent

# The longest pause between two tries of the pretend Razorpay, and some more.
LONGEST_PAUSE = 310
MOST_PASSES = 10


def deliver_all(simulator: Simulator) -> None:
    """Let the pretend Razorpay deliver every webhook that it has not dropped."""

    def is_idle() -> bool:
        states = [event["state"] for event in simulator.events()]
        if "pending" in states:
            simulator.control("clock", advance=LONGEST_PAUSE)
        return "pending" not in states

    simulator.control("clock", advance=LONGEST_PAUSE)
    wait_until(is_idle, "every webhook is delivered")


def catch_up() -> None:
    """Reconcile until the shop waits for nothing, and once more, since a pass looks at payments before it refunds them.

    Raises AssertionError when it still waits after many passes.
    """
    for _number in range(MOST_PASSES):
        was_quiet = not any(waiting().values())
        let_time_pass()
        with suppress(CommandError), open(os.devnull, "w") as nowhere:  # noqa: PTH123 - what it says is not read.
            call_command("reconcile", stdout=nowhere)
        while emails.send_waiting():
            pass
        if was_quiet and not any(waiting().values()):
            return
    raise AssertionError(f"still waiting after {MOST_PASSES} passes: {waiting()}")


def waiting() -> dict[str, int]:
    """Return how many rows of each kind wait for something."""
    return {
        "orders": Order.objects.filter(status="pending").count(),
        "refunds": Refund.objects.filter(status__in=["requested", "pending"]).count(),
        "mails": OutboxEmail.objects.filter(sent_at=None).count(),
        "events": inbox.waiting().count(),
    }


def let_time_pass() -> None:
    """Let the hour pass in which buyers may pay, claims of killed processes run out, and pauses end."""
    now, ago = timezone.now(), timezone.now() - dt.timedelta(hours=1)
    Order.objects.filter(status="pending").update(expires_at=ago, checked_at=None)
    for model in (Order, RazorpayOrder, Refund, OutboxEmail, WebhookEvent):
        model._default_manager.filter(claimed_until__gt=now).update(claimed_until=now)
    for row in (Refund, OutboxEmail, WebhookEvent):
        row._default_manager.filter(next_try_at__gt=now).update(next_try_at=now)
    Refund.objects.filter(status="pending").update(updated_at=ago)
