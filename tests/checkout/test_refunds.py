"""Refunds: what may be asked for, one refund at Razorpay whatever gets lost, every report believed once.

The control, as it was seen: without the header `X-Refund-Idempotency` a lost answer is refunded twice.
"""

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from catalog.models.stock import AppendOnlyError
from checkout import claims, disputes, emails, gateway, judgement, ledger, payments, refunds, tracker
from checkout.facts import dispute_facts, refund_facts
from checkout.invoices import financial_year
from checkout.management.commands.audit import disagreements
from checkout.models import AttentionCase, LedgerEntry, Order, OutboxEmail, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.refunds import RefundRefused
from checkout.status import RefundStatus
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import (
    ONCE_PAID,
    assert_books_hold,
    dashboard_refund,
    ordered,
    outcome,
    paid,
    refund_of,
    settled,
    stock_of,
)
from tests.factories import Buyer, make_product
from tests.programs import Simulator
from webhooks import catching_up

pytestmark = pytest.mark.django_db
REFUND = r"POST /v1/payments/[^/]+/refund"


def bought(quantity: int = 2) -> Payment:
    """Return the payment of a new order."""
    attempt = ordered(quantity=quantity)
    payments.record(paid(attempt))
    return Payment.objects.get(razorpay_order=attempt)


def really_bought(simulator: Simulator) -> Payment:
    """Return the payment of an order that was paid at the pretend Razorpay."""
    make_product("CG43-TX-0007")
    buyer = Buyer()
    _order, body = buyer.buy("CG43-TX-0007")
    buyer.client.post(body["verify_url"], reports.pay(simulator, body["razorpay"]["order_id"]))
    return Payment.objects.get(fulfils=True)


def ask(payment: Payment, amount: int, **more: Any) -> Refund:
    return refunds.request(payment_id=payment.pk, amount=amount, reason="a dent", **more)


@pytest.mark.covers("I1")
@pytest.mark.parametrize("amount", [0, -1, True, 10**12, 99])
def test_an_amount_that_is_no_refund_is_refused_before_any_call(amount: int) -> None:
    payment = bought()
    with pytest.raises(RefundRefused):
        ask(payment, amount)
    assert not Refund.objects.exists()


@pytest.mark.covers("I1")
def test_no_crumb_is_left_that_razorpay_could_not_refund() -> None:
    payment = bought()
    with pytest.raises(RefundRefused, match=r"leaves ₹0\.99"):
        ask(payment, payment.amount - 99)
    ask(payment, payment.amount - 100)


@pytest.mark.covers("I1", "I2", "I12")
def test_partial_refunds_to_exactly_the_total_and_not_a_paisa_more() -> None:
    payment = bought()
    for amount in (100, payment.amount - 200, 100):
        refunds.record(refund_of(ask(payment, amount)))
    assert refunds.refundable(payment) == 0
    with pytest.raises(RefundRefused, match="Nothing"):
        ask(payment, 1)
    order = Order.objects.get()
    assert (tracker.payment_state(order), tracker.refunded(order)) == ("refunded", payment.amount)
    assert order.status == "paid", "a refund is no status"
    assert_books_hold()


@pytest.mark.covers("I14")
def test_the_limit_is_what_was_captured_not_the_total() -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=attempt.amount - 500), settled(attempt))
    payment = Payment.objects.get()
    with pytest.raises(RefundRefused, match="At most"):
        ask(payment, attempt.amount)
    assert ask(payment, attempt.amount - 500)


@pytest.mark.covers("I2")
def test_a_failed_refund_frees_its_amount() -> None:
    payment = bought()
    refund = ask(payment, payment.amount)
    refunds.record(refund_of(refund, status="failed"))
    assert refunds.refundable(payment) == payment.amount
    assert AttentionCase.objects.get().kind == CaseKind.REFUND_FAILED
    assert_books_hold()


