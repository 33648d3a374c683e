"""Telling who waits: once, only what can be bought, through a mail server that may be away; and forgetting."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import PageViewRestriction

from catalog import stock
from catalog.models import ProductPage, Variant
from home.models import StockRequest
from home.wanted import asking, telling
from tests.checkout.mailserver import MailServer
from tests.checkout.orders import ordered
from tests.factories import make_edited_product

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PP5")]
EMAILS = ["asha@example.in", "meena@example.in", "ravi@example.in"]


@pytest.fixture
def wanted() -> Variant:
    """A model that is sold out, and that three people wait for."""
    variant = make_edited_product("CG43-TX-0007", on_hand=0, title="City Cab")
    for email in EMAILS:
        asking.keep(variant, email)
    return variant


def back(variant: Variant, quantity: int = 1) -> None:
    stock.receive(variant=variant, quantity=quantity, reason="delivery")


@pytest.mark.django_db(transaction=True)
def test_the_worker_tells_everybody_once(wanted: Variant, settings: Settings) -> None:
    call_command("worker", "--once")
    assert mail.outbox == []
    back(wanted)
    call_command("worker", "--once")
    call_command("worker", "--once")
    assert [message.to for message in mail.outbox] == [[email] for email in EMAILS]
    first = mail.outbox[0]
    assert first.subject == "Back again: City Cab"
    assert f"{settings.SITE_URL}/shop/cg43-tx-0007/?variant=CG43-TX-0007" in first.body
    stop = first.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in first.body
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "asha" not in stop


def test_who_was_told_may_wait_again(wanted: Variant) -> None:
    back(wanted)
    assert telling.send_waiting() == 3
    asking.keep(wanted, EMAILS[0])
    assert StockRequest.objects.count() == 4
    assert telling.send_waiting() == 1


def test_pieces_that_an_order_holds_are_not_back(wanted: Variant) -> None:
    other = make_edited_product("BBB-1", on_hand=1, title="Bus")
    asking.keep(other, EMAILS[0])
    ordered(other.sku)
    assert telling.send_waiting() == 0


def test_what_cannot_be_bought_is_not_told(wanted: Variant) -> None:
    back(wanted)
    page = ProductPage.objects.get()
    page.unpublish()
    assert telling.send_waiting() == 0
    page.refresh_from_db()
    page.get_latest_revision().publish()
    Variant.objects.update(is_active=False)
    assert telling.send_waiting() == 0
    Variant.objects.update(is_active=True)
    hidden = PageViewRestriction.objects.create(page=ProductPage.objects.get(), restriction_type="login")
    assert telling.send_waiting() == 0
    hidden.delete()
    assert telling.send_waiting() == 3


def test_a_mail_server_that_is_away_loses_nothing(wanted: Variant, settings: Settings) -> None:
    back(wanted)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert telling.send_waiting() == 0
    assert set(StockRequest.objects.values_list("attempts", "sent_at")) == {(1, None)}
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
        StockRequest.objects.update(next_try_at="2026-01-01T00:00Z")
        assert telling.send_waiting() == 3
    assert telling.send_waiting() == 0


def test_addresses_are_deleted_in_time(wanted: Variant) -> None:
    now = timezone.now()
    told, fresh, waits = StockRequest.objects.order_by("pk")
    StockRequest.objects.filter(pk=told.pk).update(sent_at=now - telling.AFTER_THE_MAIL - dt.timedelta(hours=1))
    StockRequest.objects.filter(pk=fresh.pk).update(sent_at=now - telling.AFTER_THE_MAIL + dt.timedelta(hours=1))
    assert telling.forget() == 1
    StockRequest.objects.filter(pk=waits.pk).update(created_at=now - telling.WITHOUT_A_MAIL - dt.timedelta(hours=1))
    assert telling.forget() == 1
    assert list(StockRequest.objects.values_list("pk", flat=True)) == [fresh.pk]
