"""N: numbers of invoices and credit notes."""

from collections.abc import Iterator

from checkout.models import InvoiceSeries, Order, Refund


def without_gap() -> Iterator[str]:
    """Each series holds every number from 1 to the last one given out, once (CGST Rules, rule 46)."""
    given = [
        *Order.objects.exclude(invoice_number=None).values_list("invoice_number", flat=True),
        *Refund.objects.exclude(credit_note_number=None).values_list("credit_note_number", flat=True),
    ]
    for series in InvoiceSeries.objects.all():
        own = sorted(number for number in map(str, given) if number.startswith(series.prefix))
        wanted = [f"{series.prefix}{number:06d}" for number in range(1, series.last_number + 1)]
        for number in sorted(set(wanted) ^ set(own)):
            yield f"{number} is {'missing' if number in wanted else 'beyond the last number'}"
    prefixes = tuple(InvoiceSeries.objects.values_list("prefix", flat=True))
    for number in map(str, given):
        if len(number) > 16 or not number.startswith(prefixes):
            yield f"{number} belongs to no series"
