"""Each list of the admin asks the database as often for a thousand rows as for ten."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from checkout.models import AttentionCase, Order, OutboxEmail, Payment
from home.models import ContactMessage
from tests.checkout import orders as tell
from webhooks.models import WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def orders(numbers: range) -> None:
    """Make orders, each with a case, a payment and a mail."""
    made = Order.objects.bulk_create(
        Order(
            checkout_key=f"key-{number}",
            cart_digest="0",
            token=f"token-{number}",
            number=f"X-{number}",
            **{name: value for name, value in tell.DETAILS.__dict__.items() if hasattr(Order, name)},
            status="paid",
            paid_at=timezone.now(),
            expires_at=timezone.now(),
            subtotal=100,
            total=100,
        )
        for number in numbers
    )
    paid = Payment.objects.bulk_create(
        Payment(order=order, razorpay_payment_id=f"pay_{order.pk}", amount=100, status="captured") for order in made
    )
    cases = zip(made, paid, strict=True)
    AttentionCase.objects.bulk_create(
        AttentionCase(order=order, payment=payment, kind="amount_mismatch", text="It differs")
        for order, payment in cases
    )
    OutboxEmail.objects.bulk_create(OutboxEmail(order=order, kind="paid") for order in made)


def events(numbers: range) -> None:
    """Make stored events."""
    WebhookEvent.objects.bulk_create(
        WebhookEvent(body_sha256=f"{number:064d}", event_id=f"evt_{number}", raw=b"{}", outcome="failed")
        for number in numbers
    )


def messages(numbers: range) -> None:
    """Make messages of visitors."""
    ContactMessage.objects.bulk_create(
        ContactMessage(subject="order", name="Asha", email="asha@example.in", text=f"Where is {number}?")
        for number in numbers
    )


# The most that each may ask.
LISTS = {
    "/admin/": 44,
    "/admin/orders/?ordering=-created_at": 15,
    "/admin/orders/?q=asha": 17,
    "/admin/orders/?status=paid&late=false": 16,
    "/admin/orders/results/": 12,
    "/admin/orders/?export=csv": 7,
    "/admin/orders/inspect/{order}/": 23,
    "/admin/attention/": 13,
    "/admin/attention/desk/": 16,
    "/admin/webhook-events/": 15,
    "/admin/messages/": 14,
}


@pytest.mark.covers("ST8")
def test_a_thousand_rows_cost_as_many_queries_as_ten(owner: Client) -> None:
    asked(owner, "/admin/")
    counts: list[dict[str, int]] = []
    for numbers in (range(10), range(10, 1000)):
        for fill in (orders, events, messages):
            fill(numbers)
        order = Order.objects.order_by("pk").values_list("pk", flat=True)[0]
        counts.append({path: queries(owner, path.format(order=order)) for path in LISTS})
    assert counts[0] == counts[1]
    assert [path for path, most in LISTS.items() if counts[1][path] > most] == []


def queries(client: Client, url: str) -> int:
    """Return how many queries a page needs."""
    with CaptureQueriesContext(connection) as captured:
        asked(client, url)
    return len(captured)


def asked(client: Client, url: str) -> Any:
    """Ask for a page and read all of it."""
    response = client.get(url)
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content
