"""The worker: every job at its pace, one process at a time where two would clash, and an end when told.

Seen to fail: without `Heartbeat.turn` four workers publish a page up to four times; with all jobs in one lane a mail
server that hangs keeps paid orders waiting.
"""

import datetime as dt
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import PageLogEntry

from checkout.models import Order, OutboxEmail
from home.models import ContentPage, HomePage
from tests.checkout import reports
from tests.checkout.mailserver import MailServer
from tests.checkout.orders import ONCE_PAID, SKU, ordered, outcome
from tests.checkout.reports import event, payment_entity
from tests.checkout.serving import environment
from tests.factories import Buyer, make_product, make_shop
from tests.programs import MANAGE, Simulator, running, wait_until
from tests.webhooks.test_workers import crew
from webhooks import inbox, pulse
from webhooks.management.commands import worker
from webhooks.models import Heartbeat, WebhookEvent

pytestmark = pytest.mark.django_db
EVERY, LEASE = dt.timedelta(minutes=1), dt.timedelta(minutes=10)


@pytest.mark.django_db(transaction=True)
def test_each_job_is_done(simulator: Simulator) -> None:
    make_product(SKU)
    order, body = Buyer().buy(SKU)
    reports.pay(simulator, body["razorpay"]["order_id"])
    Order.objects.update(created_at=timezone.now() - dt.timedelta(minutes=3))
    for _time in range(2):
        call_command("worker", "--once")
    assert outcome(order) == ONCE_PAID
    assert len(mail.outbox) == 1
    ages = Heartbeat.ages()
    names = "far_sweep index pictures publish reconcile search searches sweep worker"
    assert set(ages) == set(names.split())
    assert max(ages.values()) < 60


def test_a_job_that_fails_is_logged_and_the_next_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    stop, done = threading.Event(), list[int]()

    def last() -> None:
        done.append(1)
        stop.set()

    lane = threading.Thread(target=worker.walk, args=([(60, lambda: 1 / 0), (60, last)], stop))
    lane.start()
    lane.join(30)
    assert done == [1]
    assert "ZeroDivisionError" in caplog.text


def turns(count: int = 1) -> list[bool]:
    """Take turns at a job and tell which of them were granted."""
    found = []
    for _number in range(count):
        with Heartbeat.turn("sweep", every=EVERY, lease=LEASE) as is_mine:
            found.append(is_mine)
    return found


def test_a_job_has_one_turn_each_time() -> None:
    assert turns(3) == [True, False, False]
    Heartbeat.objects.update(at=timezone.now() - EVERY)
    assert turns(2) == [True, False]


def test_a_job_of_a_killed_process_waits_for_the_lease() -> None:
    turns()
    Heartbeat.objects.update(at=timezone.now() - EVERY, claimed_until=timezone.now() + dt.timedelta(minutes=9))
    assert turns() == [False]
    Heartbeat.objects.update(claimed_until=timezone.now())
    assert turns() == [True]


@pytest.mark.covers("G10")
def test_a_clock_that_was_set_back_stops_no_job() -> None:
    turns()
    Heartbeat.objects.update(at=timezone.now() + dt.timedelta(days=900))
    assert turns(2) == [True, False]


def test_a_job_that_fails_has_had_its_turn() -> None:
    with pytest.raises(ZeroDivisionError), Heartbeat.turn("sweep", every=EVERY, lease=LEASE):
        1 / 0  # noqa: B018 - the error is the point.
    assert turns() == [False]


@pytest.mark.django_db(transaction=True)
def test_workers_that_publish_at_once_publish_each_page_once() -> None:
    past = timezone.now() - dt.timedelta(minutes=1)
    make_shop()
    home = HomePage.objects.get()
    pages = [home.add_child(instance=ContentPage(title=f"Page {number}", slug=f"page-{number}")) for number in range(5)]
    for page in pages:
        page.unpublish()
        page.go_live_at = past
        page.save_revision(approved_go_live_at=past)
    barrier = threading.Barrier(4)

    def publish(_number: int) -> None:
        try:
            barrier.wait(30)
            worker.publish_scheduled()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(publish, range(4)))
    entries = PageLogEntry.objects.filter(action="wagtail.publish.scheduled")
    assert Counter(entries.values_list("page_id", flat=True)) == {page.pk: 1 for page in pages}


@pytest.mark.slow
@pytest.mark.covers("K11")
@pytest.mark.django_db(transaction=True)
def test_a_worker_ends_when_told(tmp_path: Path, simulator: Simulator) -> None:
    def is_alive() -> bool:
        return Heartbeat.objects.filter(name=pulse.WORKER).exists()

    with running([*MANAGE, "worker"], log=tmp_path / "log", ready=is_alive, env=environment(simulator)) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.slow
@pytest.mark.covers("K14")
@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_keeps_no_event_waiting(tmp_path: Path, simulator: Simulator) -> None:
    attempt = ordered()
    OutboxEmail.objects.create(order=ordered().order, kind="paid")
    asked, answered = threading.Event(), threading.Event()

    def hang(_sender: str) -> None:
        asked.set()
        answered.wait(60)

    with MailServer() as server:
        server.before = hang
        with crew(tmp_path, simulator, server, count=1):
            assert asked.wait(60)
            inbox.store(event("payment.captured", payment=payment_entity(attempt)), "")
            WebhookEvent.objects.update(claimed_until=None)
            wait_until(lambda: outcome(attempt.order) == ONCE_PAID, "the event is applied")
            assert server.accepted == []
            answered.set()
