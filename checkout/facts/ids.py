"""Ids of Razorpay: a prefix and 14 case-sensitive alphanumerics (https://razorpay.com/docs/api/understand/).

The SDK puts ids into URLs as they are, so that nothing else may pass.
"""

import re

ORDER_ID = re.compile(r"order_[A-Za-z0-9]{14}")
PAYMENT_ID = re.compile(r"pay_[A-Za-z0-9]{14}")
REFUND_ID = re.compile(r"rfnd_[A-Za-z0-9]{14}")
DISPUTE_ID = re.compile(r"disp_[A-Za-z0-9]{14}")


def is_order_id(value: object) -> bool:
    """Tell whether `value` looks like the id of a Razorpay order."""
    return isinstance(value, str) and ORDER_ID.fullmatch(value) is not None


def is_payment_id(value: object) -> bool:
    """Tell whether `value` looks like the id of a Razorpay payment."""
    return isinstance(value, str) and PAYMENT_ID.fullmatch(value) is not None


def is_refund_id(value: object) -> bool:
    """Tell whether `value` looks like the id of a Razorpay refund."""
    return isinstance(value, str) and REFUND_ID.fullmatch(value) is not None


def is_dispute_id(value: object) -> bool:
    """Tell whether `value` looks like the id of a Razorpay dispute."""
    return isinstance(value, str) and DISPUTE_ID.fullmatch(value) is not None
