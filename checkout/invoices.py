"""Invoice numbers: consecutive in a financial year and at most 16 characters (CGST Rules, rule 46)."""

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
    """Allot the next invoice number. Call it in the transaction that makes the order PAID, so that no gap can arise."""
    prefix = f"CG/{financial_year(moment)}/"
    InvoiceSeries.objects.get_or_create(prefix=prefix)
    # The update locks the row until the caller commits: the next buyer waits and gets the next number.
    InvoiceSeries.objects.filter(prefix=prefix).update(last_number=F("last_number") + 1)
    return f"{prefix}{InvoiceSeries.objects.get(prefix=prefix).last_number:06d}"
