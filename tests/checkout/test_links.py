"""Finding an order again: the page never tells whether it is there, and its buyer gets a mail each time."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from checkout import emails, links, privacy
from checkout.models import LinkRequest, Order, OutboxEmail
from checkout.wagtail_hooks import answer_link_requests
from tests.checkout.mailserver import MailServer
from tests.checkout.orders import ordered
from tests.checkout.queries import nothing_written
from tests.factories import make_shop
from webhooks.management.commands.worker import lanes

pytestmark = pytest.mark.django_db
FIND = "/orders/find/"


def ask(number: str, email: str = "asha@example.in", address: str = "127.0.0.1") -> Any:
    return Client(REMOTE_ADDR=address).post(FIND, {"number": number, "email": email})


def worked() -> list[str]:
    """Let the worker do its part, and return whom it wrote to."""
    mail.outbox.clear()
    links.answer_waiting()
    emails.send_waiting()
    return [address for message in mail.outbox for address in message.to]


def make_earlier(minutes: int) -> None:
    """Let the last mail be some minutes old."""
    OutboxEmail.objects.update(sent_at=timezone.now() - dt.timedelta(minutes=minutes))


def test_the_link_goes_to_the_buyer() -> None:
    order = ordered().order
    answer = ask(f" {order.number.lower()} ", "ASHA@example.in")
    assert (answer.status_code, answer["Location"]) == (303, f"{FIND}?asked")
    assert worked() == ["asha@example.in"]
    (message,) = mail.outbox
    html: Any = message
    for body in (message.body, html.alternatives[0][0]):
        assert order.get_absolute_url() in body
    assert LinkRequest.objects.count() == 0
    with nothing_written():
        shown = Client().get(answer["Location"])
    assert "If we know such an order" in shown.content.decode()
    assert shown.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.once
@pytest.mark.parametrize("shape", ["{year} {last}", "#{year}-{last}", "{year}{last}", " # {last} ", "{year}–{last}"])
def test_a_number_is_understood_as_people_write_it(shape: str) -> None:
    order = ordered().order
    year, last = order.number.split("-")
    ask(shape.format(year=year, last=last))
    assert worked() == [order.email]
    ask(f"CG07-{last}")
    ask(last[1:])
    assert worked() == []


@pytest.mark.parametrize(("number", "email"), [("", "b@example.in"), ("CG26-1", ""), ("CG26-1", "b@example.in")])
@pytest.mark.covers("PA7")
def test_what_does_not_fit_gets_the_same_answer_and_no_mail(number: str, email: str) -> None:
    order = ordered().order
    right = ask(order.number)
    worked()
    wrong = ask(number or order.number, email or order.email)
    assert (wrong.status_code, wrong["Location"], wrong.content) == (
        right.status_code,
        right["Location"],
        right.content,
    )
    assert worked() == []
    assert LinkRequest.objects.count() == 0


def test_the_page_does_the_same_whether_the_order_is_there(django_assert_num_queries: Any) -> None:
    order = ordered().order
    for number in (order.number, "CG26-1"):
        with django_assert_num_queries(1):
            ask(number)


def test_a_link_is_sent_again_with_a_name_of_its_own_after_some_minutes() -> None:
    order = ordered().order
    names = []
    for minutes, sent in ((0, 1), (0, 0), (4, 0), (6, 1), (6, 1)):
        if minutes:
            make_earlier(minutes)
        ask(order.number)
        assert len(worked()) == sent
        names += [message.extra_headers["Message-ID"] for message in mail.outbox]
    number = order.number
    assert names == [f"<{number}.link@127.0.0.1>", f"<{number}.link.1@127.0.0.1>", f"<{number}.link.2@127.0.0.1>"]
    assert OutboxEmail.objects.count() == 1


def test_one_that_still_waits_is_not_asked_for_twice(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    order = ordered().order
    for _time in range(3):
        ask(order.number)
        assert worked() == []
    assert OutboxEmail.objects.get().edition == 0
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        OutboxEmail.objects.update(next_try_at=timezone.now())
        emails.send_waiting()
        assert server.accepted == [f"{order.number}.link@127.0.0.1"]


def test_an_order_that_was_forgotten_is_found_by_nobody() -> None:
    order = ordered().order
    Order.objects.update(status="expired", created_at=timezone.now() - dt.timedelta(days=90))
    privacy.forget(order.pk)
    ask(order.number)
    ask(order.number, "")
    assert worked() == []


def test_mistakes_are_said() -> None:
    make_shop()
    answer = ask("", "asha")
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "Enter the order number." in text
    assert "Enter an email address such as" in text
    assert ask("\x00", "a@b.in").status_code == 400
    assert LinkRequest.objects.count() == 0


@pytest.mark.usefixtures("limits_on")
def test_asking_again_and_again_is_slowed_down() -> None:
    make_shop()
    codes = [ask("CG26-1", "Asha@example.in", address=f"203.0.113.{n}").status_code for n in range(7)]
    assert codes == [303] * 6 + [429]
    codes = [ask("CG26-1", f"b{n}@example.in").status_code for n in range(61)]
    assert codes == [303] * 60 + [429]


def test_the_worker_looks() -> None:
    assert (2, links.answer_waiting) in lanes()["mail"]
    assert answer_link_requests()[0] == "mail"


def test_every_page_and_every_mail_of_an_order_leads_there() -> None:
    order = ordered().order
    assert f'href="{FIND}"' in Client().get("/").content.decode()
    emails.promise(order, emails.RECEIVED)
    emails.send_waiting()
    html: Any = mail.outbox[0]
    for body in (html.body, html.alternatives[0][0]):
        assert f"http://127.0.0.1:8000{FIND}" in body
