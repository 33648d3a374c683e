"""Forgetting buyers."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q, QuerySet
from django.utils import timezone

from checkout import privacy
from checkout.models import Order
from webhooks import forgetting


class Command(BaseCommand):
    """Remove what is personal from finished orders; amounts, lines, invoice numbers and states stay."""

    help = (
        "Removes name, address, e-mail, phone and staff's note from finished orders, and what names the payer from "
        "payments and stored events. Amounts, lines, invoice and ledger stay. Orders that still need their buyer are "
        "kept and named. Cannot be undone; safe to repeat and to kill."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose orders, how old ones, and --dry-run."""
        parser.add_argument("--email", help="orders with this e-mail address")
        parser.add_argument("--phone", help="orders with this mobile number, ten digits or with +91")
        parser.add_argument("--number", action="append", default=[], help="this order; may be given several times")
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="orders placed more than so many days ago")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget the chosen orders one after the other, and say what came of each."""
        chosen = self.choose(options)
        if not chosen:
            raise CommandError("There is no such order.")
        for order in chosen:
            self.stdout.write(f"{order.number}: {self.forget(order, is_trial=options['dry_run'])}")

    def choose(self, options: dict[str, Any]) -> QuerySet[Order]:
        """Return the orders that all given options agree on. Raises CommandError when none was given."""
        wanted = Q()
        if options["email"]:
            wanted &= Q(email__iexact=options["email"])
        if options["phone"]:
            digits = "".join(filter(str.isdecimal, options["phone"]))
            if len(digits) < 10:
                raise CommandError("A mobile number has ten digits.")
            wanted &= Q(phone=f"+91{digits[-10:]}")
        if options["number"]:
            wanted &= Q(number__in=options["number"])
        if options["older_than"] is not None:
            if options["older_than"] < 1:
                raise CommandError("--older-than is a number of days from 1 on.")
            wanted &= Q(created_at__lt=timezone.now() - timedelta(days=options["older_than"]))
        if not wanted:
            raise CommandError("Say whose orders: --email, --phone, --number or --older-than.")
        return Order.objects.filter(wanted).order_by("pk")

    def forget(self, order: Order, *, is_trial: bool) -> str:
        """Forget one order, or say why not."""
        if is_trial:
            reason = privacy.why_still_needed(order)
            return f"kept, {reason}" if reason else "would be anonymised"
        try:
            payment_ids = privacy.forget(order.pk)
        except privacy.StillNeeded as refusal:
            return f"kept, {refusal.text}"
        events = forgetting.forget(payment_ids)
        return f"anonymised, with {events} stored events"
