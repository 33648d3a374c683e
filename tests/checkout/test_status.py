"""The table of moves, said a second time: what it allows, and nothing beside."""

from itertools import product

from checkout.status import (
    BEFORE_DISPATCH,
    BOUGHT,
    PAYMENT_RANK,
    REFUND_RANK,
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    may_move,
)

ALLOWED = {
    ("pending", "paid"),
    ("pending", "expired"),
    ("pending", "cancelled"),
    ("pending", "on_hold"),
    ("expired", "paid"),
    ("expired", "on_hold"),
    ("cancelled", "paid"),
    ("cancelled", "on_hold"),
    ("on_hold", "paid"),
    ("on_hold", "cancelled"),
    ("paid", "packed"),
    ("paid", "shipped"),
    ("paid", "cancelled"),
    ("packed", "shipped"),
    ("packed", "cancelled"),
    ("shipped", "delivered"),
}


def test_an_order_makes_the_allowed_moves_and_no_others() -> None:
    states = [str(state) for state in OrderStatus]
    assert {move for move in product(states, states) if may_move(*move)} == ALLOWED


def test_which_orders_were_bought_and_which_have_not_left() -> None:
    assert {"paid", "packed", "shipped", "delivered"} == BOUGHT
    assert {"pending", "on_hold", "paid", "packed"} == BEFORE_DISPATCH


def test_payments_and_refunds_move_forward_only() -> None:
    assert PAYMENT_RANK == {"created": 0, "failed": 1, "authorized": 2, "captured": 3, "refunded": 4}
    assert REFUND_RANK == {"requested": 0, "pending": 1, "processed": 2, "failed": 3}
    assert (set(PAYMENT_RANK), set(REFUND_RANK)) == (set(PaymentStatus), set(RefundStatus))
