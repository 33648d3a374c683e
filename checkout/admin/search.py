"""Finding orders by what a buyer, a carrier or Razorpay's dashboard tells staff.

What a text looks like decides where it is looked for, so that no question reads the orders themselves: either a few
entries of an index, or one narrow index from end to end. `bench/orders.py` measures it among a hundred thousand.
"""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from checkout.models import Order, Payment, RazorpayOrder

TEXT_FIELDS = ["number", "email", "full_name", "phone", "invoice_number", "tracking_number"]
OF_RAZORPAY = ("pay_", "order_")
# Fewer digits are found in almost every mobile number.
LEAST_DIGITS = 4
# So many are named one by one, so that counting and showing them does not look for them again.
NAMED = 1_000
AFTER_ALL = "\U0010ffff"
Found = QuerySet[Any, Any]


def find(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Narrow `orders` to those that `text` names: number, buyer, parcel, or an id of Razorpay's."""
    ways = _ways(text.strip())
    pks = {pk for way in ways for pk in way[: NAMED + 1]}
    return orders.filter(pk__in=pks if len(pks) <= NAMED else ways[0].union(*ways[1:]))


def phone_digits(text: str) -> str:
    """Return the digits of a mobile number as people write it (98765 43210, 098765-43210, +91 98765...), or nothing."""
    digits = re.sub(r"[\s()+.-]", "", text)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) < LEAST_DIGITS:
        return ""
    if len(digits) > 10:
        digits = digits.removeprefix("0").removeprefix("91")
    return digits


def _ways(text: str) -> list[Found]:
    """Return the queries that find the keys of what a text of this shape can name."""
    if text.startswith(OF_RAZORPAY):
        payments = Payment.objects.filter(_begins("razorpay_payment_id", text), order__isnull=False)
        attempts = RazorpayOrder.objects.filter(_begins("razorpay_order_id", text))
        return [rows.order_by().values_list("order", flat=True) for rows in (payments, attempts)]
    orders, capitals = Order.objects.order_by().values_list("pk", flat=True), text.upper()
    numbers = _begins("number", capitals) | _begins("invoice_number", capitals)
    parcels = Q(tracking_number__in={text, capitals})
    if digits := phone_digits(text):
        return [orders.filter(parcels), orders.filter(Q(phone__contains=digits) | Q(number__contains=text))]
    return [orders.filter(numbers | parcels), *_buyers(orders, text)]


def _buyers(orders: Found, text: str) -> list[Found]:
    """Find buyers by words of their name or by their address."""
    if connection.vendor == "sqlite":
        named = Q() if "@" in text else Q(full_name__icontains=text)
        return [orders.filter(named | Q(email__icontains=text))]
    words = [] if "@" in text else re.findall(r"\w+", text)
    # PostgreSQL takes long to compare without regard to capitals, so that it looks up what words begin with.
    lowered = orders.alias(lowered=Lower("email")).filter(lowered__startswith=text.lower())
    query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    by_name = orders.alias(words=SearchVector("full_name", config="simple")).filter(words=query)
    return [lowered, by_name] if words else [lowered]


def _begins(field: str, text: str) -> Q:
    """Match values that begin with `text`, in a way for which each database reads its index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + AFTER_ALL})
    return Q(**{f"{field}__startswith": text})