@pytest.mark.covers("I13")
def test_pieces_of_a_line_go_back_on_the_shelf_once() -> None:
    payment = bought(quantity=3)
    line = Order.objects.get().lines.get()
    ask(payment, line.unit_price, lines={line.pk: 1}, restock=True)
    ask(payment, line.unit_price, lines={line.pk: 1}, restock=False)
    assert stock_of() == (8, 0)
    with pytest.raises(RefundRefused, match="not that many"):
        ask(payment, 100, lines={line.pk: 2}, restock=True)
    assert (Refund.objects.count(), stock_of()) == (2, (8, 0))
    assert_books_hold()


@pytest.mark.covers("I3", "I4", "I8")
@pytest.mark.parametrize("fault", [faults.lose_answer, faults.reset, faults.answer(502, "<h1>Bad</h1>", "text/html")])
def test_a_lost_answer_is_asked_again_with_the_same_key(
    simulator: Simulator, faulty: FaultyRazorpay, fault: faults.Fault
) -> None:
    payment = really_bought(simulator)
    refund = ask(payment, 1_000)
    faulty.plan(fault, on=REFUND)
    assert refunds.send(refund.pk).status == "requested"
    Refund.objects.update(next_try_at=timezone.now())
    assert refunds.send_waiting() == 1
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == ("processed", 2)
    assert len(gateway.fetch_payment_refunds(payment.razorpay_payment_id)) == 1
    assert refunds.send_waiting() == 0
    assert_books_hold()


@pytest.mark.covers("I5")
def test_a_call_that_still_runs_is_asked_again(simulator: Simulator, faulty: FaultyRazorpay) -> None:
    refund = ask(really_bought(simulator), 1_000)
    faulty.plan(faults.refuse(409, "The request is in progress"), on=REFUND)
    assert refunds.send(refund.pk).status == "requested"
    Refund.objects.update(next_try_at=timezone.now())
    refunds.send_waiting()
    assert Refund.objects.get().status == "processed"


@pytest.mark.covers("I6", "I11")
@pytest.mark.parametrize(
    "text",
    [
        "Different request with the same idempotency key has already been processed.",
        "Your account does not have enough balance to carry out the refund operation",
        "invalid request sent",
    ],
)
def test_a_refusal_is_shown_and_can_be_tried_again_with_the_same_key(
    simulator: Simulator, faulty: FaultyRazorpay, text: str, django_user_model: type[User]
) -> None:
    refund = ask(really_bought(simulator), 1_000)
    faulty.plan(faults.refuse(400, text), on=REFUND)
    failed = refunds.send(refund.pk)
    assert (failed.status, failed.error) == ("failed", text)
    assert text in AttentionCase.objects.get().text
    assert refunds.send_waiting() == 0, "nobody repeats what Razorpay refuses"
    again = refunds.retry(refund.pk, user=django_user_model.objects.create_user("asha"))
    assert again.key == refund.key
    assert refunds.send(refund.pk).status == "processed"
    assert_books_hold()


def test_nobody_asks_twice_at_the_same_time(simulator: Simulator, faulty: FaultyRazorpay) -> None:
    refund = ask(really_bought(simulator), 1_000)
    Refund.objects.update(claimed_until=timezone.now() + claims.LEASE)
    assert refunds.send(refund.pk).status == "requested"
    assert faulty.count(REFUND) == 0


@pytest.mark.covers("I3")
def test_a_refusal_after_a_lost_answer_is_not_believed_before_looking(
    simulator: Simulator, faulty: FaultyRazorpay
) -> None:
    payment = really_bought(simulator)
    refund = ask(payment, payment.amount)
    faulty.plan(faults.lose_answer, on=REFUND)
    faulty.plan(faults.refuse(400, "The payment has been fully refunded already"), on=REFUND)
    refunds.send(refund.pk)
    Refund.objects.update(next_try_at=timezone.now())
    refunds.send_waiting()
    assert Refund.objects.get().status == "processed"
    assert_books_hold()


