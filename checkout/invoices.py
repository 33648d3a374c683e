"""Numbers of invoices and credit notes: each series consecutive in a financial year, at most 16 characters.

CGST Rules, rules 46 and 53. A series is a row; its number is drawn in the transaction of the fact that it documents, so
that no gap can arise, and the database refuses to change a number that was given out.
"""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from checkout.models import InvoiceSeries


def financial_year(moment: datetime) -> str:
    """Return the Indian financial year of a moment (April to March, in IST), such as `2627`."""
    day = timezone.localtime(moment).date()
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first % 100:02d}{(first + 1) % 100:02d}"


def next_number(moment: datetime) -> str:
    """Allot the next invoice number. Call it in the transaction that makes the order PAID."""
    return _next("CG", moment)


def next_credit_note(moment: datetime) -> str:
    """Allot the next number of a credit note. Call it in the transaction that books the refund."""
    return _next("CN", moment)


def _next(series: str, moment: datetime) -> str:
    prefix = f"{series}/{financial_year(moment)}/"
    InvoiceSeries.objects.get_or_create(prefix=prefix)
    # The update locks the row until the caller commits: the next buyer waits and gets the next number.
    InvoiceSeries.objects.filter(prefix=prefix).update(last_number=F("last_number") + 1)
    return f"{prefix}{InvoiceSeries.objects.get(prefix=prefix).last_number:06d}"
