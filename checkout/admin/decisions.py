"""What a person can decide about a case: what happens to its money, or that it is done with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from catalog.money import exact
from checkout import attention, judgement, refunds
from checkout.admin import policy
from checkout.judgement import NotAcceptable
from checkout.models import AttentionCase, Order, Payment, Refund
from checkout.refunds import RefundRefused
from checkout.status import OrderStatus, RefundStatus

CLOSE = "close"
# What sends money back.
BACK = frozenset({"refund", "retry", "again"})
TICKS = ("despite_dispute", "despite_later", "may_return")
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
        names = [] if _needs_home(case) else [CLOSE]
        names = [*_ways(case, case.payment), *names] if may_move_money else names
    return [(name, LABELS[name]) for name in names]


def is_for_others(case: AttentionCase, user: Any) -> bool:
    """Tell whether an open case is decided by people who may move money, and this person may not."""
    return _needs_home(case) and not policy.ORDERS.user_has_permission(user, "refund")


@dataclass(frozen=True)
class Ticks:
    """What a person knows of and wants all the same.

    A dispute of the payment, refunds that came after a failed one, an order that takes no money so that it goes back.
    """

    despite_dispute: bool = False
    despite_later: bool = False
    may_return: bool = False


def take(
    case: AttentionCase, decision: str, *, user: Any, words: str, order_number: str = "", ticks: Ticks = Ticks()
) -> Refund | None:
    """Carry a decision out, with the words of the person who took it, and return the refund if it made one.

    Raises Refused.
    """
    verbs: dict[str, Callable[[], Any]] = {
        "link": lambda: judgement.link(
            payment_id=_payment(case),
            order=_order(order_number),
            user=user,
            reason=words,
            may_return=ticks.may_return,
        ),
        "accept": lambda: judgement.accept(payment_id=_payment(case), user=user, reason=words),
        "write_off": lambda: judgement.write_off(payment_id=_payment(case), user=user, reason=words),
        "refund": lambda: _return(case, user, words, ticks, _what_is_left),
        "retry": lambda: _return(case, user, words, ticks, _retry),
        "again": lambda: _return(case, user, words, ticks, _again),
        CLOSE: lambda: attention.close(case, user=user, resolution=words),
    }
    try:
        result = verbs[decision]()
    except (NotAcceptable, RefundRefused) as refusal:
        raise Refused(refusal.text) from refusal
    return result if isinstance(result, Refund) else None


def _needs_home(case: AttentionCase) -> bool:
    """Tell whether it is about money that pays no order: closing the case alone would lose sight of it."""
    return case.kind in attention.OF_MONEY and case.payment is not None and not case.payment.fulfils


def _ways(case: AttentionCase, payment: Payment) -> list[str]:
    """Return where the money of a case can go: to an order, back, or out of the books."""
    refund = refund_of(case)
    back = "refund"
    if refund and refund.amount <= refunds.refundable(payment):
        back = "retry" if refund.may_be_retried else "again"
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


def _return(case: AttentionCase, user: Any, words: str, ticks: Ticks, ask: Callable[..., Refund]) -> Refund:
    """Close a case and ask for its refund in one transaction, so that of two clicks one does it. Raises RefundRefused.

    What fails afterwards is a case of its own.
    """
    with transaction.atomic(durable=True):
        payment = refunds.lock(_payment(case))
        if not attention.close(case, user=user, resolution=words):
            raise RefundRefused("Somebody has decided this case meanwhile.")
        if not ticks.despite_later and (text := came_later(case)):
            raise RefundRefused(f"{text} Tick that this comes on top of it.")
        # The buyer reads why a refund is made: for one that failed that was said before.
        failed = refund_of(case)
        reason = (failed.reason if failed else "") or words
        refund = ask(case, payment, reason=reason, user=user, despite_dispute=ticks.despite_dispute)
    return refunds.send(refund.pk)


def _what_is_left(case: AttentionCase, payment: Payment, **more: Any) -> Refund:
    return refunds.request_locked(payment, amount=refunds.refundable(payment), **more)


def _retry(case: AttentionCase, payment: Payment, *, reason: str, **more: Any) -> Refund:
    return refunds.retry(_failed(case).pk, **more)


def _again(case: AttentionCase, payment: Payment, **more: Any) -> Refund:
    return refunds.replace(_failed(case), payment, **more)


def came_later(case: AttentionCase) -> str:
    """Return in a sentence what went back of the payment after the refund that failed, which may have replaced it."""
    failed = refund_of(case)
    if failed is None:
        return ""
    later = failed.payment.refunds.filter(pk__gt=failed.pk).exclude(status=RefundStatus.FAILED)
    told = [f"{exact(refund.amount, failed.payment.currency)} ({refund})" for refund in later]
    return f"Since this refund failed, {', '.join(told)} went back or is on its way." if told else ""


def _failed(case: AttentionCase) -> Refund:
    refund = refund_of(case)
    if refund is None:
        raise Refused("The refund is not known any more.")
    return refund


def refund_of(case: AttentionCase) -> Refund | None:
    """Return the refund that failed, if the case is about one."""
    return Refund.objects.filter(pk=case.refund_id).first() if case.refund_id else None
