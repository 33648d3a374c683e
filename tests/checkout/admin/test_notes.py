"""Notes about an order: for colleagues, or for the buyer, who gets each once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse

from checkout import emails, notes, payments, privacy
from checkout.models import Order, OrderNote, OutboxEmail
from tests.checkout import orders as tell
from tests.checkout.admin.test_acts import told

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WORDS = "We send it on Monday:\nthe <b>box</b> is on its way."


def write(client: Client, order: Order, **changes: Any) -> Any:
    url = reverse("orders:note", args=[order.pk])
    form = client.get(url).context["form"]
    data = {"reader": "buyer", "text": WORDS, "key": form["key"].value(), **changes}
    return client.post(url, data)


def page(client: Client, order: Order) -> str:
    return client.get(f"/admin/orders/inspect/{order.pk}/").content.decode()


@pytest.mark.covers("ST3")
def test_the_buyer_reads_a_note_in_a_mail_and_on_the_page(staff: Client, client: Client) -> None:
    order = tell.ordered().order
    assert reverse("orders:note", args=[order.pk]) in page(staff, order)
    answer = write(staff, order)
    assert "goes to asha@example.in" in told(answer)
    assert emails.send_waiting() == 1
    [message] = mail.outbox
    assert (message.subject, message.to) == (f"A word about your order {order.number}", ["asha@example.in"])
    assert WORDS in str(message.body)
    shown = "the &lt;b&gt;box&lt;/b&gt; is on its way."
    assert shown in client.get(order.get_absolute_url()).content.decode()
    assert shown in page(staff, order)
    assert emails.send_waiting() == 0


@pytest.mark.covers("ST3")
def test_a_note_for_colleagues_stays_among_them(staff: Client, client: Client) -> None:
    order = tell.ordered().order
    write(staff, order, reader="staff", text="Rang twice, wants it gift-wrapped")
    assert not OutboxEmail.objects.exists()
    assert "gift-wrapped" in page(staff, order)
    assert "gift-wrapped" not in client.get(order.get_absolute_url()).content.decode()


@pytest.mark.covers("ST3")
def test_a_form_that_is_sent_twice_makes_one_note(staff: Client) -> None:
    order = tell.ordered().order
    for _time in range(2):
        assert write(staff, order, key="key-of-one-form").status_code == 302
    assert (OrderNote.objects.count(), OutboxEmail.objects.filter(kind="note").count()) == (1, 1)


def test_several_notes_are_several_mails(staff: Client) -> None:
    order = tell.ordered().order
    for text in ("One", "Two"):
        write(staff, order, text=text)
    assert emails.send_waiting() == 2
    ids = {message.extra_headers["Message-ID"] for message in mail.outbox}
    assert len(ids) == 2


@pytest.mark.parametrize("changes", [{"text": "  "}, {"text": "x" * 1001}, {"reader": "all"}, {"key": "?"}])
def test_what_cannot_be_a_note_is_shown_again(staff: Client, changes: dict[str, str]) -> None:
    assert write(staff, tell.ordered().order, **changes).status_code == 422
    assert not OrderNote.objects.exists()


def test_who_may_only_look_writes_nothing(viewer: Client) -> None:
    order = tell.ordered().order
    url = reverse("orders:note", args=[order.pk])
    assert url not in page(viewer, order)
    data = {"reader": "buyer", "text": WORDS, "key": "key-of-one-form"}
    assert viewer.post(url, data).headers["Location"] == "/admin/"
    assert not OrderNote.objects.exists()


def test_notes_and_corrections_are_forgotten_with_their_buyer(staff: Client, staff_user: User) -> None:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    order = attempt.order
    write(staff, order)
    emails.send_waiting()
    form = staff.get(f"/admin/orders/address/{order.pk}/").context["form"]
    data = {bound.name: bound.value() or "" for bound in form}
    staff.post(f"/admin/orders/address/{order.pk}/", {**data, "address_line1": "9 Canary Road"})
    assert order.events.filter(text__contains="9 Canary Road").exists()
    Order.objects.update(status="delivered")
    privacy.forget(order.pk)
    assert OrderNote.objects.get().text == ""
    assert not order.events.filter(text__contains="Road").exists()
    with pytest.raises(notes.NobodyToTell):
        notes.add(order.pk, text="Hello?", for_buyer=True, key="another-key", user=staff_user)
    assert write(staff, order).status_code == 422
