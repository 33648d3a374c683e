"""Whatever the order and number of Razorpay's reports, delivered by the webhook: the books end the same.

Six reports in each of their 720 orders, and on SQLite in each order that they and a second report of one of them can
have; a share of them in `make test`. A second report is other bytes that say the same, so that it is applied again and
not only recognised. The rule of refunds: a capture pays its order also when its refund was heard of before, since all
of them together say that the order was paid and its money went back.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from checkout.models import AttentionCase, LedgerEntry, Order, OrderEvent, OutboxEmail, Payment, RazorpayOrder, Refund
from tests.checkout import reports
from tests.checkout.orders import assert_books_hold, ordered, stock_of
from tests.effort import IS_FULL, count

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.timeout(0)]
SHARE = 15
# States that are equal have equal books, so that the audit looks at a part of them only.
AUDITED = 10
Way = tuple[str, ...]
# What the shop saw of a payment or a dispute on its way is history, and differs as the ways do.
SEEN = ("payment_failed", "payment_authorized", "dispute_open", "dispute_lost")


def refunded_once(attempt: RazorpayOrder, *, amount: int, has_payment: bool) -> dict[str, bytes]:
    """Return the reports, in their natural order, of a payment that failed, was captured, and went back."""
    refund_id = "rfnd_Aa1Bb2Cc3Dd4Ee"
    fee: dict[str, Any] = {"fee": 4_482, "tax": 684}
    status = "refunded" if amount == attempt.amount else "captured"
    after = reports.payment_entity(attempt, status=status, captured=True, amount_refunded=amount, **fee)
    with_payment = {"payment": after} if has_payment else {}

    def refund(status: str) -> dict[str, Any]:
        return reports.refund_entity(reports.PAYMENT_ID, amount=amount, status=status, id=refund_id)

    return {
        **payment_reports(attempt, "failed", "authorized", "captured"),
        "order.paid": reports.event(
            "order.paid", payment=reports.payment_entity(attempt, **fee), order=reports.order_entity(attempt)
        ),
        "refund.created": reports.event("refund.created", refund=refund("pending"), **with_payment),
        "refund.processed": reports.event("refund.processed", refund=refund("processed"), **with_payment),
    }


def paid_twice(attempt: RazorpayOrder) -> dict[str, bytes]:
    """Return the reports of two payments of one order."""
    second = payment_reports(attempt, "failed", "authorized", "captured", id="pay_Zz1Bb2Cc3Dd4Ee")
    return {
        **payment_reports(attempt, "authorized", "captured"),
        **{f"second {name}": body for name, body in second.items()},
        "order.paid": reports.event(
            "order.paid", payment=reports.payment_entity(attempt), order=reports.order_entity(attempt)
        ),
    }


def disputed(attempt: RazorpayOrder) -> dict[str, bytes]:
    """Return the reports of a payment whose buyer went to the bank and won, after a part had gone back."""

    def dispute(status: str) -> bytes:
        entity = reports.dispute_entity(reports.PAYMENT_ID, status=status, amount=30_000)
        return reports.event(f"payment.dispute.{'created' if status == 'open' else status}", dispute=entity)

    refund = reports.refund_entity(reports.PAYMENT_ID, amount=500)
    return {
        **payment_reports(attempt, "authorized", "captured"),
        "order.paid": reports.event(
            "order.paid", payment=reports.payment_entity(attempt), order=reports.order_entity(attempt)
        ),
        "refund.processed": reports.event("refund.processed", refund=refund),
        "dispute.created": dispute("open"),
        "dispute.lost": dispute("lost"),
    }


def payment_reports(attempt: RazorpayOrder, *statuses: str, **changes: Any) -> dict[str, bytes]:
    """Return a report of a payment for each of its states."""
    return {
        f"payment.{status}": reports.event(
            f"payment.{status}", payment=reports.payment_entity(attempt, status=status, **changes)
        )
        for status in statuses
    }


SCENES: dict[str, Callable[[RazorpayOrder], dict[str, bytes]]] = {
    "all refunded": lambda attempt: refunded_once(attempt, amount=attempt.amount, has_payment=True),
    "all refunded, payment left out": lambda attempt: refunded_once(attempt, amount=attempt.amount, has_payment=False),
    "a part refunded": lambda attempt: refunded_once(attempt, amount=500, has_payment=True),
    "paid twice": paid_twice,
    "disputed": disputed,
}


def ways_of(names: list[str]) -> Iterable[Way]:
    """Return every order of the reports, alone and, on SQLite, with a second one of each; or a share of them."""
    if IS_FULL and connection.vendor == "postgresql":
        return set(itertools.permutations(names))
    if IS_FULL:
        twice = (set(itertools.permutations([*names, name])) for name in names)
        return set(itertools.permutations(names)).union(*twice)
    chance = random.Random(" ".join(names))
    return {tuple(chance.sample(twice, len(twice))) for twice in ([*names, chance.choice(names)] for _ in range(SHARE))}


def delivered(ways: Iterable[Way], bodies: dict[str, bytes]) -> Iterator[tuple[Way, dict[str, Any]]]:
    """Deliver the reports in each way from the same beginning, and yield the way and the state at its end.

    What two ways begin with is delivered once for both: the database goes back to where they part.
    """
    client = Client(enforce_csrf_checks=True)
    done: list[str] = []
    before: list[Any] = []
    for way in sorted(ways):
        common = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(done, way, strict=False))))
        if before[common:]:
            transaction.savepoint_rollback(before[common])
        del done[common:], before[common:]
        for name in way[common:]:
            before.append(transaction.savepoint())
            body = bodies[name] + b" " * done.count(name)
            assert reports.deliver(body, client=client, event_id=f"{name}{len(done)}") == 200
            done.append(name)
        yield way, state()
    transaction.savepoint_rollback(before[0])


def state() -> dict[str, Any]:
    """Return what is known at the end, without what tells only when, or which of two equal payments came first."""
    order = Order.objects.get()
    payments = [
        {
            "is": (payment.status, payment.amount, payment.currency, payment.amount_refunded, payment.fee, payment.tax),
            "error": payment.error_description,
            "fulfils": payment.fulfils,
            "is of the order": (payment.order, payment.razorpay_order) == (order, order.razorpay_orders.get()),
            "refunds": sorted(
                (refund.status, refund.amount, refund.origin, bool(refund.credit_note_number))
                for refund in payment.refunds.all()
            ),
            "disputes": list(payment.disputes.values_list("status", "amount_deducted")),
            "ledger": sorted(payment.entries.values_list("kind", "amount")),
        }
        for payment in Payment.objects.order_by("-fulfils")
    ]
    return {
        "order": (order.status, bool(order.paid_at), order.invoice_number, order.razorpay_orders.get().status),
        "payments": payments,
        "history": sorted(OrderEvent.objects.exclude(kind__in=SEEN).values_list("kind", "status")),
        "mails": sorted(OutboxEmail.objects.values_list("kind", flat=True)),
        "open cases": sorted(AttentionCase.objects.filter(closed_at=None).values_list("kind", "text", "order")),
        "sums": (LedgerEntry.objects.count(), Refund.objects.count(), stock_of()),
    }


@pytest.mark.covers("E10", "E11", "E12", "E13", "F18")
@pytest.mark.parametrize("scene", SCENES)
def test_every_way_ends_the_same(scene: str) -> None:
    bodies = SCENES[scene](ordered())
    natural = tuple(bodies)
    [(_, expected)] = delivered([natural], bodies)
    assert expected["order"][0] == "paid"
    for number, (way, found) in enumerate(delivered(ways_of(list(natural)), bodies)):
        assert found == expected, way
        if number % AUDITED == 0:
            assert_books_hold()
        count("ways")


def test_what_the_natural_way_leads_to() -> None:
    [(_, refunded)] = delivered([tuple(bodies := SCENES["all refunded"](attempt := ordered()))], bodies)
    [payment] = refunded["payments"]
    assert payment["is"] == ("refunded", attempt.amount, "INR", attempt.amount, 4_482, 684)
    assert payment["refunds"] == [("processed", attempt.amount, "dashboard", True)]
    assert payment["ledger"] == [("capture", attempt.amount), ("fee", 4_482), ("refund", attempt.amount)]
    assert refunded["mails"] == ["paid", "refunded"]
    assert refunded["open cases"] == []


def test_a_second_payment_is_given_back_once() -> None:
    [(_, twice)] = delivered([tuple(bodies := SCENES["paid twice"](attempt := ordered()))], bodies)
    assert [payment["fulfils"] for payment in twice["payments"]] == [True, False]
    assert [payment["refunds"] for payment in twice["payments"]] == [[], [("requested", attempt.amount, "shop", False)]]
