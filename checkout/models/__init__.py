"""Records of buying: cart, order, payment, refund, mail, and the page that starts it all."""

from checkout.models.attention import AttentionCase
from checkout.models.bulletin import Downtime, Settlement
from checkout.models.cart import Cart, CartLine
from checkout.models.coupon import Coupon
from checkout.models.dispute import Dispute
from checkout.models.draft import CheckoutDraft
from checkout.models.ledger import LedgerEntry
from checkout.models.mail import LinkRequest, OutboxEmail
from checkout.models.order import InvoiceSeries, Order, OrderEvent, OrderLine, OrderNote
from checkout.models.page import CheckoutPage
from checkout.models.payment import Payment, RazorpayOrder
from checkout.models.refund import Refund, RefundLine
from checkout.models.zone import DeliveryZone

__all__ = [
    "AttentionCase",
    "Cart",
    "CartLine",
    "CheckoutDraft",
    "CheckoutPage",
    "Coupon",
    "DeliveryZone",
    "Dispute",
    "Downtime",
    "InvoiceSeries",
    "LedgerEntry",
    "LinkRequest",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderNote",
    "OutboxEmail",
    "Payment",
    "RazorpayOrder",
    "Refund",
    "RefundLine",
    "Settlement",
]
