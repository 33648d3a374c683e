"""Finding orders by what a buyer or Razorpay's dashboard tells staff."""

import re

from django.db.models import Q, QuerySet

from checkout.models import Order, Payment, RazorpayOrder

TEXT_FIELDS = ["number", "email", "full_name", "phone", "invoice_number", "tracking_number"]
# Fewer digits are found in almost every mobile number.
LEAST_DIGITS = 4


def find(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Narrow `orders` to those that `text` names: number, buyer, parcel, or an id of Razorpay's."""
    query = Q()
    for field in TEXT_FIELDS:
        query |= Q(**{f"{field}__icontains": text})
    if digits := phone_digits(text):
        query |= Q(phone__contains=digits)
    # Subqueries, because joins would list an order once for each of its payments.
    query |= Q(pk__in=Payment.objects.filter(razorpay_payment_id__icontains=text, order__isnull=False).values("order"))
    query |= Q(pk__in=RazorpayOrder.objects.filter(razorpay_order_id__icontains=text).values("order"))
    return orders.filter(query)


def phone_digits(text: str) -> str:
    """Return the digits of a mobile number as people write it (98765 43210, 098765-43210, +91 98765...), or nothing."""
    digits = re.sub(r"[\s()+.-]", "", text)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) < LEAST_DIGITS:
        return ""
    if len(digits) > 10:
        digits = digits.removeprefix("0").removeprefix("91")
    return digits
