"""The mails of a refund: one when it takes its time, one when it is made, one when the bank sends it back."""

import datetime as dt
import itertools
import random
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from catalog.models import ShopSettings
from checkout import attempts, emails, gateway, payments, refunds
from checkout.facts import RefundFacts
from checkout.models import Order, OutboxEmail, Payment, Refund
from tests.checkout import reports
from tests.checkout.orders import cart_with, dashboard_refund, ordered, paid, place, refund_of
from tests.factories import make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.covers("PA9", "PA10")]
AMOUNT = 1_00_050
ARN = "74332744091234567890123"


@pytest.fixture
def payment() -> Payment:
    """The payment of an order whose receipt was sent."""
    payments.record(paid(ordered(), method="card"))
    emails.send_waiting()
    mail.outbox.clear()
    ShopSettings.objects.update(email="care@example.in")
    return Payment.objects.get()


def ask(payment: Payment, *, minutes: int = 0) -> Refund:
    """Return a refund that was asked for some minutes ago."""
    refund = refunds.request(payment_id=payment.pk, amount=AMOUNT, reason="a dent")
    return ago(refund, minutes)


def ago(refund: Refund, minutes: int) -> Refund:
    Refund.objects.filter(pk=refund.pk).update(created_at=timezone.now() - dt.timedelta(minutes=minutes))
    return refund


def bodies(message: Any) -> list[str]:
    return [message.body, message.alternatives[0][0]]


def sent() -> list[str]:
    """Send what waits, and return the kinds of what was sent, whose bodies all name the amount."""
    emails.send_waiting()
    for message in mail.outbox:
        assert all("₹1,000.50" in body for body in bodies(message))
    found = [message.extra_headers["Message-ID"].split(".")[1].split("@")[0] for message in mail.outbox]
    mail.outbox.clear()
    return [name.rstrip("0123456789") for name in found]


def test_a_refund_that_is_made_at_once_is_told_once(payment: Payment) -> None:
    refund = ask(payment, minutes=19)
    assert (emails.tell_of_slow_refunds(), sent()) == (0, [])
    for _time in range(2):
        refunds.record(refund_of(refund))
    ago(refund, 60)
    assert (emails.tell_of_slow_refunds(), sent(), sent()) == (0, ["refunded"], [])


@pytest.mark.parametrize("status", ["requested", "pending"])
def test_a_refund_that_takes_its_time_is_told_of_once_before(payment: Payment, status: str) -> None:
    refund = ask(payment, minutes=21)
    if status == "pending":
        refunds.record(refund_of(refund, status="pending"))
    assert (emails.tell_of_slow_refunds(), emails.tell_of_slow_refunds()) == (1, 0)
    emails.send_waiting()
    for body in bodies(mail.outbox[0]):
        for words in ("the card that you paid with", "5 to 7 working days", "a dent", payment.order.number):  # type: ignore[union-attr]
            assert words in body
    assert sent() == ["refund_started"]
    refund.refresh_from_db()
    refunds.record(refund_of(refund))
    assert (emails.tell_of_slow_refunds(), sent()) == (0, ["refunded"])


def test_what_is_made_before_its_first_mail_goes_out_is_told_as_made(payment: Payment) -> None:
    refund = ask(payment, minutes=21)
    assert emails.tell_of_slow_refunds() == 1
    refunds.record(refund_of(refund))
    assert sent() == ["refunded"]
    assert sorted(OutboxEmail.objects.values_list("kind", flat=True)) == ["paid", "refunded"]


def test_money_of_nobody_and_money_that_never_came_are_not_told() -> None:
    payments.record(paid(attempt := ordered(), status="authorized"))
    refunds.record(dashboard_refund(Payment.objects.get().razorpay_payment_id, 500, status="pending"))
    foreign = paid(attempt, 2, order_id=None)
    payments.record(foreign)
    refunds.record(dashboard_refund(foreign.payment_id, 500, 2, status="pending"))
    assert Refund.objects.update(created_at=timezone.now() - dt.timedelta(days=1)) == 2
    assert emails.tell_of_slow_refunds() == 0


def test_a_buyer_hears_what_happens_when_the_bank_sends_it_back(payment: Payment, client: Client) -> None:
    refund = ask(payment)
    refunds.record(refund_of(refund, acquirer_data={"arn": ARN}))
    assert sent() == ["refunded"]
    refund.refresh_from_db()
    for _time in range(2):
        refunds.record(refund_of(refund, status="failed"))
    emails.send_waiting()
    for body in bodies(mail.outbox[0]):
        for words in ("did not reach the card that you paid with", "yours", "care@example.in", ARN):
            assert words in body
    assert sent() == ["refund_failed"]
    order = Order.objects.get()
    assert "Your bank sent ₹1,000.50 back to us." in client.get(order.get_absolute_url()).content.decode()
    refunds.record(refund_of(ask(payment), 1, status="pending"))
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Your bank sent" not in page
    assert "We are returning ₹1,000.50 to you." in page


