"""kill -9 at every step of a story, and once more while the shop recovers: nothing is lost and nothing done twice.

The controls, as they were seen: without looking a receipt up, a kill between the answer and our COMMIT leaves
two Razorpay orders for one of ours; with another key at each call, a kill after the call doubles the refund; with a
mail noted as sent before it is, a kill in between loses it; with `inbox.replay` noting an event as applied before it
applies it, only the second kill, within `reconcile`, loses a case.
"""

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Stock, StockMovement
from checkout import emails, finding, refunds
from checkout.models import AttentionCase, Dispute, InvoiceSeries, LedgerEntry, Order, OutboxEmail, Payment, Refund
from checkout.models.attention import CaseKind
from tests import effort
from tests.checkout.crash_stories import STORIES, Act, Story, reconcile, work
from tests.checkout.crashing import leaves_something, steps_of
from tests.checkout.mailserver import MailServer
from tests.checkout.orders import SKU, assert_books_hold, assert_razorpay_agrees
from tests.clock import Clock
from tests.factories import make_product
from tests.programs import Simulator
from tests.template import Restore, kept_database
from webhooks import catching_up
from webhooks.models import WebhookEvent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.timeout(0 if effort.IS_FULL else 1_000),
]
# Both ways in which the shop catches up. Only the first one passes over the claims of those who were killed.
RESCUES: list[Act] = [reconcile, work]
# Longer than a claim and than any pause before something is tried again; shorter than an order has to be paid.
LATER = {"minutes": 7}
SHOP: list[tuple[Any, list[str]]] = [
    (Order.objects, ["number", "status", "invoice_number"]),
    (Payment.objects, ["order__number", "amount", "fulfils"]),
    (Refund.objects, ["payment__order__number", "origin", "amount", "status", "credit_note_number"]),
    (LedgerEntry.objects, ["payment__order__number", "kind", "amount"]),
    (OutboxEmail.objects, ["order__number", "kind"]),
    (Stock.objects, ["on_hand", "reserved"]),
    (StockMovement.objects, ["kind", "on_hand_delta", "reserved_delta", "reference"]),
    (Dispute.objects, ["status", "amount_deducted"]),
    # Whoever asks when a dispute is over never saw it open.
    (AttentionCase.objects.exclude(kind=CaseKind.DISPUTE_OPEN, closed_at__isnull=False), ["kind", "resolution"]),
    (InvoiceSeries.objects, ["prefix", "last_number"]),
    (WebhookEvent.objects, ["event"]),
]


class Lives:
    """One story, lived again and again, each time from the same beginning and with another end."""

    def __init__(self, story: type[Story], simulator: Simulator, restore: Restore, mail: MailServer) -> None:
        self.story, self.simulator, self.restore, self.mail = story, simulator, restore, mail
        self.patch = pytest.MonkeyPatch()

    def unharmed(self) -> list[str]:
        """Live without an accident, keep what the shop and its buyers have at the end, and return the steps."""
        self.begin().happen()
        self.go_on()
        self.shop, self.mails = everything(), Counter(self.taken())
        assert_books_hold()
        assert set(self.mails.values()) <= {1}
        return steps_of(self.begin().happen)

    def harmed(self, step: int, rescue: Act, again: int = 0) -> None:
        """Die at `step`, and at the step `again` of the rescue (if not 0); be rescued, go on, and end as if unharmed.

        `was_killed_again` tells whether the rescue had so many steps.
        """
        story = self.begin()
        assert not steps_of(story.happen, until=step), "it was not killed"
        unsure, before = self.unsure(), len(self.mail.accepted)
        self.clock.move(**LATER)
        self.was_killed_again = bool(again) and not steps_of(rescue, until=again)
        if self.was_killed_again:
            unsure += self.unsure(before)
            self.clock.move(**LATER)
        rescue()
        assert_books_hold()
        assert_razorpay_agrees()
        story.happen()
        self.go_on()
        assert_razorpay_agrees()
        assert everything() == self.shop
        assert Counter(self.taken()) == self.mails + unsure
        effort.count("kills", 1 + self.was_killed_again)

    def begin(self) -> Story:
        """Forget what was, and let there be what the story begins with."""
        self.restore()
        self.simulator.control("reset")
        self.mail.accepted.clear()
        self.patch.undo()
        # It stands still, so that each life has the same steps, and later than anything that Razorpay dates.
        self.clock = Clock(self.patch, timezone.now() + dt.timedelta(minutes=1))
        return self.story(self.simulator)

    def go_on(self) -> None:
        """Let a worker do what is left: a fee that was told after its payment is found by the search alone."""
        self.clock.move(**LATER)
        catching_up.search(budget=60)
        refunds.send_waiting()
        emails.send_waiting()

    def unsure(self, before: int = 0) -> Counter[str]:
        """Return the mails that the server took, after those many, and the shop does not know it: they go out again."""
        waiting = [emails.compose(mail) for mail in OutboxEmail.objects.filter(sent_at=None)]
        names = {plain(message.extra_headers["Message-ID"].strip("<>")) for message in waiting}
        return Counter(names & set(self.taken(before)))

    def taken(self, before: int = 0) -> list[str]:
        """Return the mails that the server took after those many."""
        return [plain(name) for name in self.mail.accepted[before:]]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return what the shop has come to, without times and the ids of Razorpay."""
    return {
        rows.model.__name__: sorted((tuple(map(plain, row)) for row in rows.values_list(*names)), key=repr)
        for rows, names in SHOP
    }


def plain(value: Any) -> Any:
    """Return a value with no number that comes from a row: what is rolled back leaves a gap in PostgreSQL's."""
    if not isinstance(value, str):
        return value
    for place, number in enumerate(Order.objects.order_by("pk").values_list("number", flat=True), 1):
        value = value.replace(number, f"order {place}")
    return re.sub(r"\d*@.*", "", value)


