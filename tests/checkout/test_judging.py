"""What a judgement writes down: the words of an order's history, the reasons of refunds, who decided what."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from catalog import stock
from catalog.models import Variant
from checkout import judgement, orders, payments, refunds
from checkout.judgement import NotAcceptable
from checkout.models import AttentionCase, LedgerEntry, Order, OrderEvent, Payment, RazorpayOrder, Refund
from tests.checkout.orders import (
    ONCE_PAID,
    assert_books_hold,
    dashboard_refund,
    make_overdue,
    ordered,
    outcome,
    paid,
    settled,
    stock_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def told(order: Order, *kinds: str) -> list[tuple[str, str, str | None]]:
    """Return kind, text and person of events, oldest first."""
    found = OrderEvent.objects.filter(order=order, kind__in=kinds).order_by("pk")
    return list(found.values_list("kind", "text", "user__username"))


def differing(attempt: RazorpayOrder, by: int, number: int = 1) -> Payment:
    """Return a payment whose Razorpay order has another amount than the shop asked for."""
    amount = attempt.amount + by
    facts = paid(attempt, number, amount=amount)
    payments.record(facts, settled(attempt, amount=amount, amount_paid=amount))
    return Payment.objects.get(razorpay_payment_id=facts.payment_id)


@pytest.mark.parametrize(
    ("by", "words"),
    [(0, []), (-100, [("paid_with_offer", "₹1.00", None)]), (24, [("paid_with_surcharge", "₹0.24", None)])],
)
def test_an_order_that_was_paid_with_an_offer_or_a_surcharge_says_so(by: int, words: list[Any]) -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=attempt.amount + by), settled(attempt))
    assert told(attempt.order, "paid_with_offer", "paid_with_surcharge") == words
    [(_, text, _)] = told(attempt.order, "paid")
    assert text == f"₹{1998 + by / 100:,.2f} upi"
    assert outcome(attempt.order)["fulfilled"] == 1


def test_a_payment_without_a_method_is_told_by_its_amount() -> None:
    attempt = ordered()
    payments.record(paid(attempt, method=""))
    assert told(attempt.order, "paid") == [("paid", "₹1,998.00", None)]


def test_a_payment_is_judged_once() -> None:
    attempt = ordered(on_hand=1)
    for _time in range(2):
        payments.record(paid(attempt))
    assert (outcome(attempt.order), Refund.objects.count()) == (ONCE_PAID, 0)


def test_money_that_goes_back_pays_nothing_when_cars_come_again() -> None:
    late = ordered(on_hand=1)
    make_overdue(late.order)
    assert orders.expire(late.order.pk, now=timezone.now())
    payments.record(paid(ordered()))
    payments.record(paid(late))
    stock.receive(variant=Variant.objects.get(), quantity=1, reason="found")
    payments.record(paid(late))
    assert (outcome(late.order)["status"], Refund.objects.count()) == ("on_hold", 1)
    assert stock_of() == (1, 0)
    assert_books_hold()


def test_why_money_goes_back() -> None:
    attempt = ordered(on_hand=2)
    payments.record(paid(attempt))
    payments.record(paid(attempt, 2))
    cancelled = ordered()
    assert orders.cancel(cancelled.order.pk, text="")
    payments.record(paid(cancelled))
    late = ordered()
    make_overdue(late.order)
    assert orders.expire(late.order.pk, now=timezone.now())
    payments.record(paid(ordered()))
    for _time in range(2):
        payments.record(paid(late))
    assert list(Refund.objects.order_by("pk").values_list("reason", "amount")) == [
        ("The order was already paid", attempt.amount),
        ("The order had been cancelled", attempt.amount),
        ("The payment came after the cars were sold", attempt.amount),
    ]
    assert told(late.order, "on_hold") == [("on_hold", "Paid late, its cars are sold: the money goes back", None)]
    assert_books_hold()


def test_an_order_is_held_once_and_each_payment_told() -> None:
    attempt = ordered()
    for number in (1, 2):
        differing(attempt, -1, number)
    text = (
        f"{attempt.order.number}: Razorpay’s amount differs from ours. "
        "The order costs ₹1,998.00, this payment is ₹1,997.99"
    )
    assert told(attempt.order, "on_hold") == [("on_hold", text, None)]
    assert (
        list(AttentionCase.objects.values_list("text", "order", "kind"))
        == [(text, attempt.order.pk, "amount_mismatch")] * 2
    )
    assert set(AttentionCase.objects.values_list("payment", flat=True)) == set(
        Payment.objects.values_list("pk", flat=True)
    )
    assert Refund.objects.count() == 0


def test_what_waits_beside_the_payment_that_paid_goes_back() -> None:
    attempt = ordered()
    assert payments.record(paid(attempt, 1, amount=500)) == "ask_razorpay"
    payments.record(paid(attempt, 2, status="authorized", amount=600))
    payments.record(paid(attempt, 3))
    assert list(Refund.objects.values_list("amount", "reason", "origin")) == [
        (500, "The order was already paid", "shop")
    ]
    assert Payment.objects.get(fulfils=True).amount == attempt.amount
    assert_books_hold()


def test_a_payment_that_waits_for_a_person_is_left_to_them() -> None:
    attempt = ordered()
    held = differing(attempt, -1)
    payments.record(paid(attempt, 2), settled(attempt))
    assert outcome(attempt.order)["status"] == "paid"
    assert not held.refunds.exists()
    assert AttentionCase.objects.get().closed_at is None


def test_a_payment_that_was_accepted_names_the_person(asha: User) -> None:
    attempt = ordered()
    held = differing(attempt, -1)
    order = judgement.accept(payment_id=held.pk, user=asha, reason="one paisa is forgiven")
    assert (order.pk, order.status) == (attempt.order.pk, "paid")
    held.refresh_from_db()
    assert (held.accepted_by, held.fulfils) == (asha, True)
    assert told(order, "payment_accepted") == [("payment_accepted", "one paisa is forgiven", "asha")]
    assert AttentionCase.objects.values_list("closed_by", "resolution").get() == (asha.pk, "one paisa is forgiven")
    assert stock_of() == (9, 0)


def test_part_of_the_money_may_be_accepted_while_the_cars_are_held(asha: User) -> None:
    attempt = ordered()
    assert payments.record(paid(attempt, amount=500)) == "ask_razorpay"
    judgement.accept(payment_id=Payment.objects.get().pk, user=asha, reason="the rest came in cash")
    assert outcome(attempt.order) == ONCE_PAID
    assert stock_of() == (9, 0), "held once, sold once"
    assert_books_hold()


def refused(asha: User, payment: Payment) -> str:
    with pytest.raises(NotAcceptable) as found:
        judgement.accept(payment_id=payment.pk, user=asha, reason="fine")
    assert str(found.value) == found.value.text
    payment.refresh_from_db()
    assert payment.accepted_by is None
    return found.value.text


def test_what_cannot_be_accepted_and_why(asha: User) -> None:
    nobodys = paid(ordered(), 9, order_id=None)
    payments.record(nobodys)
    text = "This payment belongs to no order yet."
    assert refused(asha, Payment.objects.get(razorpay_payment_id=nobodys.payment_id)) == text

    authorized = paid(ordered("CG18-B"), status="authorized")
    payments.record(authorized)
    text = "Money of this payment is on its way back, so that it cannot pay the order."
    assert refused(asha, Payment.objects.get(razorpay_payment_id=authorized.payment_id)) == text

    part = differing(ordered("CG18-C"), -1)
    refunds.record(dashboard_refund(part.razorpay_payment_id, 1))
    assert refused(asha, part) == text

    attempt = ordered("CG18-D")
    held = differing(attempt, -1, 2)
    payments.record(paid(attempt), settled(attempt))
    text = "The order was paid before: refund this payment instead."
    assert refused(asha, held) == text
    Order.objects.filter(pk=attempt.order.pk).update(status="cancelled")
    assert refused(asha, held) == text


def test_linked_money_names_the_person(asha: User) -> None:
    order = ordered().order
    facts = paid(order.razorpay_orders.get(), 7, order_id=None)
    payments.record(facts)
    payment = Payment.objects.get()
    assert judgement.link(payment_id=payment.pk, order=order, user=asha, reason="by link").pk == order.pk
    payment.refresh_from_db()
    assert (payment.order, payment.accepted_by, payment.fulfils) == (order, asha, True)
    assert told(order, "payment_linked") == [("payment_linked", f"{facts.payment_id} by link", "asha")]
    assert AttentionCase.objects.values_list("closed_by", "resolution").get() == (asha.pk, f"{order.number}: by link")


@pytest.mark.parametrize("changes", [{"amount": 199_799}, {"amount": 199_801}, {"currency": "USD"}])
def test_linked_money_pays_when_amount_and_currency_are_exact(changes: dict[str, Any], asha: User) -> None:
    order = ordered().order
    payments.record(paid(order.razorpay_orders.get(), 7, order_id=None, **changes))
    judgement.link(payment_id=Payment.objects.get().pk, order=order, user=asha, reason="by link")
    assert outcome(order)["status"] == "on_hold"


def test_money_that_is_not_there_cannot_be_linked(asha: User) -> None:
    order = ordered().order
    facts = paid(order.razorpay_orders.get(), 7, order_id=None, amount=1)
    payments.record(facts)
    refunds.record(dashboard_refund(facts.payment_id, 1))
    payment = Payment.objects.get()
    with pytest.raises(NotAcceptable, match="Nothing of this payment is left"):
        judgement.link(payment_id=payment.pk, order=order, user=asha, reason="by link")
    payment.refresh_from_db()
    assert payment.order is None


def test_what_is_written_off(asha: User) -> None:
    order = ordered().order
    facts = paid(order.razorpay_orders.get(), 7, order_id=None, amount=1)
    payments.record(facts)
    payment = Payment.objects.get()
    judgement.write_off(payment_id=payment.pk, user=asha, reason="in cash")
    entry = LedgerEntry.objects.get(kind="write_off")
    assert (entry.amount, entry.text, entry.user, entry.payment) == (1, "in cash", asha, payment)
    assert AttentionCase.objects.values_list("closed_by", "resolution").get() == (asha.pk, "in cash")
    payments.record(paid(order.razorpay_orders.get()))
    with pytest.raises(NotAcceptable, match="nothing to write off"):
        judgement.write_off(payment_id=Payment.objects.get(fulfils=True).pk, user=asha, reason="in cash")
