"""One pass of catching up with Razorpay."""

from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware

from checkout import reconciliation
from webhooks import inbox
from webhooks.models import Heartbeat


class Command(BaseCommand):
    """Apply stored events, ask Razorpay about every open order, expire what may expire, find money without an order."""

    help = (
        "Asks Razorpay about every open order, applies stored events that were not applied, expires what may expire, "
        "and finds money without an order. Safe to run at any time, twice at once, and to kill."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --since."""
        parser.add_argument("--since", type=moment, help="look for unknown payments from this date or time on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one pass and say what it did."""
        applied = inbox.replay(inbox.waiting()).total()
        report = reconciliation.reconcile(since=options["since"], tell=self.stdout.write)
        Heartbeat.beat("reconcile")
        self.stdout.write(f"{applied} stored events applied; {report}")
        if report.failed:
            raise CommandError(f"{report.failed} questions to Razorpay had no answer; run this again.")


def moment(text: str) -> datetime:
    """Read a date or an ISO 8601 time. Raises CommandError."""
    try:
        found = parse_datetime(text)
        day = None if found else parse_date(text)
    except ValueError:
        found = day = None
    if day:
        found = datetime.combine(day, time.min)
    if found is None:
        raise CommandError(f"{text!r} is no date; write it like 2026-11-23 or 2026-11-23T14:30.")
    return make_aware(found, get_current_timezone()) if is_naive(found) else found
