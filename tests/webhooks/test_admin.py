"""Razorpay's reports in the admin: read, filtered, shown as they came, and by nobody but those who may."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import ModelLogEntry

from checkout.models import AttentionCase, Order
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.checkout import reports
from tests.checkout.admin.people import browser_of, in_role, person
from webhooks import inbox
from webhooks.models import WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]
INBOX = "/admin/webhook-events/"
NASTY = b'{"event": "x", "note": "</pre><script>alert(1)</script>"}'


@pytest.fixture
def reader() -> Client:
    return browser_of(person("reader", ("wagtailadmin.access_admin", "webhooks.view_webhookevent")))


def captured(event_id: str = "evt_1") -> WebhookEvent:
    attempt = tell.ordered(on_hand=20)
    assert (
        reports.deliver(reports.event("payment.captured", payment=reports.payment_entity(attempt)), event_id=event_id)
        == 200
    )
    return WebhookEvent.objects.get(event_id=event_id)


def test_events_are_listed_with_their_outcome(reader: Client) -> None:
    event = captured()
    reports.deliver(b"{", event_id="evt_2")
    html = reader.get(INBOX).content.decode()
    for text in ("payment.captured", "evt_1", "evt_2", "Applied", "Unreadable", "the body is not JSON"):
        assert text in html, text
    assert f"{INBOX}inspect/{event.pk}/" in html
    unreadable = reader.get(f"{INBOX}?outcome=quarantined").context["object_list"]
    assert [each.event_id for each in unreadable] == ["evt_2"]
    assert [each.event_id for each in reader.get(f"{INBOX}?q=evt_1").context["object_list"]] == ["evt_1"]


@pytest.mark.parametrize("body", [NASTY, b"</pre><script>alert(1)</script>", b"\xff\xfe<script>", b"[" * 5000])
def test_body_is_shown_as_text(reader: Client, body: bytes) -> None:
    reports.deliver(body, event_id="<b>evt</b>")
    event = WebhookEvent.objects.get()
    response = reader.get(f"{INBOX}inspect/{event.pk}/")
    html = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert(1)" not in html
    assert "<b>evt" not in html
    if b"script" in body:
        assert "&lt;script&gt;" in html


def test_body_is_shown_as_it_came(reader: Client) -> None:
    event = captured()
    context = reader.get(f"{INBOX}inspect/{event.pk}/").context
    assert context["raw"].encode() == bytes(event.raw)
    assert '\n  "event": "payment.captured"' in context["indented"]


def test_nobody_adds_edits_or_deletes() -> None:
    event, owner = captured(), browser_of(in_role("owner"))
    for view in ("new/", *(f"{name}/{event.pk}/" for name in ("edit", "delete", "copy", "history", "usage"))):
        for method in (owner.get, owner.post):
            assert (view, method(INBOX + view).status_code) == (view, 404)
    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("role", ["editor", "staff", "viewer"])
def test_others_are_kept_out(role: str) -> None:
    event, client = captured(), browser_of(in_role(role))
    for url in (INBOX, f"{INBOX}results/", f"{INBOX}inspect/{event.pk}/", f"{INBOX}inspect/99999/"):
        response = client.get(url)
        assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert INBOX not in client.get("/admin/").content.decode()


def test_three_events_need_as_many_queries_as_one(
    reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    captured()
    reader.get(INBOX)
    with django_assert_num_queries(13):
        reader.get(INBOX)
    captured("evt_2")
    captured("evt_3")
    with django_assert_num_queries(13):
        assert len(reader.get(INBOX).context["object_list"]) == 3


def replayer() -> Client:
    names = ("wagtailadmin.access_admin", "webhooks.view_webhookevent", "webhooks.replay_webhookevent")
    return browser_of(person("replayer", names))


def waiting(count: int = 1) -> list[WebhookEvent]:
    """Return events that were stored and never applied, one for each of so many orders."""
    attempts = [tell.ordered(on_hand=20) for _number in range(count)]
    bodies = [
        reports.event("payment.captured", payment=reports.payment_entity(attempt, id=f"pay_{attempt.pk:014d}"))
        for attempt in attempts
    ]
    return [inbox.store(body, f"evt_{number}")[0] for number, body in enumerate(bodies)]


@pytest.mark.covers("E24", "E17")
def test_one_event_is_applied_again_without_a_second_effect() -> None:
    (event,), browser = waiting(), replayer()
    address = f"{INBOX}inspect/{event.pk}/"
    assert "Apply again" in browser.get(address).content.decode()
    for words in ("1 applied", "1 nothing new", "1 nothing new"):
        assert f"Applied again: {words}." in browser.post(address, follow=True).content.decode()
    assert tell.outcome(Order.objects.get()) == tell.ONCE_PAID
    entries = ModelLogEntry.objects.filter(action="webhooks.replay")
    assert [(entry.object_id, entry.user and entry.user.get_username()) for entry in entries] == [
        (str(event.pk), "replayer")
    ] * 3
    tell.assert_books_hold()


@pytest.mark.covers("E5", "E17")
def test_what_waits_and_what_cannot_be_read_is_counted_and_applied_at_once(reader: Client) -> None:
    waiting(3)
    reports.deliver(b"{", event_id="evt_bad")
    html = " ".join(reader.get(INBOX).content.decode().split())
    assert '<a href="/admin/webhook-events/?outcome=quarantined">1 unreadable</a>, kept as it came.' in html
    assert '<a href="/admin/webhook-events/?outcome=waiting&amp;outcome=failed">3 not applied</a> yet.' in html
    assert "Apply all that wait" not in html, "a reader only reads"
    browser = replayer()
    assert "Apply all that wait" in browser.get(INBOX).content.decode()
    assert "Applied again: 3 applied." in browser.post("/admin/replay-waiting/", follow=True).content.decode()
    assert "Applied again: nothing waits." in browser.post("/admin/replay-waiting/", follow=True).content.decode()
    assert [tell.outcome(order) for order in Order.objects.all()] == [tell.ONCE_PAID] * 3
    assert "not applied" not in browser.get(INBOX).content.decode()


def test_readers_apply_nothing(reader: Client) -> None:
    (event,) = waiting()
    for address in (f"{INBOX}inspect/{event.pk}/", "/admin/replay-waiting/"):
        response = reader.post(address)
        assert (response.status_code, response.headers["Location"]) == (302, "/admin/")
    assert WebhookEvent.objects.get().outcome == "waiting"
    assert "Apply again" not in reader.get(f"{INBOX}inspect/{event.pk}/").content.decode()


@pytest.mark.covers("E5")
def test_an_unreadable_event_is_put_before_staff_once() -> None:
    for body in (b"{", b"[]"):
        reports.deliver(body, event_id="evt_bad")
    case = AttentionCase.objects.get()
    assert (case.kind, case.order, case.payment) == (CaseKind.STUCK, None, None)
    assert "cannot be read" in case.text


BULK = "/admin/bulk/webhooks/webhookevent/replay/"


@pytest.mark.covers("E24", "ST6")
def test_ticked_events_are_named_and_applied_again() -> None:
    events, browser = waiting(3), replayer()
    html = browser.get(INBOX).content.decode()
    assert f'data-bulk-action-button href="{BULK}' in html or BULK in html
    url = f"{BULK}?id={events[0].pk}&id={events[2].pk}&id=x&id=99999"
    page = browser.get(url).content.decode()
    assert "Apply 2 events again" in page
    assert ("evt_0" in page, "evt_1" in page) == (True, False)
    assert "Applied again: 2 applied." in browser.post(url, follow=True).content.decode()
    assert [event.outcome for event in WebhookEvent.objects.order_by("pk")] == ["applied", "waiting", "applied"]
    assert "Applied again: 2 nothing new." in browser.post(url, follow=True).content.decode()
    assert ModelLogEntry.objects.filter(action="webhooks.replay").count() == 4
    assert browser.get(f"{BULK}?id=all").status_code == 404, "nothing is applied that nobody has ticked"
    tell.assert_books_hold()


def test_readers_tick_nothing(reader: Client) -> None:
    (event,) = waiting()
    html = reader.get(INBOX).content.decode()
    assert "data-bulk-action-checkbox" not in html
    assert BULK not in html
    for method in (reader.get, reader.post):
        assert method(f"{BULK}?id={event.pk}").headers["Location"] == "/admin/"
    assert WebhookEvent.objects.get().outcome == "waiting"
