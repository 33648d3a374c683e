"""A payment method that is down is told on the pay page while it lasts, and keeps nobody from paying."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout import downtimes
from checkout.models import Downtime
from tests.checkout.orders import ordered
from tests.checkout.reports import deliver, event

pytestmark = pytest.mark.django_db


def told(status: str, *, begin: int | None = None, **changes: Any) -> None:
    """Deliver what Razorpay says of netbanking of one bank."""
    entity = {
        "id": "down_F1Zppa6lcVheSE",
        "entity": "payment.downtime",
        "method": "netbanking",
        "begin": begin or int(timezone.now().timestamp()) - 60,
        "end": None,
        "status": status,
        "scheduled": False,
        "severity": "high",
        "instrument": {"bank": "VIJB"},
        **changes,
    }
    assert deliver(event(f"payment.downtime.{status}", **{"payment.downtime": entity})) == 200


def pay_page() -> str:
    attempt = ordered()
    return Client().get(f"/orders/{attempt.order.token}/pay/").content.decode()


@pytest.mark.covers("J5")
def test_a_downtime_is_told_and_payment_is_still_offered() -> None:
    told("started")
    told("updated", severity="low")
    html = pay_page()
    assert html.count("Netbanking (VIJB) has trouble at the moment.") == 1
    assert "data-pay-button" in html


@pytest.mark.covers("J5")
@pytest.mark.parametrize("order_of_reports", [("started", "resolved"), ("resolved", "started")])
def test_what_is_resolved_is_told_no_more(order_of_reports: tuple[str, ...]) -> None:
    for status in order_of_reports:
        told(status)
    assert Downtime.objects.count() == 1
    assert "has trouble" not in pay_page()


@pytest.mark.covers("J5")
def test_a_downtime_that_nobody_ends_is_forgotten() -> None:
    told("started")
    Downtime.objects.update(updated_at=timezone.now() - downtimes.STALE - dt.timedelta(seconds=1))
    assert "has trouble" not in pay_page()


def test_names_that_no_database_stores_are_read_without_that() -> None:
    told("started", instrument={"bank": "VI\ud800JB\x00", "psp": None, "vpa_handle": "@okaxis"})
    assert Downtime.objects.get().instrument == "VI?JB, @okaxis"
