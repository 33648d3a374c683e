"""The figures of the day."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from checkout import attention, payments
from checkout.models import Order
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell

pytestmark = pytest.mark.django_db


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
    assert '<a href="/admin/attention/?state=open"><strong>1</strong> needs attention</a>' in html
    listed = staff.get("/admin/orders/?paid=today").context["object_list"]
    assert [order.pk for order in listed] == [first.order_id]


def test_orders_that_should_have_left_the_shop_are_late(staff: Client) -> None:
    fresh, old, promised = (tell.ordered() for _ in range(3))
    for attempt in (fresh, old, promised):
        payments.record(tell.paid(attempt))
    Order.objects.filter(pk=old.order_id).update(paid_at=timezone.now() - dt.timedelta(days=2, minutes=1))
    Order.objects.filter(pk=promised.order_id).update(promised_from=timezone.localdate())
    assert '<a href="/admin/orders/?late=true"><strong>2</strong> late</a>' in home(staff)
    listed = staff.get("/admin/orders/?late=true").context["object_list"]
    assert {order.pk for order in listed} == {old.order_id, promised.order_id}


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
