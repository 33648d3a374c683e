"""The figures of the day."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from checkout import attention, payments
from checkout.models import Order
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.clock import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("well")]


def home(client: Client) -> str:
    return client.get("/admin/").content.decode()


def test_figures_tell_of_today_and_link_to_what_they_count(staff: Client) -> None:
    first, second = tell.ordered(quantity=2), tell.ordered()
    for attempt in (first, second):
        payments.record(tell.paid(attempt))
    attention.open_case(CaseKind.DISPUTE_OPEN, "A buyer disputes", order=first.order)
    yesterday = timezone.localtime().replace(hour=0, minute=0, second=0) - dt.timedelta(minutes=1)
    Order.objects.filter(pk=second.order_id).update(paid_at=yesterday)
    html = home(staff)
    assert '<a href="/admin/orders/?paid=today"><strong>₹3,897.00</strong> paid today</a>' in html
    assert '<a href="/admin/orders/?status=paid"><strong>2</strong> to pack</a>' in html
    assert '<a href="/admin/attention/desk/"><strong>1</strong> needs attention</a>' in html
    listed = staff.get("/admin/orders/?paid=today").context["object_list"]
    assert [order.pk for order in listed] == [first.order_id]


@pytest.mark.parametrize("today", ["2026-11-18", "2026-11-21", "2026-11-22", "2026-11-23"])
def test_orders_that_should_have_left_the_shop_are_late(
    today: str, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two working days until dispatch: what was paid on Friday leaves on Monday and is late on Tuesday."""
    clock = Clock(monkeypatch, dt.datetime.fromisoformat(f"{today}T20:00+05:30"))
    attempts = {back: tell.ordered() for back in range(6)}
    for back, attempt in attempts.items():
        payments.record(tell.paid(attempt))
        Order.objects.filter(pk=attempt.order_id).update(
            paid_at=clock.at - dt.timedelta(days=back), promised_from=clock.at + dt.timedelta(days=9)
        )
    Order.objects.filter(pk=attempts[0].order_id).update(promised_from=clock.at)
    working = {"2026-11-18": [3, 4, 5], "2026-11-21": [3, 4, 5], "2026-11-22": [3, 4, 5], "2026-11-23": [4, 5]}
    expected = {attempts[back].order_id for back in [0, *working[today]]}
    listed = staff.get("/admin/orders/?late=true").context["object_list"]
    assert {order.pk for order in listed} == expected
    assert f"<strong>{len(expected)}</strong> late</a>" in home(staff)
    everything = staff.get("/admin/orders/?ordering=-created_at").content.decode()
    assert everything.count('shop-status--late">Late</span>') == len(expected)


def test_quiet_day(staff: Client) -> None:
    html = home(staff)
    assert "<strong>₹0.00</strong> paid today" in html
    assert "<strong>0</strong> need attention" in html


def test_editors_see_no_figure(editor: Client) -> None:
    payments.record(tell.paid(tell.ordered()))
    html = home(editor)
    for words in ("paid today", "to pack", "need"):
        assert words not in html


def test_viewer_without_cases_sees_orders_only(viewer: Client) -> None:
    html = home(viewer)
    assert "to pack" in html
    assert "attention" not in html.lower()
