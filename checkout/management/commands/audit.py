"""Proving the books on a live database."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from checkout import audit, gateway, settlements
from checkout.gateway import GatewayError
from checkout.models import Payment


class Command(BaseCommand):
    """Recompute the invariants of money and stock and print each with its count of violations."""

    help = "Proves the invariants of books, stock and states; exit 1 if any is violated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --json and --ask-razorpay."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--ask-razorpay", action="store_true", help="compare every captured payment with Razorpay")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result. Raises CommandError (exit 1) when anything is violated."""
        found = audit.run()
        if options["ask_razorpay"]:
            found["Razorpay agrees"] = list(disagreements())
            found["settlements agree"] = settlements.differences()
        if options["json"]:
            self.stdout.write(json.dumps({name: {"violations": len(v), "details": v} for name, v in found.items()}))
        else:
            for name, violations in found.items():
                self.stdout.write(f"{name}: {len(violations)} violations")
                for text in violations:
                    self.stdout.write(f"  {text}")
        total = sum(map(len, found.values()))
        if total:
            raise CommandError(f"{total} violations")


def disagreements() -> list[str]:
    """Return a sentence for each captured payment that Razorpay knows differently, or could not be asked about."""
    found = []
    for payment in Payment.objects.filter(status__in=["captured", "refunded"]):
        try:
            facts = gateway.fetch_payment(payment.razorpay_payment_id)
        except GatewayError as error:
            found.append(f"{payment}: {error}")
            continue
        if (facts.status, facts.amount, facts.currency) != (payment.status, payment.amount, payment.currency):
            found.append(
                f"{payment}: Razorpay says {facts.status} {facts.amount}, we say {payment.status} {payment.amount}"
            )
    return found
