"""The outbox: promised once, sent at least once, and a dead mail server stops nobody's payment."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from catalog.models import ShopSettings
from checkout import claims, emails, orders, payments
from checkout.models import Order, OutboxEmail, RazorpayOrder
from tests.checkout.orders import ONCE_PAID, make_overdue, ordered, outcome, paid

pytestmark = pytest.mark.django_db


@pytest.mark.covers("PA10")
def test_a_mail_is_promised_once_and_sent_once() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    emails.promise(attempt.order, emails.PAID)
    assert OutboxEmail.objects.count() == 1
    assert (emails.send_waiting(), emails.send_waiting()) == (1, 0)
    (message,) = mail.outbox
    assert (message.to, attempt.order.number in message.subject) == (["asha@example.in"], True)
    assert attempt.order.get_absolute_url() in message.body
    assert message.extra_headers["Message-ID"] == f"<{attempt.order.number}.paid@127.0.0.1>"


@pytest.mark.covers("K14")
def test_a_dead_mail_server_stops_no_payment_and_is_tried_again(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    attempt = ordered()
    payments.record(paid(attempt))
    assert outcome(attempt.order) == ONCE_PAID
    assert emails.send_waiting() == 0
    waiting = OutboxEmail.objects.get()
    assert (waiting.sent_at, waiting.attempts, waiting.claimed_until) == (None, 1, None)
    assert "ConnectionRefused" in waiting.last_error
    assert waiting.next_try_at > timezone.now()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert emails.send_waiting() == 0, "not yet"
    OutboxEmail.objects.update(next_try_at=timezone.now())
    assert emails.send_waiting() == 1


def test_a_sender_that_was_killed_loses_its_claim() -> None:
    payments.record(paid(ordered()))
    OutboxEmail.objects.update(claimed_until=timezone.now() + claims.LEASE, attempts=1)
    assert emails.send_waiting() == 0
    OutboxEmail.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert emails.send_waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_many_senders_send_each_mail_once() -> None:
    for _number in range(6):
        payments.record(paid(ordered()))

    def send(_number: int) -> int:
        try:
            return emails.send_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(6))) == 6
    assert len({message.subject for message in mail.outbox}) == len(mail.outbox) == 6


@pytest.mark.covers("K15")
def test_hostile_names_stay_text() -> None:
    attempt = ordered()
    attempt.order.full_name = "<script>alert(1)</script>"
    attempt.order.save()
    payments.record(paid(attempt))
    emails.send_waiting()
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert "<script>" not in str(message.alternatives[0])
    assert "overflow-wrap:anywhere" in str(message.alternatives[0])


def test_delivery_for_nothing_is_called_free() -> None:
    order = ordered().order
    for order.shipping, words in ((0, "Delivery: Free"), (9900, "Delivery: ₹99.00")):
        receipt = emails.write(OutboxEmail(order=order, kind=emails.PAID), lines=[], shop=ShopSettings.current())
        assert words in receipt.body
        assert words.removeprefix("Delivery: ") in str(receipt.alternatives[0])


def waited(minutes: int = 21) -> RazorpayOrder:
    """Return the attempt of an order that was placed some minutes ago."""
    attempt = ordered()
    Order.objects.filter(pk=attempt.order_id).update(created_at=timezone.now() - dt.timedelta(minutes=minutes))
    return attempt


def test_an_unpaid_order_is_led_back_to_once() -> None:
    """PA10: the way back after some minutes, not before, and never twice."""
    attempt = waited(19)
    assert (emails.remind(), OutboxEmail.objects.count()) == (0, 0)
    Order.objects.update(created_at=timezone.now() - dt.timedelta(minutes=21))
    assert (emails.remind(), emails.send_waiting()) == (1, 1)
    assert (emails.remind(), emails.send_waiting()) == (0, 0)
    (message,) = mail.outbox
    html: Any = message
    for body in (message.body, html.alternatives[0][0]):
        assert f"/orders/{attempt.order.token}/pay/" in body
        assert "₹1,998.00" in body
    assert emails.remind() == 0


@pytest.mark.parametrize("status", ["authorized", "captured"])
def test_nobody_is_asked_to_pay_who_may_have_paid(status: str) -> None:
    payments.record(paid(waited(), status=status))
    assert emails.remind() == 0


def test_a_browsers_proof_counts_before_razorpay_confirms_it() -> None:
    attempt = waited()
    attempt.payments.create(order=attempt.order, razorpay_payment_id="pay_AAAAAAAAAAAAAA", status="created")
    assert emails.remind() == 0


def test_after_a_failed_payment_the_way_back_is_told() -> None:
    payments.record(paid(waited(), status="failed"))
    assert emails.remind() == 1


def test_nobody_is_led_back_to_what_is_over() -> None:
    cancelled, expired, paid_since = (waited() for _number in range(3))
    orders.cancel(cancelled.order_id, text="")
    make_overdue(expired.order)
    assert emails.remind() == 1
    payments.record(paid(paid_since))
    assert emails.send_waiting() == 1
    assert [message.subject.partition(":")[0] for message in mail.outbox] == ["Paid"]
    assert list(OutboxEmail.objects.values_list("kind", flat=True)) == ["paid"]