def test_a_call_that_razorpay_refused_is_for_staff_alone(payment: Payment, simulator: Simulator) -> None:
    simulator.control("switches", balance=0)
    refunds.send(ask(payment, minutes=21).pk)
    assert Refund.objects.get().status == "failed"
    assert (emails.tell_of_slow_refunds(), sent()) == (0, [])


FACTS = ("captured", "pending", "processed", "failed")


def test_every_order_of_the_same_reports_sends_the_same_mails() -> None:
    """With a second report of one of them; the refund is Razorpay's dashboard's, the money may be known later."""
    chance = random.Random("mails")
    orders = [(*way, chance.choice(FACTS)) for way in itertools.permutations(FACTS)]
    for number, way in enumerate(orders, 1):
        facts = paid(ordered(on_hand=100))
        for name in way:
            if name == "captured":
                payments.record(facts)
            else:
                refunds.record(dashboard_refund(facts.payment_id, AMOUNT, number, status=name))
        emails.send_waiting()
        kinds = OutboxEmail.objects.filter(order__razorpay_orders__razorpay_order_id=facts.order_id)
        assert sorted(kinds.values_list("kind", flat=True)) == ["paid", "refund_failed"], way
    assert not OutboxEmail.objects.filter(sent_at=None).exists()


def test_a_refund_that_takes_the_place_of_another_takes_its_mails(payment: Payment) -> None:
    """Razorpay's first report lacked our key, so that there were two rows of one refund, each with its mail."""
    ours = ask(payment, minutes=21)
    facts = refund_of(ours, status="pending")
    bare = RefundFacts(**{**{name: getattr(facts, name) for name in facts.__slots__}, "key": ""})
    assert (emails.tell_of_slow_refunds(), sent()) == (1, ["refund_started"])
    refunds.record(bare)
    ago(Refund.objects.latest("pk"), 21)
    assert emails.tell_of_slow_refunds() == 1
    refunds.record(facts)
    refund = Refund.objects.get()
    assert [(each.kind, bool(each.sent_at)) for each in refund.emails.all()] == [("refund_started", True)]
    assert (emails.tell_of_slow_refunds(), sent()) == (0, [])


def test_the_banks_reference_is_asked_for_and_told(payment: Payment, simulator: Simulator, client: Client) -> None:
    del payment
    order, theirs = really_refunded(simulator)
    assert Refund.objects.get(razorpay_refund_id=theirs).arn == ""
    simulator.control("clock", advance=90_000)
    assert refunds.refresh_pending() == 0
    assert Refund.objects.get(razorpay_refund_id=theirs).arn == "", "it was asked about just now"
    Refund.objects.update(updated_at=timezone.now() - dt.timedelta(hours=13))
    assert refunds.refresh_pending() == 0
    arn = Refund.objects.get(razorpay_refund_id=theirs).arn
    assert arn.isdecimal()
    page = client.get(order.get_absolute_url()).content.decode()
    assert f"Your bank finds it by the number {arn}." in page
    assert arn in emails.compose(OutboxEmail.objects.get(kind="refunded")).body


def test_a_refund_on_its_way_is_asked_about_before_a_number(simulator: Simulator) -> None:
    """Razorpay knows neither here, so that whichever is asked about is left alone for a while."""
    for status, hours in (("processed", 13), ("pending", 1)):
        attempt = ordered()
        payments.record(paid(attempt))
        refund = ask(attempt.payments.get())
        refunds.record(refund_of(refund, status=status))
        Refund.objects.filter(pk=refund.pk).update(updated_at=timezone.now() - dt.timedelta(hours=hours))
    refunds.refresh_pending(limit=1)
    assert [each.status for each in Refund.objects.filter(next_try_at__gt=timezone.now())] == ["pending"]


def test_what_razorpay_will_not_tell_of_a_refund_that_is_made_is_no_case(simulator: Simulator) -> None:
    payments.record(paid(ordered()))
    refunds.record(refund_of(ask(Payment.objects.get())))
    Refund.objects.update(updated_at=timezone.now() - dt.timedelta(hours=13))
    assert refunds.refresh_pending() == 0
    assert Payment.objects.get().cases.count() == 0
    assert Refund.objects.get().next_try_at > timezone.now() + dt.timedelta(hours=11)


def really_refunded(simulator: Simulator) -> tuple[Order, str]:
    """Return an order that was really paid at the pretend Razorpay and refunded there, and the refund's id."""
    attempt = attempts.open_payment(place(cart_with(make_product("CG43-RE-0001")), phone="+919876543211"))
    payment_id = reports.pay(simulator, str(attempt.razorpay_order_id))["razorpay_payment_id"]
    payments.record(gateway.fetch_payment(payment_id))
    refund = ask(Payment.objects.get(razorpay_payment_id=payment_id))
    return attempt.order, str(refunds.send(refund.pk).razorpay_refund_id)
