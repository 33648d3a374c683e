"""Disputes: a dimension of their own, with a deadline before staff and a loss in the ledger."""

from itertools import permutations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from checkout import disputes, gateway, ledger, orders, payments, refunds, sweep, tracker
from checkout.facts import dispute_facts
from checkout.models import AttentionCase, Dispute, LedgerEntry, Order, Payment
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import assert_books_hold, ordered, paid
from tests.checkout.reports import deliver, dispute_entity, event
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def bought() -> Payment:
    attempt = ordered()
    payments.record(paid(attempt))
    return attempt.order.payments.get()


def report(payment_id: str, status: str) -> str:
    return disputes.record(dispute_facts(dispute_entity(payment_id, status=status)))


@pytest.mark.covers("J1", "E21")
def test_a_dispute_that_razorpay_does_not_know_stops_nothing(simulator: Simulator) -> None:
    report("pay_DESlfW9H8K9uqM", "open")
    for _pass in range(2):
        Dispute.objects.update(updated_at=timezone.now() - 2 * disputes.REFRESH_PAUSE)
        assert disputes.refresh_open() == 0
    assert Dispute.objects.get().updated_at > timezone.now() - disputes.REFRESH_PAUSE
    assert AttentionCase.objects.filter(kind=CaseKind.REPORT_DIFFERS).count() == 1


@pytest.mark.covers("J1", "J2", "E15")
@pytest.mark.parametrize("order_of_reports", list(permutations(["open", "under_review", "lost"])))
def test_any_order_of_reports_ends_in_the_same_dispute(order_of_reports: tuple[str, ...]) -> None:
    payment = bought()
    for status in order_of_reports * 2:
        report(payment.razorpay_payment_id, status)
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.amount_deducted) == ("lost", 39_000)
    assert [entry.amount for entry in LedgerEntry.objects.filter(kind="dispute")] == [39_000]
    order = Order.objects.get()
    assert (order.status, tracker.payment_state(order), tracker.refunded(order)) == ("paid", "paid", 0)
    waiting = AttentionCase.objects.filter(closed_at=None).values_list("kind", flat=True)
    assert list(waiting) == [CaseKind.DISPUTE_LOST]
    assert_books_hold()


@pytest.mark.covers("J1")
def test_the_deadline_waits_for_staff_until_the_bank_has_decided() -> None:
    payment = bought()
    for _time in range(2):
        report(payment.razorpay_payment_id, "open")
    case = AttentionCase.objects.get()
    assert (case.kind, case.order) == (CaseKind.DISPUTE_OPEN, payment.order)
    assert "₹390.00, goods not received: answer in Razorpay’s dashboard until 30 November 2026, 06:23" in case.text
    report(payment.razorpay_payment_id, "won")
    report(payment.razorpay_payment_id, "lost")
    case.refresh_from_db()
    assert (case.resolution, Dispute.objects.get().status) == ("Won", "won")
    assert not LedgerEntry.objects.filter(kind="dispute").exists()


@pytest.mark.covers("J3")
def test_whoever_packs_or_ships_a_disputed_order_is_warned() -> None:
    payment = bought()
    owner = browser_of(in_role("owner"))
    bulk = [f"/admin/bulk/checkout/order/mark_{act}/?id={payment.order_id}" for act in ("packed", "shipped")]
    pages = [f"/admin/orders/{act}/{payment.order_id}/" for act in ("pack", "ship")] + bulk
    inspect = f"/admin/orders/inspect/{payment.order_id}/"

    def warned(words: str) -> set[bool]:
        return {words in owner.get(page).content.decode() for page in [*pages, inspect]}

    assert warned("is not paid for") == warned("Do not send the parcel") == {False}
    report(payment.razorpay_payment_id, "open")
    assert all("the buyer asks the bank for ₹390.00 back" in owner.get(page).content.decode() for page in pages)
    assert "Do not send the parcel" in owner.get(inspect).content.decode()
    report(payment.razorpay_payment_id, "lost")
    assert warned("A parcel that is sent now is not paid for") == {True}
    assert all("dispute lost" in owner.get(page).content.decode() for page in pages)


