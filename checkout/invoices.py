"""Numbers of invoices and credit notes, and who stands on them: fixed in the transaction of what they document.

CGST Rules, rules 46 and 53: each series is consecutive in a financial year, in at most 16 characters. A series is a
row, so that no gap can arise, and the database refuses to change a number that was given out.
"""

from datetime import datetime
from typing import Any

from django.db.models import F

from catalog import shop_time
from catalog.models import ShopSettings
from checkout import billing
from checkout.models import InvoiceSeries, Order

SELLER = ("shop_name", "legal_name", "address", "state", "gstin", "email", "phone")
BUYER = ("full_name", "address_line1", "address_line2", "city", "postcode", "state", "gstin")


def financial_year(moment: datetime) -> str:
    """Return the Indian financial year of a moment (April to March, in IST), such as `2627`."""
    day = shop_time.day(moment)
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first % 100:02d}{(first + 1) % 100:02d}"


def next_number(moment: datetime) -> str:
    """Allot the next invoice number. Call it in the transaction that makes the order PAID."""
    return _next("CG", moment)


def parties(order: Order) -> dict[str, Any]:
    """Return who sells, who buys and where it counts, as it is now. An invoice outlives settings and addresses."""
    shop = ShopSettings.current()
    return {
        "seller": {name: getattr(shop, name) for name in SELLER},
        "buyer": {name: getattr(order, name) for name in BUYER},
        "bill_to": billing.bill_to(order),
        "place_of_supply": billing.place_of_supply(order),
    }


def next_credit_note(moment: datetime) -> str:
    """Allot the next number of a credit note. Call it in the transaction that books the refund."""
    return _next("CN", moment)


def _next(series: str, moment: datetime) -> str:
    prefix = f"{series}/{financial_year(moment)}/"
    InvoiceSeries.objects.get_or_create(prefix=prefix)
    # The update locks the row until the caller commits: the next buyer waits and gets the next number.
    InvoiceSeries.objects.filter(prefix=prefix).update(last_number=F("last_number") + 1)
    return f"{prefix}{InvoiceSeries.objects.get(prefix=prefix).last_number:06d}"
