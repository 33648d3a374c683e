"""N: numbers of invoices and credit notes."""

from collections.abc import Iterator

from django.db.models import Q, Sum

from checkout.invoices import financial_year
from checkout.models import InvoiceSeries, Order, Payment, Refund
from checkout.models.refund import RefundOrigin
from checkout.status import RefundStatus


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


def of_their_year() -> Iterator[str]:
    """Each number is of the financial year in which the order was paid or the refund processed, in India."""
    orders = Order.objects.exclude(invoice_number=None).exclude(paid_at=None)
    notes = Refund.objects.exclude(credit_note_number=None).exclude(processed_at=None)
    given = [*orders.values_list("invoice_number", "paid_at"), *notes.values_list("credit_note_number", "processed_at")]
    for number, moment in given:
        if moment and str(number).split("/")[1:2] != [(year := financial_year(moment))]:
            yield f"{number} was given out in the financial year {year}"


def credited_what_came_back() -> Iterator[str]:
    """Of a sale as much is credited as came back of it, and never more than its invoice."""
    of_sale = Q(refunds__status=RefundStatus.PROCESSED, refunds__before_sale=False)
    of_sale &= ~Q(refunds__origin=RefundOrigin.AUTO)
    sales = Payment.objects.filter(fulfils=True, refunds__isnull=False).annotate(
        back=Sum("refunds__amount", filter=of_sale), noted=Sum("refunds__credited")
    )
    for number, total, back, noted in sales.values_list("order__number", "order__total", "back", "noted"):
        if not min(back or 0, total) <= noted <= total:
            yield f"{number}: {back or 0} of {total} paise came back, credit notes are for {noted}"
    has_one = Q(credit_note_number=None, credited=0) | Q(credit_note_number__isnull=False, credited__gt=0)
    for refund in Refund.objects.exclude(has_one):
        yield f"refund {refund.pk}: its credit note is for {refund.credited} paise"