@pytest.mark.covers("J3")
@pytest.mark.parametrize("status", ["won", "closed"])
def test_a_dispute_that_the_shop_has_won_warns_nobody(status: str) -> None:
    payment = bought()
    report(payment.razorpay_payment_id, status)
    assert disputes.before_dispatch(Order.objects.all()) == []


@pytest.mark.covers("J3")
def test_several_orders_are_warned_of_by_number_as_long_as_they_are_here(asha: User) -> None:
    first, second, third = (bought() for _time in range(3))
    for number, payment in enumerate((first, second)):
        entity = dispute_entity(payment.razorpay_payment_id, status="lost", id=f"disp_{number:014d}")
        disputes.record(dispute_facts(entity))
    query = "&".join(f"id={payment.order_id}" for payment in (first, second, third))
    page = browser_of(in_role("owner")).get(f"/admin/bulk/checkout/order/mark_shipped/?{query}").content.decode()
    assert [f"{payment.order}</a>,\n        dispute lost" in page for payment in (first, second, third)] == [
        True,
        True,
        False,
    ]
    assert first.order is not None
    orders.advance(first.order.pk, OrderStatus.SHIPPED, user=asha)
    assert [dispute.payment for dispute in disputes.before_dispatch(Order.objects.all())] == [second]


@pytest.mark.covers("J4")
def test_a_dispute_of_an_unknown_payment_is_kept_and_told() -> None:
    body = event("payment.dispute.created", dispute=dispute_entity("pay_Nobody00000001"))
    assert deliver(body) == 200
    assert Dispute.objects.get().payment.razorpay_payment_id == "pay_Nobody00000001"
    assert AttentionCase.objects.get().kind == CaseKind.DISPUTE_OPEN


@pytest.mark.covers("J4", "E14", "I15")
@pytest.mark.parametrize("has_order", [True, False])
def test_a_dispute_that_is_heard_of_before_its_payment_is_of_it(has_order: bool) -> None:
    attempt = ordered()
    facts = paid(attempt) if has_order else paid(attempt, order_id=None)
    assert report(facts.payment_id, "lost") == "unmatched"
    payments.record(facts)
    payment = Payment.objects.get()
    assert (refunds.is_at_stake(payment), ledger.lost(payment)) == (True, 39_000)
    assert refunds.refundable(payment) == facts.amount - 39_000
    case = AttentionCase.objects.get(kind=CaseKind.DISPUTE_LOST)
    assert (case.payment, case.order) == (payment, attempt.order if has_order else None)
    assert_books_hold()


@pytest.mark.covers("J4")
def test_the_search_asks_for_the_payment_of_a_dispute(simulator: Simulator) -> None:
    theirs = simulator.control("pay", amount=50_000, link=True)["razorpay_payment_id"]
    made = simulator.control("dispute", payment_id=theirs, amount=39_000)
    disputes.record(gateway.fetch_dispute(made["id"]))
    now = int(timezone.now().timestamp())
    sweep.Sweep()._read_disputes(now - 600, now + 600)
    payment = Payment.objects.get(razorpay_payment_id=theirs)
    assert (payment.status, payment.disputes.count()) == ("captured", 1)


@pytest.mark.covers("J1")
@pytest.mark.parametrize("name", ["created", "action_required", "under_review", "won", "lost", "closed"])
def test_each_event_of_a_dispute_is_applied(name: str) -> None:
    payment = bought()
    status = {"created": "open", "action_required": "open"}.get(name, name)
    body = event(f"payment.dispute.{name}", dispute=dispute_entity(payment.razorpay_payment_id, status=status))
    assert [deliver(body), deliver(body, event_id="again")] == [200, 200]
    assert Dispute.objects.get().status == status
    assert_books_hold()
