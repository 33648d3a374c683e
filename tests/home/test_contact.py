"""The contact form: everything reaches staff, nothing that was typed is lost, and programs are kept out."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from catalog.models import ShopSettings
from checkout import claims, throttle
from checkout.models import AttentionCase
from home import contact, letters
from home.models import ContactMail, ContactMessage, ContactPage, HomePage
from tests.checkout.mailserver import MailServer
from tests.checkout.queries import nothing_written
from tests.factories import make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WORDS = {
    "subject": "grievance",
    "name": "Asha Kulkarni",
    "email": "asha@example.in",
    "phone": "98765 43210",
    "order_number": "CG-2026-00001",
    "text": "The mirror is missing.\nBoth of them.",
}


@pytest.fixture(autouse=True)
def contact_page() -> ContactPage:
    """A shop with a contact page and a grievance officer."""
    make_shop()
    ShopSettings.objects.update(
        email="garage@example.in", grievance_officer="Meena Deshpande, officer, meena@example.in, 020 5550"
    )
    found: ContactPage = HomePage.objects.get().add_child(instance=ContactPage(title="Contact", slug="contact"))
    return found


def send(client: Client, **changes: str) -> Any:
    """Post the form."""
    return client.post("/contact/", {**WORDS, **changes})


def test_a_message_is_kept_and_its_ticket_told(client: Client) -> None:
    answer = send(client)
    assert answer.status_code == 303
    message = ContactMessage.objects.get()
    assert (message.name, message.phone, message.is_grievance) == ("Asha Kulkarni", "+919876543210", True)
    assert message.text == "The mirror is missing.\r\nBoth of them." or message.text == WORDS["text"]
    parts = urlsplit(answer["Location"])
    assert parts.fragment == "sent"
    shown = client.get(f"{parts.path}?{parts.query}").content.decode()
    assert message.ticket in shown
    assert "48 hours" in shown


def test_a_ticket_is_not_invented_by_an_address(client: Client) -> None:
    send(client)
    for odd in ("1", "MQ:abc:def", "%00", ""):
        answer = client.get("/contact/", {"sent": odd})
        assert answer.status_code == 200
        assert "We have your message" not in answer.content.decode()


def test_looking_writes_nothing(client: Client) -> None:
    with nothing_written():
        assert client.get("/contact/").status_code == 200
        assert client.head("/contact/").status_code == 200


def test_mistakes_are_named_and_everything_typed_is_kept(client: Client) -> None:
    answer = send(client, email="asha", subject="", name="  ")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Check 3 answers" in page
    assert "before you pay" not in page
    assert page.index("<title>") < page.index("Error:") < page.index("</title>")
    for kept in ('value="asha"', "Both of them.", 'value="98765 43210"', 'value="CG-2026-00001"'):
        assert kept in page, kept
    for field in ("id_subject", "id_name", "id_email"):
        assert f'href="#{field}"' in page
    assert page.count('aria-invalid="true"') == 3
    assert not ContactMessage.objects.exists()


def test_a_program_that_fills_in_everything_is_kept_out(client: Client) -> None:
    answer = send(client, website="https://spam.example")
    assert answer.status_code == 400
    assert "Website" in answer.content.decode()
    assert not ContactMessage.objects.exists()


def test_nobody_floods_the_shop(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATELIMIT_ENABLE = True
    throttle.forget()
    limit = contact.MESSAGES_OF_SENDER
    monkeypatch.setattr(contact, "MESSAGES_OF_SENDER", type(limit)(2, limit.multiples, limit.namespace))
    assert [send(client).status_code for _ in range(2)] == [303, 303]
    answer = send(client, email="ASHA@example.in")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Both of them." in answer.content.decode()
    assert send(client, email="other@example.in").status_code == 303
    throttle.forget()


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_a_text_has_some_length(client: Client, text: str) -> None:
    assert send(client, text=text).status_code == 400


def test_a_foreign_form_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert send(client).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_staff_and_sender_get_a_mail(client: Client) -> None:
    send(client)
    call_command("worker", "--once")
    call_command("worker", "--once")
    to_staff, to_sender = sorted(mail.outbox, key=lambda message: message.to != ["meena@example.in"])
    ticket = ContactMessage.objects.get().ticket
    assert to_staff.to == ["meena@example.in"]
    assert to_staff.reply_to == ["asha@example.in"]
    assert "Both of them." in to_staff.body
    assert to_sender.to == ["asha@example.in"]
    assert ticket in to_sender.subject
    assert "mirror" not in to_sender.body


def test_what_is_no_complaint_goes_to_the_shop(client: Client) -> None:
    send(client, subject="question", phone="", order_number="")
    letters.send_waiting()
    assert ["garage@example.in"] in [message.to for message in mail.outbox]


def test_a_mail_server_that_is_away_loses_nothing(client: Client, settings: Settings) -> None:
    send(client)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert letters.send_waiting() == 0
    assert set(ContactMail.objects.values_list("attempts", "sent_at")) == {(1, None)}
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        ContactMail.objects.update(next_try_at="2026-01-01T00:00Z")
        assert letters.send_waiting() == 2
    assert letters.send_waiting() == 0


def test_staff_hear_of_a_mail_that_nobody_takes(client: Client, settings: Settings) -> None:
    """The case names the message and not the address: it stays when the message is deleted."""
    send(client)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    ContactMail.objects.filter(reader="sender").update(attempts=claims.MANY_ATTEMPTS - 1)
    letters.send_waiting()
    case = AttentionCase.objects.get()
    ticket = ContactMessage.objects.get().ticket
    assert case.text == f"{ticket}: the mail to the sender was tried 10 times. ConnectionRefusedError"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ContactMail.objects.update(next_try_at="2026-01-01T00:00Z")
    assert letters.send_waiting() == 2
    case.refresh_from_db()
    assert case.resolution == "The mail was sent"


def test_letters_that_nobody_sees_are_not_kept(client: Client) -> None:
    send(client, name="\u202eAsha", text="One\x07line\nand \u202eanother")
    message = ContactMessage.objects.get()
    assert (message.name, message.text) == ("Asha", "One line\nand another")
