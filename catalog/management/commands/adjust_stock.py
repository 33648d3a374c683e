"""`manage.py adjust_stock SKU DELTA --reason TEXT`: a signed change of what is on hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import stock
from catalog.models import Variant


class Command(BaseCommand):
    """Correct the stock of one SKU through the stock book."""

    help = "Change what is on hand of a SKU by a signed number of pieces; 0 changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add SKU, signed number and reason."""
        parser.add_argument("sku", metavar="SKU")
        parser.add_argument("delta", metavar="DELTA", type=int, help="Such as 5 or -2.")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="Why, for the stock book.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Adjust and say what is on hand now. Raises CommandError for an unknown SKU or too few pieces."""
        variant = Variant.objects.filter(sku=options["sku"].strip().upper()).first()
        if variant is None:
            raise CommandError(f"There is no SKU {options['sku']}.")
        try:
            stock.adjust(variant=variant, quantity=options["delta"], reason=options["reason"])
        except (stock.StockError, ValueError) as error:
            raise CommandError(str(error)) from error
        row = stock.open_stock(variant.pk)
        self.stdout.write(f"{variant.sku}: {row.on_hand} on hand, {row.reserved} reserved, {row.available} free.")
