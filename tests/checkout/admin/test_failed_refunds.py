"""Refunds that fail, once or again, and where staff can send their money then."""

from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client

from checkout import disputes, gateway, judgement, payments, pieces, refunds
from checkout.admin import decisions
from checkout.facts import dispute_facts
from checkout.models import AttentionCase, Order, OrderLine, Payment, Refund
from checkout.papers.sums import credited
from tests.checkout import faults, reports
from tests.checkout.admin.people import in_role
from tests.checkout.admin.test_acts import told
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import assert_books_hold, dashboard_refund, ordered, paid, refund_of, settled, stock_of
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
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


def bounced(payment: Payment, amount: int = 30_000) -> Refund:
    """Return a refund that the bank sent back."""
    refund = refunds.request(payment_id=payment.pk, amount=amount, reason="a dent")
    refunds.record(refund_of(refund, status="pending"))
    refund.refresh_from_db()
    refunds.record(refund_of(refund, status="failed"))
    return refund


@pytest.mark.covers("I9", "I14")
@pytest.mark.parametrize("restock", [True, False])
def test_a_refund_made_anew_keeps_its_pieces_and_its_reason(restock: bool, faulty: FaultyRazorpay) -> None:
    payment = bought()
    line = OrderLine.objects.get()
    request = partial(refunds.request, payment_id=payment.pk, amount=30_000, lines={line.pk: 1}, restock=restock)
    refund = request(reason="a dent")
    for status in ("pending", "failed"):
        refunds.record(refund_of(refund, status=status))
        refund.refresh_from_db()
    faulty.plan(faults.reset, on=REFUND, times=9)
    decisions.take(open_case(), "again", user=in_role("owner"), words="The bank was wrong")
    anew = Refund.objects.exclude(status="failed").get()
    assert (anew.amount, anew.reason) == (30_000, "a dent"), "the buyer does not read what colleagues write"
    assert AttentionCase.objects.values_list("resolution", flat=True).get() == "The bank was wrong"
    back = int(restock)
    assert list(anew.lines.values_list("order_line", "quantity", "restocked")) == [(line.pk, 1, back)]
    assert list(refund.lines.values_list("quantity", "restocked")) == [(1, 0)]
    assert pieces.of(line.order).get().left == line.quantity - 1
    assert stock_of() == (9 + back, 0)
    refunds.record(refund_of(anew))
    anew.refresh_from_db()
    assert [(row.sku, row.quantity) for row in credited(anew, line.order)] == [(line.sku, 1)]
    assert_books_hold()


def live() -> list[int]:
    """Return the amounts of all refunds that have not failed."""
    return list(Refund.objects.exclude(status="failed").values_list("amount", flat=True))


@pytest.mark.covers("I2")
def test_two_clicks_refund_anew_once(faulty: FaultyRazorpay) -> None:
    """Both pages were read while the case was open."""
    bounced(bought())
    user = in_role("owner")
    faulty.plan(faults.reset, on=REFUND, times=9)
    first, second = open_case(), open_case()
    decisions.take(first, "again", user=user, words="anew")
    with pytest.raises(decisions.Refused, match="meanwhile"):
        decisions.take(second, "again", user=user, words="anew")
    assert live() == [30_000]
    AttentionCase.objects.update(closed_at=None)
    with pytest.raises(decisions.Refused, match="asked for before"):
        decisions.take(open_case(), "again", user=user, words="anew", ticks=decisions.Ticks(despite_later=True))
    assert open_case(), "what is refused closes nothing"
    assert_books_hold()


@pytest.mark.covers("I2")
@pytest.mark.parametrize("way", ["again", "retry"])
def test_what_was_refunded_elsewhere_since_is_named_and_not_paid_once_more(
    way: str, owner: Client, faulty: FaultyRazorpay
) -> None:
    payment = bought()
    if way == "again":
        bounced(payment)
    else:
        faulty.plan(faults.refuse(400, "no balance"), on=REFUND)
        refunds.send(refunds.request(payment_id=payment.pk, amount=30_000, reason="a dent").pk)
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 30_000))
    case, words = open_case(), "Since this refund failed, ₹300.00 (rfnd_Dashboard00001) went back"
    url = f"/admin/attention/inspect/{case.pk}/"
    assert words in owner.get(url).content.decode()
    answer = owner.post(url, {"decision": way, "resolution": "as agreed"})
    assert (answer.status_code, live()) == (422, [30_000])
    faulty.plan(faults.reset, on=REFUND, times=9)
    owner.post(url, {"decision": way, "resolution": "one more dent", "despite_later": "on"})
    assert live() == [30_000, 30_000]
    assert_books_hold()


@pytest.mark.covers("I15")
def test_a_refund_is_tried_again_despite_a_dispute_only_on_purpose(owner: Client, faulty: FaultyRazorpay) -> None:
    payment = bought()
    faulty.plan(faults.refuse(400, "no balance"), on=REFUND)
    refunds.send(refunds.request(payment_id=payment.pk, amount=5_000, reason="a dent").pk)
    url = f"/admin/attention/inspect/{open_case().pk}/"
    assert "despite_dispute" not in owner.get(url).context["form"].fields
    disputes.record(dispute_facts(reports.dispute_entity(payment.razorpay_payment_id)))
    answer = owner.post(url, {"decision": "retry", "resolution": "as agreed"})
    assert (answer.status_code, live()) == (422, [])
    faulty.plan(faults.reset, on=REFUND, times=9)
    owner.post(url, {"decision": "retry", "resolution": "as agreed", "despite_dispute": "on"})
    assert Refund.objects.values_list("status", "despite_dispute").get() == ("requested", True)


@pytest.mark.covers("I11")
def test_of_a_failed_refund_that_no_longer_fits_the_rest_goes_back(owner: Client, faulty: FaultyRazorpay) -> None:
    attempt = ordered()
    payments.record(paid(attempt, 7, order_id=None))
    payment = Payment.objects.get()
    faulty.plan(faults.refuse(400, "no balance"), on=REFUND)
    decide(owner, open_case(), "refund")
    refunds.record(dashboard_refund(payment.razorpay_payment_id, 10_000))
    case = open_case()
    assert offered(owner, case) == {"link", "refund", "write_off"}
    faulty.plan(faults.reset, on=REFUND, times=9)
    decide(owner, case, "refund", despite_later="on")
    assert live() == [10_000, payment.amount - 10_000]
    assert_books_hold()
