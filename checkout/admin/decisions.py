"""What a person can decide about a case: what happens to its money, or that it is done with."""

from collections.abc import Callable
from typing import Any

from checkout import attention, judgement, refunds
from checkout.admin import policy
from checkout.judgement import NotAcceptable
from checkout.models import AttentionCase, Order, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.refunds import RefundRefused

CLOSE = "close"
LABELS = {
    "link": "It pays an order: link it",
    "accept": "Accept it: the order is paid",
    "refund": "Refund all that is left of it",
    "write_off": "It was dealt with outside the shop: write it off",
    "retry": "Try the same refund again",
    CLOSE: "Close the case",
}
# Money without a home needs a decision: closing the case alone would lose sight of it.
OF_MONEY = {
    CaseKind.UNMATCHED_MONEY: ("link", "refund", "write_off"),
    CaseKind.AMOUNT_MISMATCH: ("accept", "refund"),
}


class Refused(Exception):
    """A decision that cannot be carried out. Its text says why."""


def choices(case: AttentionCase, user: Any) -> list[tuple[str, str]]:
    """Return what this person can decide about this case; nothing when it is closed or not theirs."""
    if case.closed_at or not policy.CASES.user_has_permission(user, "change"):
        return []
    names: tuple[str, ...] = (CLOSE,)
    may_move_money = policy.ORDERS.user_has_permission(user, "refund")
    if case.kind in OF_MONEY and case.payment and refunds.refundable(case.payment) > 0:
        names = _of_money(case, case.payment) if may_move_money else ()
    elif may_move_money and (refund := _refund_of(case)) and refund.may_be_retried:
        names = ("retry", CLOSE)
    return [(name, LABELS[name]) for name in names]


def take(case: AttentionCase, decision: str, *, user: Any, words: str, order_number: str = "") -> None:
    """Carry a decision out, with the words of the person who took it. Raises Refused."""
    verbs: dict[str, Callable[[], object]] = {
        "link": lambda: judgement.link(payment_id=_payment(case), order=_order(order_number), user=user, reason=words),
        "accept": lambda: judgement.accept(payment_id=_payment(case), user=user, reason=words),
        "write_off": lambda: judgement.write_off(payment_id=_payment(case), user=user, reason=words),
        "refund": lambda: _give_back(case, user, words),
        "retry": lambda: _retry(case, user, words),
        CLOSE: lambda: attention.close(case, user=user, resolution=words),
    }
    try:
        verbs[decision]()
    except (NotAcceptable, RefundRefused) as refusal:
        raise Refused(refusal.text) from refusal


def _of_money(case: AttentionCase, payment: Payment) -> tuple[str, ...]:
    is_payable = case.order is None or judgement.is_payable_with(case.order, payment)
    return tuple(name for name in OF_MONEY[CaseKind(case.kind)] if name != "accept" or is_payable)


def _payment(case: AttentionCase) -> int:
    if case.payment_id is None:
        raise Refused("No payment belongs to this case.")
    return case.payment_id


def _order(number: str) -> Order:
    order = Order.objects.filter(number__iexact=number.strip()).first()
    if order is None:
        raise Refused(f"There is no order {number.strip() or 'without a number'}.")
    return order


def _give_back(case: AttentionCase, user: Any, words: str) -> None:
    payment_id = _payment(case)
    left = refunds.refundable(Payment.objects.get(pk=payment_id))
    refund = refunds.request(payment_id=payment_id, amount=left, reason=words, user=user)
    refunds.send(refund.pk)


def _retry(case: AttentionCase, user: Any, words: str) -> None:
    refund = _refund_of(case)
    if refund is None:
        raise Refused("The refund is not known any more.")
    refunds.retry(refund.pk, user=user)
    attention.close(case, user=user, resolution=words)
    refunds.send(refund.pk)


def _refund_of(case: AttentionCase) -> Refund | None:
    if case.kind != CaseKind.REFUND_FAILED:
        return None
    number = case.subject.removeprefix("refund ")
    return Refund.objects.filter(pk=int(number)).first() if number.isdecimal() else None