@pytest.mark.covers("I3")
def test_a_refund_is_not_given_up_while_nobody_says_whether_it_was_made(
    simulator: Simulator, faulty: FaultyRazorpay
) -> None:
    refund = ask(really_bought(simulator), 5_000)
    faulty.plan(faults.reset, on=REFUND)
    assert refunds.send(refund.pk).status == "requested"
    Refund.objects.update(next_try_at=timezone.now())
    faulty.plan(faults.refuse(400, "not now"), on=REFUND)
    faulty.plan(faults.reset, on=r"GET /v1/payments/[^/]+/refunds", times=5)
    assert refunds.send(refund.pk).status == "requested"
    assert not AttentionCase.objects.exists()


@pytest.mark.covers("I11", "I13")
def test_pieces_that_were_refunded_meanwhile_are_not_refunded_by_a_retry(
    django_user_model: type[User], faulty: FaultyRazorpay
) -> None:
    payment = bought(2)
    line = Order.objects.get().lines.get()
    faulty.plan(faults.refuse(400, "no balance"), on=REFUND)
    first = refunds.send(ask(payment, 1_000, lines={line.pk: 1}).pk)
    ask(payment, 2_000, lines={line.pk: 2})
    with pytest.raises(RefundRefused, match="not that many"):
        refunds.retry(first.pk, user=django_user_model.objects.create(username="asha"))


@pytest.mark.covers("I7", "I18")
def test_a_refund_made_in_the_dashboard_is_imported_once() -> None:
    payment = bought()
    for _time in range(2):
        refunds.record(dashboard_refund(payment.razorpay_payment_id, 700))
    refund = Refund.objects.get()
    assert (refund.origin, refund.amount, refund.status) == ("dashboard", 700, "processed")
    assert refunds.refundable(payment) == payment.amount - 700
    assert tracker.payment_state(Order.objects.get()) == "partially_refunded"
    assert_books_hold()


@pytest.mark.covers("I7")
def test_a_dashboard_refund_is_found_by_asking(simulator: Simulator) -> None:
    payment = really_bought(simulator)
    gateway.refund(payment.razorpay_payment_id, amount=900, key="somebody-else-0001", notes={})
    payments.check(payment.order)  # type: ignore[arg-type]
    assert Refund.objects.get().amount == 900
    assert_books_hold()


def test_our_request_gives_way_to_a_refund_that_left_no_room() -> None:
    payment = bought()
    ours = ask(payment, payment.amount)
    refunds.record(dashboard_refund(payment.razorpay_payment_id, payment.amount))
    ours.refresh_from_db()
    assert ours.status == "failed"
    assert_books_hold()


@pytest.mark.covers("E14")
def test_a_refund_before_its_capture_is_known_is_kept_and_booked_later() -> None:
    attempt = ordered()
    facts = paid(attempt)
    refunds.record(dashboard_refund(facts.payment_id, 700))
    assert not LedgerEntry.objects.exists()
    payments.record(facts)
    assert outcome(attempt.order) == ONCE_PAID
    assert Refund.objects.get().origin == "dashboard"
    assert tracker.refunded(attempt.order) == 700
    assert_books_hold()


@pytest.mark.covers("F6", "F14", "I17")
def test_money_that_was_never_captured_goes_back_without_a_word_in_the_books() -> None:
    attempt = ordered()
    payments.record(paid(attempt, 2, status="authorized"))
    payments.record(paid(attempt))
    uncaptured = paid(attempt, 2, status="refunded", amount_refunded=attempt.amount, captured=False)
    payments.record(uncaptured)
    refunds.record(dashboard_refund(uncaptured.payment_id, attempt.amount))
    order = Order.objects.get()
    assert Refund.objects.get().origin == "auto"
    assert (tracker.payment_state(order), tracker.refunded(order)) == ("paid", 0)
    assert list(LedgerEntry.objects.values_list("kind", flat=True)) == ["capture"]
    assert_books_hold()


