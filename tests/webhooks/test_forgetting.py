"""A buyer who asks to be forgotten: nothing of theirs is left in the database, and the books still hold.

The control, as it was seen: with the stored events left alone, or with `_take_over` writing the payer's address again,
the search below finds the buyer.
"""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from catalog.models import Variant
from checkout import attention, emails, orders, payments, refunds
from checkout.models import LedgerEntry, Order, Payment
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus
from tests.checkout import reports
from tests.checkout.orders import SKU, assert_books_hold, cart_with, make_overdue, opened, paid, place, refund_of
from tests.checkout.reports import deliver, event, payment_entity
from tests.factories import make_product
from webhooks.forgetting import redact
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db
PERSON: dict[str, Any] = {
    "full_name": "Vasundhara Pillai",
    "email": "vasundhara@pillai.example",
    "phone": "+919812345678",
    "address_line1": "7 Marigold Lane",
    "address_line2": "behind the banyan",
    "city": "Thrissur",
    "postcode": "680012",
}
PAYER = {"email": "vp@pillai.example", "contact": "+919812345678", "vpa": "vasundhara@okbank"}
TRACES = [*PERSON.values(), *PAYER.values(), "9812345678", "a regular"]


def bought() -> Order:
    """A delivered order, paid by webhook, with everything that a buyer leaves behind."""
    variant = Variant.objects.first() or make_product(SKU)
    order = place(cart_with(variant), key="key-of-another-form", **PERSON)
    attempt = opened(order)
    card = {"name": "Vasundhara Pillai", "last4": "1007"}
    deliver(event("payment.captured", payment=payment_entity(attempt, card=card, **PAYER)))
    for status in (OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        orders.advance(order.pk, status, user=None)  # type: ignore[arg-type]
    emails.send_waiting()
    Order.objects.filter(pk=order.pk).update(staff_note="Vasundhara is a regular")
    order.emails.update(last_error="SMTPRecipientsRefused: vasundhara@pillai.example")
    attention.open_case(CaseKind.STUCK, "mail to vasundhara@pillai.example", order=order, subject="mail 1")
    order.cases.update(closed_at=timezone.now())
    order.refresh_from_db()
    return order


def found(*, except_for: frozenset[str] = frozenset()) -> list[str]:
    """Return where in the database anything of the buyer stands."""
    places = []
    for model in apps.get_models():
        for row in model._default_manager.all().values():
            for column, value in row.items():
                text = bytes(value).decode() if isinstance(value, (bytes, memoryview)) else str(value)
                places += [f"{model.__name__}.{column}" for trace in TRACES if trace and trace in text]
    return sorted({*places} - except_for)


def anonymise(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("anonymise_orders", *arguments)
    return capsys.readouterr().out


@pytest.mark.covers("K8")
@pytest.mark.parametrize(
    "by",
    [
        ["--email", "Vasundhara@Pillai.Example"],
        ["--phone", "98123 45678"],
        ["--phone", "+91-9812345678"],
        ["--older-than", "30"],
    ],
    ids=" ".join,
)
def test_nothing_of_the_buyer_is_left_and_the_books_stay(by: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    order = bought()
    Order.objects.update(created_at=timezone.now() - dt.timedelta(days=31))
    assert "WebhookEvent.raw" in found()
    before = (order.total, order.state, order.invoice_number, order.lines.get().unit_price)
    ledger = list(LedgerEntry.objects.values())
    assert "anonymised, with 1 stored events" in anonymise(*by, capsys=capsys)
    assert found() == []
    order.refresh_from_db()
    assert (order.total, order.state, order.invoice_number, order.lines.get().unit_price) == before
    assert (order.full_name, order.status) == ("Anonymous", "delivered")
    assert list(LedgerEntry.objects.values()) == ledger
    assert order.events.filter(kind="anonymised").count() == 1
    assert_books_hold()


@pytest.mark.covers("K8")
def test_it_may_be_done_again_and_be_tried_first(capsys: pytest.CaptureFixture[str], client: Client) -> None:
    order = bought()
    number = ["--number", order.number]
    assert "would be anonymised" in anonymise(*number, "--dry-run", capsys=capsys)
    assert found()
    anonymise(*number, capsys=capsys)
    assert "anonymised, with 0 stored events" in anonymise(*number, capsys=capsys)
    assert order.events.filter(kind="anonymised").count() == 1
    assert client.get(order.get_absolute_url()).status_code == 200
    other = place(cart_with(make_product("CG18-B")), key="key-of-a-third-form")
    anonymise(*number, capsys=capsys)
    other.refresh_from_db()
    assert other.email == "asha@example.in"


@pytest.mark.covers("K8", "E31")
def test_events_for_a_forgotten_buyer_find_the_order_and_bring_nothing_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    order = bought()
    attempt = order.razorpay_orders.get()
    body = bytes(WebhookEvent.objects.get().raw)
    anonymise("--number", order.number, capsys=capsys)
    assert deliver(body) == 200
    assert WebhookEvent.objects.count() == 1, "known by the hash of what came first"
    again = payment_entity(attempt, **PAYER)
    assert deliver(event("order.paid", payment=again, order=reports.order_entity(attempt))) == 200
    call_command("replay_webhooks")
    payment = Payment.objects.get()
    assert (payment.email, payment.contact, payment.order) == ("", "", order)
    assert "with 1 stored events" in anonymise("--number", order.number, capsys=capsys)
    assert found() == []
    mail.outbox.clear()
    refunds.record(refund_of(refunds.request(payment_id=payment.pk, amount=100, reason="a dent")))
    assert emails.send_waiting() == 1
    assert mail.outbox == [], "there is nobody to write to"
    assert_books_hold()


@pytest.mark.covers("K8")
def test_an_order_that_still_needs_its_buyer_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    order = place(cart_with(make_product(SKU)), **PERSON)
    number = ["--number", order.number]
    assert "kept, it is not finished" in anonymise(*number, capsys=capsys)
    make_overdue(order)
    orders.expire(order.pk, now=timezone.now())
    assert "kept, money may still come for it" in anonymise(*number, capsys=capsys)
    Order.objects.update(created_at=timezone.now() - dt.timedelta(days=5))
    assert ": anonymised" in anonymise(*number, capsys=capsys)

    done = bought()
    number = ["--number", done.number]
    refund = refunds.request(payment_id=Payment.objects.get(order=done).pk, amount=100, reason="a dent")
    assert "kept, a refund is under way" in anonymise(*number, capsys=capsys)
    refunds.record(refund_of(refund))
    assert "kept, a mail waits to be sent" in anonymise(*number, capsys=capsys)
    emails.send_waiting()
    attention.open_case(CaseKind.REFUND_FAILED, "look", order=done)
    assert "kept, a case about it is open" in anonymise(*number, capsys=capsys)
    done.refresh_from_db()
    assert done.email == PERSON["email"]


@pytest.mark.covers("K8")
@pytest.mark.parametrize("is_bought", [True, False])
def test_a_gstin_stays_where_it_is_in_the_tax_return(is_bought: bool, capsys: pytest.CaptureFixture[str]) -> None:
    order = place(cart_with(make_product(SKU)), **PERSON, gstin="27AAPFU0939F1ZV")
    if is_bought:
        payments.record(paid(opened(order)))
        emails.send_waiting()
    moved = OrderStatus.DELIVERED if is_bought else OrderStatus.EXPIRED
    Order.objects.update(status=moved, created_at=timezone.now() - dt.timedelta(days=5))
    anonymise("--number", order.number, capsys=capsys)
    order.refresh_from_db()
    assert order.gstin == ("27AAPFU0939F1ZV" if is_bought else "")


@pytest.mark.parametrize("arguments", [[], ["--email", "nobody@example.in"], ["--phone", "123"], ["--older-than", "0"]])
def test_what_chooses_nobody_is_refused(arguments: list[str]) -> None:
    place(cart_with(make_product(SKU)), **PERSON)
    with pytest.raises(CommandError):
        call_command("anonymise_orders", *arguments)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"null", b'"x@y.example"'])
def test_a_body_without_an_entity_is_redacted_too(body: bytes) -> None:
    assert redact(body) == b"{}"
