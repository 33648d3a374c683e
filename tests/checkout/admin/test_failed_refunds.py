"""Refunds that fail, once or again, and where staff can send their money then."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from checkout import disputes, gateway, judgement, payments, refunds
from checkout.facts import dispute_facts
from checkout.models import AttentionCase, Order, Payment, Refund
from tests.checkout import faults, reports
from tests.checkout.admin.test_acts import told
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import assert_books_hold, ordered, paid, settled
from tests.programs import Simulator

pytestmark = pytest.mark.django_db
REFUND = "POST .*/refund"


def stray(simulator: Simulator) -> Payment:
    """Return money at the pretend Razorpay that belongs to no order."""
    theirs = simulator.control("pay", amount=50_000, link=True)["razorpay_payment_id"]
    payments.record(gateway.fetch_payment(theirs))
    return Payment.objects.get(razorpay_payment_id=theirs)


def bought() -> Payment:
    attempt = ordered()
    payments.record(paid(attempt))
    return Payment.objects.get(razorpay_order=attempt)


def open_case() -> AttentionCase:
    return AttentionCase.objects.get(closed_at=None)


def offered(client: Client, case: AttentionCase) -> set[str]:
    form = client.get(f"/admin/attention/inspect/{case.pk}/").context["form"]
    return {name for name, _label in form.fields["decision"].choices}


def decide(client: Client, case: AttentionCase, decision: str, **more: str) -> str:
    data = {"decision": decision, "resolution": "as agreed", **more}
    return told(client.post(f"/admin/attention/inspect/{case.pk}/", data))


@pytest.mark.covers("I9", "I11")
def test_a_retry_that_fails_too_is_told_and_waits_again(owner: Client, faulty: FaultyRazorpay) -> None:
    payment = bought()
    faulty.plan(faults.refuse(400, "no balance"), on=REFUND, times=2)
    refunds.send(refunds.request(payment_id=payment.pk, amount=5_000, reason="a dent").pk)
    first = open_case()
    assert offered(owner, first) == {"retry", "close"}
    assert "was not made: no balance" in decide(owner, first, "retry")
    second = open_case()
    assert second.pk != first.pk
    assert "retry" in offered(owner, second)
    assert_books_hold()


@pytest.mark.covers("I9")
def test_money_that_a_bank_sent_back_is_refunded_anew(owner: Client, simulator: Simulator) -> None:
    payment = stray(simulator)
    simulator.control("switches", refunds="pending_then_failed", refund_seconds=0)
    decide(owner, open_case(), "refund")
    for refund in Refund.objects.all():
        refunds.record(gateway.fetch_refund(str(refund.razorpay_refund_id)))
    failed = open_case()
    assert offered(owner, failed) == {"link", "again", "write_off"}, "and not just closed"
    assert_books_hold()
    simulator.control("switches", refunds="processed")
    assert "is on its way back" in decide(owner, failed, "again")
    assert [refund.status for refund in payment.refunds.all()] == ["failed", "processed"]
    assert not AttentionCase.objects.filter(closed_at=None).exists()
    assert_books_hold()


@pytest.mark.covers("I9", "F16")
@pytest.mark.parametrize("decision", ["link", "write_off"])
def test_money_that_cannot_go_back_goes_elsewhere(decision: str, owner: Client, faulty: FaultyRazorpay) -> None:
    attempt = ordered()
    payments.record(paid(attempt, 7, order_id=None))
    faulty.plan(faults.refuse(400, "no balance"), on=REFUND)
    decide(owner, open_case(), "refund")
    decide(owner, open_case(), decision, order=attempt.order.number)
    assert not AttentionCase.objects.filter(closed_at=None).exists()
    assert Order.objects.get().status == ("paid" if decision == "link" else "pending")
    assert_books_hold()


@pytest.mark.covers("F4", "J1")
@pytest.mark.parametrize("way", ["write_off", "dispute"])
def test_an_order_on_hold_ends_when_its_money_is_gone(way: str, owner: Client) -> None:
    attempt = ordered()
    payments.record(paid(attempt), settled(attempt, amount=attempt.amount + 1))
    payment = Payment.objects.get()
    assert "write_off" in offered(owner, open_case())
    if way == "dispute":
        entity = reports.dispute_entity(payment.razorpay_payment_id, status="lost", amount_deducted=payment.amount)
        disputes.record(dispute_facts(entity))
    else:
        judgement.write_off(payment_id=payment.pk, user=User.objects.get(), reason="paid back by hand")
    order = Order.objects.get()
    assert order.status == "cancelled"
    if way == "write_off":
        assert "/admin/orders/refund/" not in owner.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
    assert_books_hold()