@pytest.mark.covers("I9")
def test_a_bank_that_sends_the_money_back_after_all() -> None:
    payment = bought()
    refund = ask(payment, 5_000)
    refunds.record(refund_of(refund))
    refund.refresh_from_db()
    refunds.record(refund_of(refund, status="failed"))
    refunds.record(refund_of(refund))
    refund.refresh_from_db()
    assert refund.status == "failed"
    assert (ledger.returned(payment), refunds.refundable(payment)) == (0, payment.amount)
    assert AttentionCase.objects.get().kind == CaseKind.REFUND_FAILED
    assert OutboxEmail.objects.filter(kind="refunded").count() == 1
    assert_books_hold()


@pytest.mark.covers("I9", "L8")
@pytest.mark.parametrize("course", ["pending_then_failed", "processed_then_failed"])
def test_a_payment_whose_whole_refund_failed_is_captured_again(course: str, simulator: Simulator) -> None:
    payment = really_bought(simulator)
    simulator.control("switches", refunds=course, refund_seconds=30)
    refunds.send(ask(payment, payment.amount).pk)
    catching_up.catch_up()
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("refunded", payment.amount)
    simulator.control("clock", advance=31)
    catching_up.catch_up()
    assert disagreements() == []
    payment.refresh_from_db()
    assert (payment.amount_refunded, refunds.refundable(payment)) == (0, payment.amount)
    assert catching_up.catch_up().found_money == 0
    assert_books_hold()


@pytest.mark.covers("I9", "E12", "E14")
@pytest.mark.parametrize("way", list(itertools.permutations(["captured", "refunded", "processed", "failed"])))
def test_in_whatever_order_a_failed_refund_is_heard_of_its_money_is_here(way: tuple[str, ...]) -> None:
    attempt = ordered()
    payment_id = paid(attempt).payment_id
    tell: dict[str, Callable[[], object]] = {
        "captured": lambda: payments.record(paid(attempt)),
        "refunded": lambda: payments.record(
            paid(attempt, status="refunded", captured=True, amount_refunded=attempt.amount)
        ),
        "processed": lambda: refunds.record(dashboard_refund(payment_id, attempt.amount)),
        "failed": lambda: refunds.record(dashboard_refund(payment_id, attempt.amount, status="failed")),
    }
    for name in way:
        tell[name]()
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_refunded, ledger.returned(payment)) == ("captured", 0, 0)
    assert_books_hold()
    refunds.record(dashboard_refund(payment_id, attempt.amount, 2))
    payment.refresh_from_db()
    assert (payment.status, payment.amount_refunded) == ("refunded", attempt.amount), "another refund arrived"


def test_money_whose_refund_failed_can_pay_its_order(django_user_model: type[User]) -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=attempt.amount - 1), settled(attempt, status="attempted", amount=1))
    payment = Payment.objects.get()
    assert payment.order is not None
    assert payment.order.status == "on_hold"
    everything = dashboard_refund(payment.razorpay_payment_id, payment.amount, status="pending")
    refunds.record(everything)
    payments.record(
        paid(attempt, amount=payment.amount, status="refunded", captured=True, amount_refunded=payment.amount)
    )
    refunds.record(replace(everything, status=RefundStatus.FAILED))
    asha = django_user_model.objects.create_user("asha")
    assert judgement.accept(payment_id=payment.pk, user=asha, reason="they paid").status == "paid"
    assert_books_hold()


