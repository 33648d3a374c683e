"""Applying stored events again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webhooks import inbox
from webhooks.management.commands.reconcile import moment
from webhooks.models import WebhookEvent


class Command(BaseCommand):
    """Apply stored events again; what was applied already changes nothing."""

    help = "Applies stored events again, oldest first. Nothing that was applied already changes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --since and --event-id."""
        parser.add_argument("--since", type=moment, help="only events received from this date or time on")
        parser.add_argument("--event-id", help="only the events with this Razorpay event id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply the chosen events and count the outcomes."""
        events = WebhookEvent.objects.all()
        if options["since"]:
            events = events.filter(received_at__gte=options["since"])
        if options["event_id"]:
            events = events.filter(event_id=options["event_id"])
        counts = inbox.replay(events)
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        self.stdout.write(f"{counts.total()} events replayed" + (f": {told}" if told else ""))