@pytest.fixture
def lives(
    request: pytest.FixtureRequest, simulator: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lives]:
    """Let a story be lived in a shop that has something to sell and a mail server."""
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.RAZORPAY_TIMEOUT = 8
    monkeypatch.setattr(finding, "PAUSES", (0.0,) * len(finding.PAUSES))
    # A process that is killed leaves to the disk what it wrote: waiting for the disk would only take time.
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        monkeypatch.setitem(options, "init_command", options["init_command"].replace("FULL", "OFF"))
        connection.close()
    make_product(SKU)
    # Where Razorpay's lists have been read, the next pass is shorter.
    reconcile()
    with MailServer() as mail, kept_database("before_the_crash") as restore:
        settings.EMAIL_PORT = mail.port
        found = Lives(request.param, simulator, restore, mail)
        yield found
        found.patch.undo()


def chosen(steps: list[str]) -> list[int]:
    """Return at which steps to kill, counted from 1: at all in a proof, else at a sample.

    With SQLite the sample has each step that leaves something behind, once if several look the same. The others end as
    the one before them, as long as a transaction is one: of those it has few.
    """
    numbers = range(1, len(steps) + 1)
    if effort.IS_FULL:
        return list(numbers)
    is_sqlite = connection.vendor == "sqlite"
    sample = {number for number in numbers if number % (40 if is_sqlite else 8) == 0}
    if is_sqlite:
        # A COMMIT is known by what was written before it.
        kinds = {tuple(steps[:number][-3:]): number for number in numbers if leaves_something(steps[number - 1])}
        sample.update(kinds.values())
    return sorted(sample)


def plan(lives: Lives, step: int, name: str) -> Iterator[tuple[Act, int]]:
    """Yield by what to be rescued from a kill at `step`, and the step at which that is killed (0: it is not).

    A proof tries both rescues, and each 20th step of one, beginning elsewhere for each `step`. What Razorpay has done
    and nobody knows, each rescue finds in a way of its own: there the sample has both.
    """
    rescue = RESCUES[step % 2]
    if not effort.IS_FULL:
        yield rescue, 1 + step * 7 % 25 if step % 3 else 0
        if name.startswith("after POST"):
            yield RESCUES[1 - step % 2], 0
        return
    yield from ((each, 0) for each in RESCUES)
    for again in itertools.count(1 + step // 2 % 20, 20):
        yield rescue, again
        if not lives.was_killed_again:
            return


@pytest.mark.covers("A8", "A9", "B2", "E17", "G5", "G7", "I4", "I20", "J2", "K11")
@pytest.mark.parametrize("lives", STORIES, indirect=True, ids=lambda story: story.__name__)
def test_a_kill_at_any_step_loses_and_doubles_nothing(lives: Lives) -> None:
    steps = lives.unharmed()
    for step in chosen(steps):
        for rescue, again in plan(lives, step, steps[step - 1]):
            try:
                lives.harmed(step, rescue, again)
            except BaseException as error:
                name = rescue.__name__
                error.add_note(f"killed at step {step} ({steps[step - 1]}), and {name} at {again or 'none'}")
                raise
