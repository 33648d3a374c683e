"""Refunds: asking for one, having it made once at Razorpay, and believing every report of it once.

The row with its key is committed before Razorpay is called, so that any process can repeat the call and get the same
refund.
"""

from checkout.refunds.asking import give_back, lock, replace, request, request_locked, retry
from checkout.refunds.bounds import SMALLEST, RefundRefused, check_amount, is_at_stake, left, refundable
from checkout.refunds.recording import record
from checkout.refunds.sending import import_for, refresh_pending, send, send_waiting
from checkout.refunds.settling import recognise, settle

__all__ = [
    "SMALLEST",
    "RefundRefused",
    "check_amount",
    "give_back",
    "import_for",
    "is_at_stake",
    "left",
    "lock",
    "recognise",
    "record",
    "refresh_pending",
    "refundable",
    "replace",
    "request",
    "request_locked",
    "retry",
    "send",
    "send_waiting",
    "settle",
]
