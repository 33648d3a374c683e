"""What a person can decide about a case: what happens to its money, or that it is done with."""

from collections.abc import Callable
from typing import Any

from checkout import attention, judgement, refunds
from checkout.admin import policy
from checkout.judgement import NotAcceptable
from checkout.models import AttentionCase, Order, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.refunds import RefundRefused
from checkout.status import OrderStatus

CLOSE = "close"
LABELS = {
    "link": "It pays an order: link it",
    "accept": "Accept it: the order is paid",
    "refund": "Refund all that is left of it",
    "write_off": "It was dealt with outside the shop: write it off",
    "retry": "Try the same refund again",
    "again": "Refund the same amount anew",
    CLOSE: "Close the case",
}


class Refused(Exception):
    """A decision that cannot be carried out. Its text says why."""


def choices(case: AttentionCase, user: Any) -> list[tuple[str, str]]:
    """Return what this person can decide about this case; nothing when it is closed or not theirs."""
    if case.closed_at or not policy.CASES.user_has_permission(user, "change"):
        return []
    names = [CLOSE]
    if case.payment and case.kind in attention.OF_MONEY and refunds.refundable(case.payment) > 0:
        may_move_money = policy.ORDERS.user_has_permission(user, "refund")
        # Money without a home needs a decision: closing the case alone would lose sight of it.
        names = [CLOSE] if case.payment.fulfils else []
        names = [*_ways(case, case.payment), *names] if may_move_money else names
    return [(name, LABELS[name]) for name in names]


def take(case: AttentionCase, decision: str, *, user: Any, words: str, order_number: str = "") -> Refund | None:
    """Carry a decision out, with the words of the person who took it, and return the refund if it made one.

    Raises Refused.
    """
    verbs: dict[str, Callable[[], Any]] = {
        "link": lambda: judgement.link(payment_id=_payment(case), order=_order(order_number), user=user, reason=words),
        "accept": lambda: judgement.accept(payment_id=_payment(case), user=user, reason=words),
        "write_off": lambda: judgement.write_off(payment_id=_payment(case), user=user, reason=words),
        "refund": lambda: _give_back(case, user, words),
        "retry": lambda: _retry(case, user, words),
        "again": lambda: _again(case, user, words),
        CLOSE: lambda: attention.close(case, user=user, resolution=words),
    }
    try:
        result = verbs[decision]()
    except (NotAcceptable, RefundRefused) as refusal:
        raise Refused(refusal.text) from refusal
    return result if isinstance(result, Refund) else None


def _ways(case: AttentionCase, payment: Payment) -> list[str]:
    """Return where the money of a case can go: to an order, back, or out of the books."""
    refund = _refund_of(case)
    back = "refund" if refund is None else "retry" if refund.may_be_retried else "again"
    if payment.order_id is None:
        return ["link", back, "write_off"]
    if payment.fulfils:
        return [back]
    order = payment.order
    may_pay = order and order.status == OrderStatus.ON_HOLD and judgement.is_payable_with(order, payment)
    return [*(["accept"] if may_pay else []), back, "write_off"]


def _payment(case: AttentionCase) -> int:
    if case.payment_id is None:
        raise Refused("No payment belongs to this case.")
    return case.payment_id


def _order(number: str) -> Order:
    order = Order.objects.filter(number__iexact=number.strip()).first()
    if order is None:
        raise Refused(f"There is no order {number.strip() or 'without a number'}.")
    return order


def _give_back(case: AttentionCase, user: Any, words: str, amount: int | None = None) -> Refund:
    payment_id = _payment(case)
    left = refunds.refundable(Payment.objects.get(pk=payment_id))
    refund = refunds.request(payment_id=payment_id, amount=amount or left, reason=words, user=user)
    # What fails now is a case of its own.
    attention.close(case, user=user, resolution=words)
    return refunds.send(refund.pk)


def _retry(case: AttentionCase, user: Any, words: str) -> Refund:
    refund = _failed(case)
    refunds.retry(refund.pk, user=user)
    attention.close(case, user=user, resolution=words)
    return refunds.send(refund.pk)


def _again(case: AttentionCase, user: Any, words: str) -> Refund:
    """Refund anew what a bank sent back: at Razorpay the refund that failed is over."""
    return _give_back(case, user, words, _failed(case).amount)


def _failed(case: AttentionCase) -> Refund:
    refund = _refund_of(case)
    if refund is None:
        raise Refused("The refund is not known any more.")
    return refund


def _refund_of(case: AttentionCase) -> Refund | None:
    if case.kind != CaseKind.REFUND_FAILED:
        return None
    number = case.subject.removeprefix("refund ")
    return Refund.objects.filter(pk=int(number)).first() if number.isdecimal() else None
