"""The worker: sends mail, catches up with Razorpay, makes AVIF pictures, publishes pages in time, keeps the search."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connections
from wagtail import hooks

from catalog import pictures
from catalog.search import index, log
from checkout import emails, refunds
from webhooks import catching_up, inbox
from webhooks.models import Heartbeat
from webhooks.pulse import WORKER

logger = logging.getLogger(__name__)

Job = Callable[[], object]
# Seconds that a job may spend on Razorpay before it lets the next one have its turn.
BUDGET = 20.0


def settle() -> None:
    """Settle a share of the orders whose time has come."""
    report = catching_up.settle_due(budget=BUDGET)
    if report.paid or report.expired or report.failed:
        logger.info("Settled: %s", report)


def search() -> None:
    """Look for money that nobody told the shop of."""
    with Heartbeat.turn("search", every=timedelta(minutes=5), lease=timedelta(minutes=10)) as is_mine:
        if is_mine:
            sweep = catching_up.search(budget=BUDGET)
            if sweep.found or sweep.failed:
                logger.info("Searched: %s payments found, %s calls failed", sweep.found, sweep.failed)


def publish_scheduled() -> None:
    """Publish and unpublish the pages whose time has come. Two at it would publish a page twice."""
    with Heartbeat.turn("publish", every=timedelta(seconds=55), lease=timedelta(minutes=10)) as is_mine:
        if is_mine:
            call_command("publish_scheduled", verbosity=0)


def make_pictures() -> None:
    """Make some of the AVIF pictures that are missing."""
    with Heartbeat.turn("pictures", every=timedelta(seconds=25), lease=timedelta(minutes=10)) as is_mine:
        if is_mine:
            pictures.make_missing(formats=("avif",), limit=10)


def keep_search() -> None:
    """Write what is missing in the search index, which is nothing as long as products are published one by one."""
    with Heartbeat.turn("index", every=timedelta(seconds=55), lease=timedelta(minutes=10)) as is_mine:
        if is_mine:
            index.catch_up()


def forget_searches() -> None:
    """Forget what was searched for long ago."""
    with Heartbeat.turn("searches", every=timedelta(days=1), lease=timedelta(minutes=10)) as is_mine:
        if is_mine:
            log.forget()


# Lanes run beside each other, so that a mail server that hangs keeps nobody from paying.
LANES: dict[str, list[tuple[float, Job]]] = {
    "mail": [(30, emails.remind), (30, emails.tell_of_slow_refunds), (2, emails.send_waiting)],
    "events": [(5, inbox.apply_waiting)],
    "orders": [(10, settle)],
    "money": [(5, refunds.send_waiting), (30, search)],
    "pages": [(30, publish_scheduled), (30, make_pictures), (30, keep_search), (600, forget_searches)],
    "heart": [(20, lambda: Heartbeat.beat(WORKER))],
}


def lanes() -> dict[str, list[tuple[float, Job]]]:
    """Return all jobs: those above, and those that rooms beside this one add by the hook `register_worker_job`."""
    found = {name: list(jobs) for name, jobs in LANES.items()}
    for register in hooks.get_hooks("register_worker_job"):
        name, pace, job = register()
        found.setdefault(name, []).append((pace, job))
    return found


class Command(BaseCommand):
    """Run the jobs, each at its own pace, until told to stop. What is to do is in rows, so a kill loses nothing."""

    help = (
        "Sends what waits in the outbox, catches up with Razorpay, makes AVIF pictures, publishes scheduled pages, and "
        "keeps the search index complete. "
        "Any number may run, on any number of machines, against one PostgreSQL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --once."""
        parser.add_argument("--once", action="store_true", help="run every job once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or Ctrl-C."""
        if options["once"]:
            for lane in lanes().values():
                for _pace, job in lane:
                    run(job)
            return
        stop, stopping = threading.Event(), {signal.SIGTERM, signal.SIGINT}
        # Blocked before any thread starts, and for all of them: a handler would only run once this thread runs again,
        # and a signal that comes just before it begins to wait would not wake it.
        signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
        walkers = [threading.Thread(target=walk, args=(jobs, stop), name=name) for name, jobs in lanes().items()]
        for walker in walkers:
            walker.start()
        self.stdout.write("The worker is running.")
        signal.sigwait(stopping)
        stop.set()
        for walker in walkers:
            walker.join()


def walk(jobs: list[tuple[float, Job]], stop: threading.Event) -> None:
    """Run the jobs of one lane, each at its own pace, until told to stop."""
    due = [0.0 for _pace, _job in jobs]
    while not stop.is_set():
        for place, (pace, job) in enumerate(jobs):
            if time.monotonic() >= due[place] and not stop.is_set():
                run(job)
                due[place] = time.monotonic() + pace
        stop.wait(1)
    connections.close_all()


def run(job: Job) -> None:
    """Run one job; a failure is logged and the next job runs all the same."""
    close_old_connections()
    try:
        job()
    except Exception:
        logger.exception("A job of the worker failed; it runs again at its next time")
