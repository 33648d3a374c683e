"""Several orders at once: those that can move do, the others are named with the reason."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from checkout import orders, payments, refunds
from checkout.models import Order, OutboxEmail
from checkout.status import OrderStatus
from tests.checkout import orders as tell
from tests.checkout.admin.test_acts import told

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def paid_orders(count: int) -> list[Order]:
    attempts = [tell.ordered(on_hand=20) for _time in range(count)]
    for attempt in attempts:
        payments.record(tell.paid(attempt))
    return list(Order.objects.filter(pk__in=[attempt.order_id for attempt in attempts]).order_by("pk"))


def url_of(action: str, *ids: Any) -> str:
    query = "&".join(f"id={each}" for each in ids)
    return f"/admin/bulk/checkout/order/{action}/?{query}&next=/admin/orders/?status=paid"


def statuses() -> list[str]:
    return list(Order.objects.order_by("pk").values_list("status", flat=True))


def test_packable_orders_are_packed_and_the_others_named(staff: Client, staff_user: User) -> None:
    first, second = paid_orders(2)
    shipped, pending = paid_orders(1)[0], tell.ordered().order
    orders.advance(shipped.pk, OrderStatus.SHIPPED, user=staff_user)
    url = url_of("mark_packed", first.pk, second.pk, shipped.pk, pending.pk)
    html = staff.get(url).content.decode()
    assert "Mark 2 orders packed?" in html
    assert f"{shipped.number}</a> · Asha Kulkarni:\n                    it is already shipped" in html
    assert f"{pending.number}</a> · Asha Kulkarni:\n                    it is not paid" in html
    assert statuses() == ["paid", "paid", "shipped", "pending"]
    answer = staff.post(url)
    assert answer.status_code == 302
    assert f"2 orders marked packed: {first.number}, {second.number}." in told(answer)
    assert statuses() == ["packed", "packed", "shipped", "pending"]
    assert first.events.get(kind="packed").user == staff_user


def test_orders_are_shipped_by_one_carrier_under_their_own_numbers(staff: Client) -> None:
    first, second = paid_orders(2)
    url = url_of("mark_shipped", first.pk, second.pk)
    page = staff.get(url).content.decode()
    assert f"Tracking number of {first.number}" in page
    answer = staff.post(url, {"carrier": "Delhivery", f"tracking_{first.pk}": "D-1", f"tracking_{second.pk}": "D-2"})
    assert answer.status_code == 302
    assert list(Order.objects.order_by("pk").values_list("status", "carrier", "tracking_number")) == [
        ("shipped", "Delhivery", "D-1"),
        ("shipped", "Delhivery", "D-2"),
    ]
    assert OutboxEmail.objects.filter(kind="shipped").count() == 2


@pytest.mark.once
def test_a_pasted_column_is_put_into_the_rows_and_looked_at_first(staff: Client) -> None:
    first, second, third = paid_orders(3)
    url, pasted = (
        url_of("mark_shipped", first.pk, second.pk, third.pk),
        {"carrier": "DTDC", "pasted": "D-1\r\n\r\n D-3 \r\n"},
    )
    html = staff.post(url, pasted).content.decode()
    assert "The numbers stand in the rows now." in html
    assert statuses() == ["paid"] * 3
    shown = dict(re.findall(r'name="(\w+)" value="([^"]*)"', html))
    assert [shown.get(f"tracking_{order.pk}") for order in (first, second, third)] == ["D-1", None, "D-3"]
    assert staff.post(url, {**shown, "pasted": ""}).status_code == 302
    assert list(Order.objects.order_by("pk").values_list("carrier", "tracking_number")) == [
        ("DTDC", "D-1"),
        ("DTDC", ""),
        ("DTDC", "D-3"),
    ]


@pytest.mark.once
def test_what_is_wrong_with_a_number_stands_in_its_row_and_nothing_is_lost(staff: Client) -> None:
    first, second, third = paid_orders(3)
    Order.objects.filter(pk=third.pk).update(full_name="Rohan Mehta")
    url = url_of("mark_shipped", first.pk, second.pk, third.pk)
    typed = {f"tracking_{order.pk}": "D-1" for order in (first, second, third)}
    answer = staff.post(url, {**typed, "carrier": "DTDC"})
    assert answer.context["form"].errors == {
        f"tracking_{third.pk}": [f"{first.number} has this number too, and goes to another address."]
    }, "one parcel may hold two orders of one buyer"
    many = {"carrier": "", f"tracking_{second.pk}": "D" * 61, "pasted": "1\n2\n3\n4"}
    answer = staff.post(url, many)
    assert set(answer.context["form"].errors) == {"carrier", f"tracking_{second.pk}", "pasted"}
    assert all(value in answer.content.decode() for value in ("D" * 61, "1\n2\n3\n4"))
    assert statuses() == ["paid"] * 3


def test_carrier_is_asked_for(staff: Client) -> None:
    order = paid_orders(1)[0]
    answer = staff.post(url_of("mark_shipped", order.pk), {"carrier": ""})
    assert "This field is required" in answer.content.decode()
    assert statuses() == ["paid"]


def test_second_submit_is_told_and_changes_nothing(staff: Client) -> None:
    order = paid_orders(1)[0]
    url = url_of("mark_packed", order.pk)
    staff.post(url)
    assert "No order could be marked packed" in told(staff.post(url))
    assert order.events.filter(kind="packed").count() == 1


def test_one_that_somebody_else_moved_does_not_stop_the_others(
    staff: Client, staff_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = paid_orders(2)
    advance = orders.advance

    def somebody_is_faster(order_id: int, *args: Any, **kwargs: Any) -> Order:
        if order_id == first.pk:
            advance(first.pk, OrderStatus.SHIPPED, user=staff_user)
        return advance(order_id, *args, **kwargs)

    monkeypatch.setattr(orders, "advance", somebody_is_faster)
    answer = staff.post(url_of("mark_packed", first.pk, second.pk))
    assert f"Nothing changed here: {first.number} cannot go from “Shipped” to “Packed”." in told(answer)
    assert f"1 order marked packed: {second.number}." in told(answer)
    assert statuses() == ["shipped", "packed"]


def test_one_of_which_nothing_is_left_to_send_is_named_with_that_reason(staff: Client) -> None:
    first, second = paid_orders(2)
    refunds.request(payment_id=first.payments.get().pk, amount=first.total, reason="Lost")
    answer = staff.post(url_of("mark_packed", first.pk, second.pk))
    assert f"{first.number} is not sent: all of its money is refunded." in told(answer)
    assert statuses() == ["paid", "packed"]


def test_what_nobody_ticked_is_not_touched(staff: Client) -> None:
    paid_orders(1)
    for ids in (["all"], ["abc"], ["99999999999999999999"], ["-1"], ["²"], []):
        assert (ids, staff.post(url_of("mark_packed", *ids)).status_code) == (ids, 404)
    assert statuses() == ["paid"]


def test_listing_offers_neither_deletion_nor_unseen_orders(owner: Client) -> None:
    paid_orders(1)
    html = owner.get("/admin/orders/?period=today").content.decode()
    assert "/admin/bulk/checkout/order/mark_packed/" in html
    assert "/admin/bulk/checkout/order/mark_shipped/" in html
    assert "/admin/bulk/checkout/order/delete/" not in html
    assert "data-bulk-action-num-objects-in-listing" not in html


def test_bulk_deletion_does_not_exist_for_superusers_either(owner: Client) -> None:
    order = paid_orders(1)[0]
    for method in (owner.get, owner.post):
        assert method(f"/admin/bulk/checkout/order/delete/?id={order.pk}").status_code == 404
    assert Order.objects.count() == 1
    assert bulk_action_registry.get_bulk_action_class("catalog", "brand", "delete") is not None
