"""Cancelling: before the money came, and after it."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import stock
from catalog.money import rupees
from checkout import attention, emails, judgement, orders, pieces, reconciliation, refunds
from checkout.models import Order
from checkout.orders import IllegalMove
from checkout.refunds import RefundRefused
from checkout.status import OrderStatus, PaymentStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

BOUGHT_AND_HERE = (OrderStatus.PAID, OrderStatus.PACKED)


def cancel_for_buyer(order: Order) -> bool:
    """Cancel an order for its buyer, as long as the parcel is here; what was paid all goes back.

    Returns whether it is cancelled, now or before. Raises `checkout.gateway.GatewayError` when Razorpay must be asked
    and is silent.
    """
    if order.status == OrderStatus.PENDING:
        reconciliation.cancel(order)
    else:
        with suppress(IllegalMove, RefundRefused):
            cancel_bought(order.pk, reason=_("Cancelled by the buyer"))
    return Order.objects.filter(pk=order.pk, status=OrderStatus.CANCELLED).exists()


def cancel_bought(
    order_id: int,
    *,
    reason: str,
    amount: int | None = None,
    user: "AbstractBaseUser | None" = None,
    despite_dispute: bool = False,
    seen_left: int | None = None,
) -> Order:
    """Cancel a paid order before dispatch: cars back on the shelf, and a refund of `amount` paise (all by default).

    One transaction; `refunds.send` has the refund made. 0 leaves disputed money to its dispute, and less than Razorpay
    refunds stays here. `seen_left` is what the person was told could be refunded. Raises IllegalMove and RefundRefused,
    as `refunds.request` does.
    """
    with transaction.atomic(durable=True):
        order = orders.lock(order_id)
        if order.status not in BOUGHT_AND_HERE:
            raise IllegalMove(_("%(number)s can no longer be cancelled.") % {"number": order.number})
        _refund(order, amount, reason=reason, user=user, despite_dispute=despite_dispute, seen_left=seen_left)
        _put_back(order, reason, user)
        orders.move(order, OrderStatus.CANCELLED, text=reason, user=user)
        emails.promise(order, emails.CANCELLED)
        return order


def cancel_stuck(order_id: int, *, reason: str, user: "AbstractBaseUser") -> Order:
    """Cancel an unpaid order that holds its cars and cannot expire.

    Money that waits undecided goes back, as late money does. Raises IllegalMove when no case says that it is stuck.
    """
    with transaction.atomic(durable=True):
        order = orders.lock(order_id)
        if not is_stuck(order):
            raise IllegalMove(_("%(number)s can no longer be cancelled.") % {"number": order.number})
        orders.give_up(order, text=reason, user=user)
        for payment in order.payments.select_for_update(of=("self",)).filter(status=PaymentStatus.CAPTURED):
            if not judgement.is_judged(payment):
                judgement.judge(order, payment, is_match=False)
        return order


def is_stuck(order: Order) -> bool:
    """Tell whether an unpaid order holds its cars and only a person can cancel it."""
    return order.status == OrderStatus.PENDING and attention.is_stuck(order)


def _refund(order: Order, amount: int | None, *, user: "AbstractBaseUser | None", **wanted: Any) -> None:
    payment = order.payments.select_for_update(of=("self",)).filter(fulfils=True).first()
    left = refunds.refundable(payment) if payment else 0
    if 0 < left < refunds.SMALLEST:
        orders.note(order, "rest_kept", rupees(left), user=user)
    elif payment and left > 0 and not (amount == 0 and refunds.is_at_stake(payment)):
        refunds.request_locked(payment, amount=left if amount is None else amount, user=user, **wanted)


def _put_back(order: Order, reason: str, user: "AbstractBaseUser | None") -> None:
    # A piece that was refunded and not put back then is broken or lost: a cancellation makes it no better.
    items = dict(pieces.of(order).filter(left__gt=0).values_list("variant_id", "left"))
    stock.return_(items=items, reference=order.number, reason=reason[:200], user=user)
