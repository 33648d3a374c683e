"""Packed, shipped, delivered: asked once more, done once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from wagtail.models import ModelLogEntry

from checkout import orders, payments, refunds
from checkout.models import Order, OutboxEmail
from checkout.status import MOVES, OrderStatus
from tests.checkout import orders as tell
from tests.checkout.queries import nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PARCEL = {"carrier": "India Post", "tracking_number": " EB123456789IN "}
ACTS = {"pack": "packed", "ship": "shipped", "deliver": "delivered"}


def paid_order() -> Order:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    attempt.order.refresh_from_db()
    return attempt.order


def url_of(act: str, order: Order) -> str:
    return f"/admin/orders/{act}/{order.pk}/"


def told(response: object) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))  # type: ignore[attr-defined]


def test_order_goes_from_paid_to_delivered(staff: Client, staff_user: User) -> None:
    order = paid_order()
    for act, status in ACTS.items():
        page = staff.get(url_of(act, order))
        assert (page.status_code, f"Mark {order.number} {status}?" in page.content.decode()) == (200, True)
        answer = staff.post(url_of(act, order), PARCEL)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/orders/inspect/{order.pk}/")
        assert f"{order.number} is marked {status}." in told(answer)
        order.refresh_from_db()
        assert order.status == status
        event = order.events.get(kind=status)
        assert (event.user, event.status) == (staff_user, status)
        assert ModelLogEntry.objects.get(action=f"checkout.{act}").user == staff_user
    assert (order.carrier, order.tracking_number) == ("India Post", "EB123456789IN")
    assert order.events.get(kind="shipped").text == "India Post EB123456789IN"
    assert OutboxEmail.objects.filter(order=order, kind="shipped").count() == 1
    tell.assert_books_hold()


def test_second_submit_is_told_and_changes_nothing(staff: Client) -> None:
    order = paid_order()
    staff.post(url_of("ship", order), PARCEL)
    for _time in range(2):
        with_other_parcel = {"carrier": "DTDC", "tracking_number": "OTHER"}
        answer = staff.post(url_of("ship", order), with_other_parcel)
        assert answer.status_code == 302
        assert f"{order.number} cannot be marked shipped: it is already shipped." in told(answer)
    order.refresh_from_db()
    assert order.carrier == "India Post"
    assert order.events.filter(kind="shipped").count() == OutboxEmail.objects.filter(kind="shipped").count() == 1


def test_submit_that_loses_the_race_is_told(staff: Client, staff_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    order, advance = paid_order(), orders.advance

    def somebody_is_faster(*args: Any, **kwargs: Any) -> Order:
        advance(order.pk, OrderStatus.SHIPPED, user=staff_user)
        return advance(*args, **kwargs)

    monkeypatch.setattr(orders, "advance", somebody_is_faster)
    answer = staff.post(url_of("pack", order))
    assert f"{order.number} cannot go from “Shipped” to “Packed”. Nothing changed." in told(answer)
    order.refresh_from_db()
    assert order.status == "shipped"


@pytest.mark.parametrize("act", ACTS)
def test_only_allowed_moves_are_made(staff: Client, act: str) -> None:
    order = paid_order()
    for status in OrderStatus:
        Order.objects.update(status=status)
        is_allowed = OrderStatus(ACTS[act]) in MOVES[status]
        assert staff.get(url_of(act, order)).status_code == (200 if is_allowed else 302), status
        assert staff.post(url_of(act, order), PARCEL).status_code == 302, status
        order.refresh_from_db()
        assert order.status == (ACTS[act] if is_allowed else status)


@pytest.mark.covers("H8")
def test_whoever_packs_and_ships_reads_how_many_pieces_are_left(staff: Client) -> None:
    attempt = tell.ordered(quantity=3)
    payments.record(tell.paid(attempt))
    order, line = attempt.order, attempt.order.lines.get()
    pages = [f"/admin/orders/{name}/{order.pk}/" for name in ("inspect", "pack", "ship")]
    pages += [f"/admin/bulk/checkout/order/{name}/?id={order.pk}" for name in ("mark_packed", "mark_shipped")]
    words = "3, of which 1 refunded: send 2"
    assert [page for page in pages if words in staff.get(page).content.decode()] == []
    payment = order.payments.get()
    refunds.request(payment_id=payment.pk, amount=line.unit_price, reason="", lines={line.pk: 1}, restock=True)
    assert [page for page in pages if words not in staff.get(page).content.decode()] == []
    for status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        orders.advance(order.pk, status, user=None)  # type: ignore[arg-type]
        html = staff.get(pages[0]).content.decode()
        assert ("of which 1 refunded" in html, words in html) == (True, False)


def test_looking_changes_nothing(staff: Client) -> None:
    order = paid_order()
    staff.get(url_of("pack", order))
    with nothing_written():
        staff.get(url_of("pack", order))
        staff.head(url_of("ship", order))


def test_carrier_is_asked_for(staff: Client) -> None:
    order = paid_order()
    answer = staff.post(url_of("ship", order), {"carrier": " ", "tracking_number": "X" * 61})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"carrier", "tracking_number"}
    order.refresh_from_db()
    assert order.status == "paid"


def test_csrf_token_is_needed(staff_user: User) -> None:
    client, order = Client(enforce_csrf_checks=True), paid_order()
    client.force_login(staff_user)
    assert client.post(url_of("pack", order)).status_code == 403
    order.refresh_from_db()
    assert order.status == "paid"


def test_what_does_not_exist_is_not_found(staff: Client) -> None:
    for path in ("pack/999999/", "pack/99999999999999999999999/", "pack/abc/"):
        assert (path, staff.get(f"/admin/orders/{path}").status_code) == (path, 404)
