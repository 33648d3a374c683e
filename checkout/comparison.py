"""Whether Razorpay has exactly the money that an order costs."""

from enum import Enum, auto

from django.db.models import Sum
from django.utils import timezone

from checkout.facts import OrderFacts
from checkout.models import Order, Payment, RazorpayOrder
from checkout.status import OrderStatus


class Verdict(Enum):
    """What a report says of captured money: it pays the order, it does not, or Razorpay must be asked."""

    MATCH = auto()
    MISMATCH = auto()
    UNKNOWN = auto()


def compare(order: Order, payment: Payment, attempt: RazorpayOrder, order_facts: OrderFacts | None) -> Verdict:
    """Compare at the level of the Razorpay order: offers and customer-borne fees make a payment differ from it."""
    if order.is_bought or order.status == OrderStatus.CANCELLED:
        # Whatever the amount, this money goes back.
        return Verdict.MISMATCH
    is_same_payment = (payment.amount, payment.currency) == (attempt.amount, attempt.currency)
    if order_facts is None or order_facts.order_id != attempt.razorpay_order_id:
        return Verdict.MATCH if is_same_payment else Verdict.UNKNOWN
    is_as_asked = (order_facts.amount, order_facts.currency) == (attempt.amount, attempt.currency)
    if not is_as_asked or payment.currency != attempt.currency:
        return Verdict.MISMATCH
    if is_same_payment:
        return Verdict.MATCH
    if _is_part(payment, attempt, order_facts):
        return Verdict.MISMATCH
    if order_facts.is_settled:
        return Verdict.MATCH
    # Razorpay's order may lag behind its payment while the cars are held.
    return Verdict.MISMATCH if order.expires_at < timezone.now() else Verdict.UNKNOWN


def _is_part(payment: Payment, attempt: RazorpayOrder, order_facts: OrderFacts) -> bool:
    """Tell whether a Razorpay order is paid in parts, which the shop never asks for: no part pays an order of ours."""
    if not order_facts.is_settled:
        return 0 < order_facts.amount_paid < order_facts.amount
    taken = Payment.objects.filter(razorpay_order_id=attempt.pk, status__in=["captured", "refunded"])
    before = taken.exclude(pk=payment.pk).aggregate(total=Sum("amount"))["total"] or 0
    return 0 < before <= attempt.amount - payment.amount
