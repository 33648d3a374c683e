"""Whether Razorpay has exactly the money that an order costs."""

from enum import Enum, auto

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
    if order_facts.is_settled or is_same_payment:
        return Verdict.MATCH
    # Part of the money is there. The rest may still come while the cars are held.
    return Verdict.MISMATCH if order.expires_at < timezone.now() else Verdict.UNKNOWN
