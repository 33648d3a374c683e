"""Ten bugs that a shop like this one has had somewhere. Each takes one rule away, and the machine must find all ten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet

from catalog import stock
from checkout import cancelling, comparison, invoices, judgement, ledger, payments, refunds, status
from checkout.comparison import compare
from checkout.facts import PaymentFacts
from checkout.models import Payment
from checkout.models.ledger import EntryKind
from checkout.refunds import asking, recording

Plant = Callable[[pytest.MonkeyPatch], None]


def cars_stay_held(patch: pytest.MonkeyPatch) -> None:
    """An order that expires keeps its cars."""
    patch.setattr(stock, "release", lambda **_items: None)


def refunds_have_no_bound(patch: pytest.MonkeyPatch) -> None:
    """Staff may refund more than was captured."""
    patch.setattr(asking, "check_amount", lambda amount, available: None)


def failed_is_final(patch: pytest.MonkeyPatch) -> None:
    """A payment that failed is never believed to have gone well after all."""
    record = payments._record

    def stubborn(facts: PaymentFacts, *rest: Any) -> str:
        has_failed = Payment.objects.filter(razorpay_payment_id=facts.payment_id, status=status.PaymentStatus.FAILED)
        return "unchanged" if has_failed.exists() else record(facts, *rest)

    patch.setattr(payments, "_record", stubborn)


def refunds_are_not_booked(patch: pytest.MonkeyPatch) -> None:
    """The ledger forgets what went back."""
    book = ledger.book

    def forgetful(kind: EntryKind, *rest: Any, **more: Any) -> bool:
        return kind == EntryKind.REFUND or book(kind, *rest, **more)

    patch.setattr(ledger, "book", forgetful)


def a_number_is_skipped(patch: pytest.MonkeyPatch) -> None:
    """Each invoice draws two numbers."""
    number = invoices.next_number

    def skipping(at: Any) -> str:
        number(at)
        return number(at)

    patch.setattr(invoices, "next_number", skipping)


def cancelled_orders_revive(patch: pytest.MonkeyPatch) -> None:
    """Money that comes after a cancellation pays the order."""
    judge = judgement.judge

    def willing(order: Any, payment: Any, *rest: Any) -> comparison.Verdict:
        is_over = order.status == status.OrderStatus.CANCELLED and order.paid_at is None
        return comparison.Verdict.MATCH if is_over else compare(order, payment, *rest)

    def reviving(order: Any, payment: Any, *, is_match: bool) -> None:
        if order.status == status.OrderStatus.CANCELLED and order.paid_at is None and judgement._has_cars_again(order):
            judgement._pay(order, payment)
        else:
            judge(order, payment, is_match=is_match)

    patch.setattr(payments, "compare", willing)
    patch.setattr(judgement, "judge", reviving)


def a_second_payment_is_kept(patch: pytest.MonkeyPatch) -> None:
    """Who pays twice has paid twice."""
    give_back = refunds.give_back
    patch.setattr(
        refunds, "give_back", lambda payment, reason: None if "already" in reason else give_back(payment, reason)
    )


def pieces_come_back_twice(patch: pytest.MonkeyPatch) -> None:
    """A refund with pieces puts each of them back twice."""
    return_ = stock.return_

    def generous(*, items: dict[int, int], **more: Any) -> None:
        return_(items={pk: 2 * quantity for pk, quantity in items.items()}, **more)

    patch.setattr(stock, "return_", generous)


def cancelling_keeps_the_money(patch: pytest.MonkeyPatch) -> None:
    """A paid order is cancelled without a refund."""
    patch.setattr(cancelling, "_refund", lambda *_args, **_wanted: None)


def each_report_is_a_refund(patch: pytest.MonkeyPatch) -> None:
    """A refund that the shop asked for is not recognised when Razorpay reports it."""
    patch.setattr(recording, "_find", lambda facts, payment: known_by_id(payment.refunds.all(), facts.refund_id))


def known_by_id(rows: "QuerySet[Any]", refund_id: str) -> Any:
    """Return the refund with Razorpay's id."""
    return rows.filter(razorpay_refund_id=refund_id).first()


# Those that show themselves soonest stand first.
BUGS: list[Plant] = [
    cars_stay_held,
    refunds_are_not_booked,
    a_number_is_skipped,
    refunds_have_no_bound,
    failed_is_final,
    cancelled_orders_revive,
    a_second_payment_is_kept,
    pieces_come_back_twice,
    cancelling_keeps_the_money,
    each_report_is_a_refund,
]
