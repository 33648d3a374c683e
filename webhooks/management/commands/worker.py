"""The worker: sends mail, catches up with Razorpay, makes AVIF pictures, publishes scheduled pages."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from catalog import pictures
from checkout import emails, reconciliation, refunds
from webhooks import inbox
from webhooks.models import Heartbeat

logger = logging.getLogger(__name__)

# The browser of a buyer who is paying right now does the asking itself.
LEAVE_TO_BROWSER = timedelta(minutes=2)
LATE_PAUSE = timedelta(minutes=30)


def catch_up() -> None:
    """Run one pass of reconciliation that leaves the youngest orders to the browser."""
    report = reconciliation.reconcile(minimum_age=LEAVE_TO_BROWSER, late_pause=LATE_PAUSE, since=None)
    Heartbeat.beat("reconcile")
    if report.paid or report.expired or report.found_money or report.failed:
        logger.info("Reconciled: %s", report)


def publish_scheduled() -> None:
    """Publish and unpublish the pages whose time has come."""
    call_command("publish_scheduled", verbosity=0)


JOBS: list[tuple[float, Callable[[], object]]] = [
    (2, emails.send_waiting),
    (5, inbox.apply_waiting),
    (5, refunds.send_waiting),
    (60, catch_up),
    (60, publish_scheduled),
    (30, lambda: pictures.make_missing(formats=("avif",), limit=10)),
    (20, lambda: Heartbeat.beat("worker")),
]


class Command(BaseCommand):
    """Run the jobs, each at its own pace, until told to stop. What is to do is in rows, so a kill loses nothing."""

    help = "Sends what waits in the outbox, reconciles every minute, makes AVIF pictures, publishes scheduled pages."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --once."""
        parser.add_argument("--once", action="store_true", help="run every job once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or Ctrl-C."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        self.stdout.write("The worker is running.")
        due = [0.0 for _pace, _job in JOBS]
        while not stop.is_set():
            for place, (pace, job) in enumerate(JOBS):
                if time.monotonic() >= due[place] and not stop.is_set():
                    run(job)
                    due[place] = time.monotonic() + pace
            if options["once"]:
                return
            stop.wait(1)


def run(job: Callable[[], object]) -> None:
    """Run one job; a failure is logged and the next job runs all the same."""
    close_old_connections()
    try:
        job()
    except Exception:
        logger.exception("A job of the worker failed; it runs again at its next time")
