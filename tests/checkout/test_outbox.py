"""What every outbox promises: the same Message-ID at each try, and staff hear of a mail that nobody takes."""

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from checkout import claims, emails, payments
from checkout.models import AttentionCase, OutboxEmail
from tests.checkout.mailserver import MailServer
from tests.checkout.orders import ordered, paid

pytestmark = pytest.mark.django_db


def nobody_listens(settings: Settings) -> None:
    """Let there be no mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def test_staff_hear_of_a_mail_that_nobody_takes_until_it_is_sent(settings: Settings) -> None:
    payments.record(paid(attempt := ordered()))
    nobody_listens(settings)
    OutboxEmail.objects.update(attempts=claims.MANY_ATTEMPTS - 2)
    assert emails.send_waiting() == AttentionCase.objects.count() == 0
    for _again in range(2):
        OutboxEmail.objects.update(next_try_at=timezone.now())
        emails.send_waiting()
    case = AttentionCase.objects.get()
    assert (case.order, case.closed_at) == (attempt.order, None)
    assert f"{attempt.order.number}: the mail “paid” was tried 10 times. ConnectionRefused" in case.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxEmail.objects.update(next_try_at=timezone.now())
    assert emails.send_waiting() == 1
    case.refresh_from_db()
    assert case.resolution == "The mail was sent"


def test_a_mail_sent_twice_has_one_message_id(settings: Settings) -> None:
    """Who is killed after the server's yes leaves the row as it was."""
    payments.record(paid(ordered()))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        assert emails.send_waiting() == 1
        OutboxEmail.objects.update(sent_at=None)
        assert emails.send_waiting() == 1
        assert len(server.accepted) == 2
        assert len(set(server.accepted)) == 1
    assert not mail.outbox