@pytest.mark.covers("I10", "L8")
def test_what_stays_pending_is_not_refunded_and_is_asked_about(simulator: Simulator) -> None:
    payment = really_bought(simulator)
    refund = ask(payment, 5_000)
    refunds.record(refund_of(refund, status="pending"))
    order = Order.objects.get()
    assert (tracker.payment_state(order), tracker.refunded(order)) == ("paid", 0)
    key = str(refund.key)
    theirs = gateway.refund(payment.razorpay_payment_id, amount=5_000, key=key, notes={"refund": key})
    Refund.objects.update(
        razorpay_refund_id=theirs.refund_id, updated_at=timezone.now() - 2 * refunds.sending.REFRESH_PAUSE
    )
    assert refunds.refresh_pending() == 0
    assert Refund.objects.get().status == "processed"
    assert_books_hold()


@pytest.mark.covers("I10", "E21")
def test_a_refund_that_razorpay_does_not_know_stops_nothing(simulator: Simulator) -> None:
    """A signed event tells of somebody else's, as Razorpay's published samples do."""
    foreign = reports.refund_entity("pay_DESlfW9H8K9uqM", amount=100, status="pending", id="rfnd_DzcgZ2NB9jkUsY")
    refunds.record(refund_facts(foreign))
    for _pass in range(2):
        Refund.objects.update(updated_at=timezone.now() - 2 * refunds.sending.REFRESH_PAUSE, next_try_at=timezone.now())
        assert refunds.refresh_pending() == 0
        AttentionCase.objects.filter(closed_at=None).update(closed_at=timezone.now())
    case = AttentionCase.objects.get()
    assert case.kind == CaseKind.REPORT_DIFFERS
    assert "rfnd_DzcgZ2NB9jkUsY" in case.text
    assert Refund.objects.get().next_try_at > timezone.now() + dt.timedelta(hours=11)


@pytest.mark.covers("I16")
def test_a_change_of_speed_is_noted_and_moves_nothing() -> None:
    refund = ask(bought(), 5_000)
    refunds.record(refund_of(refund))
    refund.refresh_from_db()
    changed = reports.refund_entity(
        refund.payment.razorpay_payment_id, amount=5_000, id=refund.razorpay_refund_id, speed_processed="instant"
    )
    for number in range(2):
        assert reports.deliver(reports.event("refund.speed_changed", refund=changed), event_id=f"e{number}") == 200
    refund.refresh_from_db()
    assert (refund.speed, refund.status, refund.amount) == ("instant", "processed", 5_000)
    assert_books_hold()


@pytest.mark.covers("I20")
def test_credit_note_and_mail_come_once(mailoutbox: list[Any]) -> None:
    payment = bought()
    refund = ask(payment, 5_000)
    for _time in range(3):
        refunds.record(refund_of(refund))
        refund.refresh_from_db()
    assert refund.credit_note_number == f"CN/{payment.order.invoice_number.split('/')[1]}/000001"  # type: ignore[union-attr]
    emails.send_waiting()
    told = [mail for mail in mailoutbox if "way back" in mail.subject]
    assert len(told) == 1
    assert "₹50.00" in told[0].body
    assert str(refund.credit_note_number) in told[0].body


@pytest.mark.covers("I20")
def test_a_refund_booked_before_its_order_was_paid_gets_its_credit_note_then() -> None:
    attempt = ordered()
    payments.record(paid(attempt, status="refunded", captured=True, amount_refunded=attempt.amount))
    refunds.record(dashboard_refund(paid(attempt).payment_id, attempt.amount))
    assert Refund.objects.get().credit_note_number is None, "there is no invoice yet"
    for _time in range(2):
        payments.record(paid(attempt))
    assert outcome(attempt.order) == ONCE_PAID
    assert Refund.objects.get().credit_note_number == f"CN/{financial_year(timezone.now())}/000001"
    assert OutboxEmail.objects.filter(kind="refunded").count() == 1
    assert_books_hold()


