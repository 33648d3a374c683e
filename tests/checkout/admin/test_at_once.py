"""Two of the staff at the same moment, and staff beside a webhook: nothing that somebody wrote is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from checkout import payments
from checkout.models import AttentionCase, Order, OrderNote, OutboxEmail
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.test_payments_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair() -> tuple[Client, Client]:
    """The browsers of two people."""
    return browser_of(in_role("staff")), browser_of(in_role("owner"))


def form(client: Client, path: str) -> dict[str, Any]:
    fields = client.get(f"/admin/{path}").context["form"]
    return {bound.name: bound.value() or "" for bound in fields if not bound.field.disabled}


def post(client: Client, path: str, **data: Any) -> Callable[[], int]:
    return lambda: client.post(f"/admin/{path}", data).status_code


@pytest.mark.covers("ST9")
def test_two_people_and_a_payment_write_one_order(pair: tuple[Client, Client]) -> None:
    attempt, (one, other) = tell.ordered(), pair
    address, parcel = (f"orders/{page}/{attempt.order_id}/" for page in ("address", "edit"))
    facts = tell.paid(attempt)
    note = {"reader": "buyer", "text": "Soon", "key": "key-of-one-form"}
    answers = at_once(
        [
            post(one, address, **{**form(one, address), "city": "Mumbai"}),
            post(other, parcel, **{**form(other, parcel), "staff_note": "Gift wrap"}),
            post(one, f"orders/note/{attempt.order_id}/", **note),
            post(other, f"orders/note/{attempt.order_id}/", **note),
            lambda: payments.record(facts),
        ]
    )
    assert answers[:4] == [302] * 4
    order = Order.objects.get()
    assert (order.city, order.staff_note) == ("Mumbai", "Gift wrap")
    assert tell.outcome(order) == tell.ONCE_PAID
    assert (OrderNote.objects.count(), OutboxEmail.objects.filter(kind="note").count()) == (1, 1)
    assert order.events.filter(kind="edited").count() == 2
    tell.assert_books_hold()


@pytest.mark.covers("ST9")
def test_one_of_two_people_ships_and_one_decides(pair: tuple[Client, Client]) -> None:
    attempt, (one, other) = tell.ordered(), pair
    payments.record(tell.paid(attempt))
    AttentionCase.objects.create(kind=CaseKind.DISPUTE_LOST, order=attempt.order, text="Gone")
    case = AttentionCase.objects.get()
    ship, decide = f"orders/ship/{attempt.order_id}/", f"attention/inspect/{case.pk}/"
    at_once([post(each, ship, carrier=carrier) for each, carrier in ((one, "DTDC"), (other, "Ekart"))])
    at_once([post(each, decide, resolution=words) for each, words in ((one, "Kept"), (other, "Closed"))])
    order, case = Order.objects.get(), AttentionCase.objects.get()
    assert (order.status, order.events.filter(kind="shipped").count()) == ("shipped", 1)
    assert order.events.get(kind="shipped").text == order.carrier
    assert OutboxEmail.objects.filter(kind="shipped").count() == 1
    assert case.closed_by is not None
    assert case.resolution == {"staff": "Kept", "owner": "Closed"}[case.closed_by.get_username()]
    tell.assert_books_hold()
