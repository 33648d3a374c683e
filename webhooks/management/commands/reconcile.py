"""One pass of catching up with Razorpay."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware

from catalog.progress import Progress
from webhooks import catching_up


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
        report = catching_up.catch_up(since=options["since"], tell=self.stdout.write, track=tracked(self.stdout))
        self.stdout.write(str(report))
        if report.failed:
            raise CommandError(f"{report.failed} questions to Razorpay had no answer; run this again.")


def tracked(stream: OutputWrapper) -> Callable[[str, Sequence[Any]], Iterable[Any]]:
    """Return a way to go through items that shows on a terminal how far it has come."""

    def track(label: str, items: Sequence[Any]) -> Iterator[Any]:
        with Progress(stream, label, len(items)) as progress:
            for item in items:
                yield item
                progress.advance()

    return track if stream.isatty() else lambda label, items: items


def moment(text: str) -> datetime:
    """Read a date or an ISO 8601 time. Raises ArgumentTypeError."""
    try:
        found = parse_datetime(text)
        day = None if found else parse_date(text)
    except ValueError:
        found = day = None
    if day:
        found = datetime.combine(day, time.min)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is no date; write it like 2026-11-23 or 2026-11-23T14:30.")
    return make_aware(found, get_current_timezone()) if is_naive(found) else found
