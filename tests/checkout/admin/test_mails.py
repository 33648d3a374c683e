"""Mails in the admin: each kind looked at, one looked at, one sent again."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.users.models import UserProfile

from checkout import emails, payments, refunds
from checkout.models import Order, OutboxEmail, Payment
from home.models import ContactMessage
from tests.checkout.orders import ordered, paid, refund_of
from tests.checkout.queries import nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PREVIEWS = "/admin/orders/mails/"
BODY = re.compile(r'src="(/admin/orders/mails?/[^"]+/body/)"')


def receipt() -> OutboxEmail:
    """Return a receipt that was sent."""
    payments.record(paid(ordered()))
    emails.send_waiting()
    mail.outbox.clear()
    return OutboxEmail.objects.get()


@pytest.mark.covers("K9")
def test_each_kind_is_shown_with_made_up_data_in_a_new_shop(staff: Client) -> None:
    with nothing_written():
        html = staff.get(PREVIEWS).content.decode()
    frames = BODY.findall(html)
    assert len(frames) == len(emails.NAMES)
    assert html.count('sandbox=""') == len(frames)
    assert html.count("made-up data") == len(frames) + 2, "the mails of messages too"
    assert "A mirror of my taxi is missing." in html
    for frame in frames:
        answer = staff.get(frame)
        assert (answer.status_code, answer["X-Frame-Options"]) == (200, "SAMEORIGIN")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "Asha Kulkarni" in answer.content.decode()


def test_money_and_time_are_those_of_india(staff: Client, staff_user: User) -> None:
    assert "₹1,22,555.00" in staff.get(f"{PREVIEWS}paid/body/").content.decode()
    assert "₹1,00,000.50" in staff.get(f"{PREVIEWS}refunded/body/").content.decode()
    order = ordered().order
    Order.objects.update(expires_at=dt.datetime(2026, 3, 1, 20, 0, tzinfo=dt.UTC))
    emails.promise(order, emails.RECEIVED)
    UserProfile.objects.update_or_create(user=staff_user, defaults={"current_time_zone": "America/New_York"})
    assert "until 1:30 am." in staff.get(f"{PREVIEWS}received/body/").content.decode()


def test_the_newest_real_data_is_shown(staff: Client) -> None:
    receipt()
    Order.objects.update(full_name="Vasundhara Pillai")
    refunds.record(refund_of(refunds.request(payment_id=Payment.objects.get().pk, amount=500, reason="a dent")))
    payments.record(paid(ordered()))
    number = Order.objects.latest("pk").number
    html = staff.get(PREVIEWS).content.decode()
    assert re.search(rf'id="shop-mail-paid".*?Shows</dt>\s*<dd>\s*{number}\s', html, re.DOTALL)
    assert "Vasundhara Pillai" in staff.get(f"{PREVIEWS}refunded/body/").content.decode()
    assert staff.get(f"{PREVIEWS}nothing/body/").status_code == 404


def test_whoever_was_forgotten_is_not_shown(staff: Client) -> None:
    receipt()
    Order.objects.update(email="", full_name="Anonymous")
    assert "Anonymous" not in staff.get(f"{PREVIEWS}paid/body/").content.decode()


def test_the_queries_do_not_grow(
    staff: Client, staff_user: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    staff.get(PREVIEWS)
    for _more in range(3):
        payments.record(paid(ordered()))
        with django_assert_num_queries(16):
            staff.get(PREVIEWS)


@pytest.mark.covers("K15")
def test_what_a_buyer_typed_is_text_in_a_frame_that_can_do_nothing(staff: Client) -> None:
    sent = receipt()
    Order.objects.update(full_name="<script>alert(1)</script>")
    for url in (f"/admin/orders/mail/{sent.pk}/", f"/admin/orders/mail/{sent.pk}/body/"):
        assert "<script>alert(1)" not in staff.get(url).content.decode()


def test_a_mail_is_found_in_the_story_of_its_order_and_sent_again(staff: Client) -> None:
    sent = receipt()
    page = f"/admin/orders/mail/{sent.pk}/"
    order_page = f"/admin/orders/inspect/{sent.order_id}/"
    assert f'<a href="{page}">Receipt emailed</a>' in staff.get(order_page).content.decode()
    html = staff.get(page).content.decode()
    assert "Send it again to asha@example.in" in html
    assert sent.order.number in staff.get(BODY.findall(html)[0]).content.decode()
    Order.objects.update(email="asha.kulkarni@example.in")
    for _click in range(2):
        staff.post(page)
    assert emails.send_waiting() == 1
    (message,) = mail.outbox
    assert message.to == ["asha.kulkarni@example.in"]
    assert message.extra_headers["Message-ID"] == f"<{sent.order.number}.paid.1@127.0.0.1>"
    assert staff.get(order_page).content.decode().count("A mail is sent again") == 1
    assert emails.send_waiting() == 0


def test_what_is_no_longer_true_or_waits_is_not_sent_again(staff: Client) -> None:
    payments.record(paid(ordered()))
    refunds.record(refund_of(refund := refunds.request(payment_id=Payment.objects.get().pk, amount=500, reason="")))
    waiting = OutboxEmail.objects.get(kind="refunded")
    page = f"/admin/orders/mail/{waiting.pk}/"
    assert "Send it again" not in staff.get(page).content.decode()
    assert "waits to be sent" in staff.post(page, follow=True).content.decode()
    emails.send_waiting()
    refund.refresh_from_db()
    refunds.record(refund_of(refund, status="failed"))
    assert "no longer true" in staff.post(page, follow=True).content.decode()
    assert OutboxEmail.objects.get(pk=waiting.pk).edition == 0


@pytest.mark.covers("K9")
def test_only_people_of_orders_look_and_only_those_who_may_change_send(
    viewer: Client, editor: Client, client: Client
) -> None:
    sent = receipt()
    page = f"/admin/orders/mail/{sent.pk}/"
    addresses = (PREVIEWS, f"{PREVIEWS}paid/body/", page, f"{page}body/")
    for url in addresses:
        assert viewer.get(url).status_code == 200
        assert (editor.get(url).status_code, editor.get(url)["Location"]) == (302, "/admin/")
        assert client.get(url)["Location"].startswith("/admin/login/")
    assert "Send it again" not in viewer.get(page).content.decode()
    for browser in (viewer, editor, client):
        browser.post(page)
    assert OutboxEmail.objects.get().edition == 0
    assert "Message, to staff" not in viewer.get(PREVIEWS).content.decode(), "may not read messages"
    assert PREVIEWS in viewer.get("/admin/").content.decode()
    assert PREVIEWS not in editor.get("/admin/").content.decode()


def test_the_newest_message_is_shown(staff: Client) -> None:
    ContactMessage.objects.create(name="Ravi", email="ravi@example.in", subject="question", text="Is it red?")
    html = staff.get(PREVIEWS).content.decode()
    assert "Is it red?" in html
    assert ContactMessage.objects.get().ticket in html
