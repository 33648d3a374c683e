"""States of orders and payments, and the table of moves that an order may make."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    """Where an order stands. Refunds and disputes are separate dimensions, never a status."""

    PENDING = "pending", _("Not paid")
    PAID = "paid", _("Paid")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    ON_HOLD = "on_hold", _("On hold")


class PaymentStatus(TextChoices):
    """Razorpay's own words for the state of a payment."""

    CREATED = "created", _("Created")
    FAILED = "failed", _("Failed")
    AUTHORIZED = "authorized", _("Authorized")
    CAPTURED = "captured", _("Captured")
    REFUNDED = "refunded", _("Refunded")


class RefundStatus(TextChoices):
    """Where a refund stands: `requested` is ours, the others are Razorpay's."""

    REQUESTED = "requested", _("Requested")
    PENDING = "pending", _("Pending")
    PROCESSED = "processed", _("Processed")
    FAILED = "failed", _("Failed")


MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PAID, OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.ON_HOLD}),
    # Razorpay has no way to close an order, so money can arrive after the shop gave up on it.
    OrderStatus.EXPIRED: frozenset({OrderStatus.PAID, OrderStatus.ON_HOLD}),
    OrderStatus.CANCELLED: frozenset({OrderStatus.PAID, OrderStatus.ON_HOLD}),
    OrderStatus.ON_HOLD: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED}),
    # Only a person cancels what was paid, and then a refund is on its way.
    OrderStatus.PAID: frozenset({OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.PACKED: frozenset({OrderStatus.SHIPPED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
    OrderStatus.DELIVERED: frozenset(),
}

BOUGHT = frozenset({OrderStatus.PAID, OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED})
BEFORE_DISPATCH = frozenset({OrderStatus.PENDING, OrderStatus.ON_HOLD, OrderStatus.PAID, OrderStatus.PACKED})

# A report moves a payment to a higher rank only. `failed` is not final: late authorisation and a UPI retry revive the
# same id. What is `refunded` is captured again once a bank has sent a refund of it back.
PAYMENT_RANK: dict[PaymentStatus, int] = {
    PaymentStatus.CREATED: 0,
    PaymentStatus.FAILED: 1,
    PaymentStatus.AUTHORIZED: 2,
    PaymentStatus.CAPTURED: 3,
    PaymentStatus.REFUNDED: 4,
}


# A refund only moves to a higher rank. `failed` is the last: a bank may send back what was processed before.
REFUND_RANK: dict[RefundStatus, int] = {
    RefundStatus.REQUESTED: 0,
    RefundStatus.PENDING: 1,
    RefundStatus.PROCESSED: 2,
    RefundStatus.FAILED: 3,
}


def may_move(old: str, new: str) -> bool:
    """Tell whether an order in state `old` may move to state `new`."""
    return OrderStatus(new) in MOVES[OrderStatus(old)]
