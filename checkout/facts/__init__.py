"""What Razorpay says of its entities, checked before anyone believes it.

Fetched entities and webhook payloads come through the same parsers, so that both can only ever tell the same story.
"""

from checkout.facts.disputes import DisputeFacts, dispute_facts
from checkout.facts.ids import is_dispute_id, is_order_id, is_payment_id, is_refund_id
from checkout.facts.orders import OrderFacts, order_facts
from checkout.facts.pages import Page, read_page
from checkout.facts.payments import PaymentFacts, payment_facts
from checkout.facts.reading import BadFacts
from checkout.facts.refunds import RefundFacts, refund_facts

__all__ = [
    "BadFacts",
    "DisputeFacts",
    "OrderFacts",
    "Page",
    "PaymentFacts",
    "RefundFacts",
    "dispute_facts",
    "is_dispute_id",
    "is_order_id",
    "is_payment_id",
    "is_refund_id",
    "order_facts",
    "payment_facts",
    "read_page",
    "refund_facts",
]