def test_what_went_back_before_a_person_linked_the_rest_has_no_credit_note(django_user_model: type[User]) -> None:
    attempt = ordered()
    facts = paid(attempt, order_id=None, amount=attempt.amount + 500)
    payments.record(facts)
    for _time in range(2):
        refunds.record(dashboard_refund(facts.payment_id, 500))
        if Payment.objects.get().order is None:
            asha = django_user_model.objects.create_user("asha")
            judgement.link(payment_id=Payment.objects.get().pk, order=attempt.order, user=asha, reason="by link")
    assert outcome(attempt.order) == ONCE_PAID
    assert Refund.objects.get().credit_note_number is None
    refunds.record(dashboard_refund(facts.payment_id, 100, 2))
    assert Refund.objects.get(amount=100).credit_note_number
    assert_books_hold()


@pytest.mark.covers("I15")
def test_a_disputed_payment_is_refunded_only_on_purpose() -> None:
    payment = bought()
    disputes.record(dispute_facts(reports.dispute_entity(payment.razorpay_payment_id)))
    with pytest.raises(RefundRefused, match="disputes"):
        ask(payment, 100)
    assert ask(payment, 100, despite_dispute=True)


@pytest.mark.covers("I15")
@pytest.mark.parametrize("status", ["open", "lost"])
def test_a_dispute_stops_a_refund_that_waits_to_be_made(
    status: str, simulator: Simulator, faulty: FaultyRazorpay
) -> None:
    payment = really_bought(simulator)
    refund = ask(payment, 5_000)
    faulty.plan(faults.answer(500, "{}"), on=REFUND)
    assert refunds.send(refund.pk).status == "requested"
    disputes.record(dispute_facts(reports.dispute_entity(payment.razorpay_payment_id, status=status)))
    Refund.objects.update(next_try_at=timezone.now())
    refunds.send_waiting()
    refund.refresh_from_db()
    assert (refund.status, faulty.count(REFUND)) == ("failed", 1)
    case = AttentionCase.objects.get(kind=CaseKind.REFUND_FAILED)
    assert "The buyer disputes this payment" in case.text
    assert_books_hold()


@pytest.mark.covers("I3", "I15")
def test_a_dispute_does_not_hide_a_refund_that_was_made_before_it(simulator: Simulator, faulty: FaultyRazorpay) -> None:
    payment = really_bought(simulator)
    refund = ask(payment, 5_000)
    faulty.plan(faults.lose_answer, on=REFUND)
    refunds.send(refund.pk)
    disputes.record(dispute_facts(reports.dispute_entity(payment.razorpay_payment_id)))
    Refund.objects.update(next_try_at=timezone.now())
    refunds.send_waiting()
    assert Refund.objects.get().status == "processed"


def test_a_report_that_is_faster_than_a_lost_answer_leaves_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = ask(bought(), 5_000)

    def lose(*_args: Any, **_options: Any) -> None:
        refunds.record(refund_of(refund))
        raise gateway.GatewayError(detail="Timeout")

    monkeypatch.setattr(gateway, "refund", lose)
    sent = refunds.send(refund.pk)
    assert (sent.status, sent.error) == ("processed", "")


def test_the_database_refuses_to_change_the_books() -> None:
    bought()
    entry = LedgerEntry.objects.get()
    with pytest.raises(AppendOnlyError):
        LedgerEntry.objects.update(amount=1)
    with pytest.raises(AppendOnlyError):
        entry.delete()
    with pytest.raises(AppendOnlyError):
        entry.save()
    raw = LedgerEntry.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        super(type(raw), raw).update(amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        raw._raw_delete(raw.db)
    assert LedgerEntry.objects.get().amount == entry.amount


def test_the_database_refuses_to_change_an_invoice_number() -> None:
    bought()
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.update(invoice_number="CG/2627/000099")


@pytest.mark.django_db(transaction=True)
def test_razorpay_is_called_outside_of_any_transaction(
    simulator: Simulator, settings: Settings, no_call_in_a_transaction: None
) -> None:
    refund = ask(really_bought(simulator), 1_000)
    assert refunds.send(refund.pk).status == "processed"
