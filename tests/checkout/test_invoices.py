"""Invoice numbers: one series for each financial year, without gaps and without two of the same."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from wagtail.users.models import UserProfile

from checkout import invoices, payments
from checkout.models import AttentionCase, Order
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import assert_books_hold, ordered, paid
from tests.clock import Clock

pytestmark = pytest.mark.django_db
IST = dt.timezone(dt.timedelta(hours=5, minutes=30))


@pytest.mark.covers("G10", "MT4")
@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (dt.datetime(2026, 3, 31, 23, 59, 59, tzinfo=IST), "2526"),
        (dt.datetime(2026, 4, 1, 0, 0, tzinfo=IST), "2627"),
        (dt.datetime(2026, 3, 31, 18, 30, tzinfo=dt.UTC), "2627"),
        (dt.datetime(2026, 3, 31, 18, 29, 59, tzinfo=dt.UTC), "2526"),
        (dt.datetime(2099, 12, 31, tzinfo=IST), "9900"),
    ],
)
def test_the_financial_year_begins_on_the_first_of_april_in_india(moment: dt.datetime, year: str) -> None:
    assert invoices.financial_year(moment) == year
    assert invoices.next_number(moment) == f"CG/{year}/000001"
    assert len(invoices.next_number(moment)) <= 16
    assert [invoices.next_credit_note(moment) for _time in range(2)] == [f"CN/{year}/000001", f"CN/{year}/000002"]


@pytest.mark.covers("G10", "MT4")
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_no_profile_of_a_staff_member_moves_the_financial_year(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = in_role("owner")
    UserProfile.objects.update_or_create(user=owner, defaults={"current_time_zone": zone})
    clock = Clock(monkeypatch, dt.datetime(2027, 3, 31, 20, 0, tzinfo=IST))
    browser = browser_of(owner)
    year = "2627"
    for _time in range(2):
        attempt = ordered()
        payments.record(paid(attempt, 7, order_id=None))
        case = AttentionCase.objects.get(closed_at=None)
        link = {"decision": "link", "order": attempt.order.number, "resolution": "By link"}
        browser.post(f"/admin/attention/inspect/{case.pk}/", link)
        order = Order.objects.get(pk=attempt.order_id)
        assert str(order.invoice_number).startswith(f"CG/{year}/")
        clock.move(hours=6)
        year = "2728"
    assert_books_hold()


@pytest.mark.covers("K13")
def test_a_number_of_a_transaction_that_failed_is_given_again() -> None:
    with transaction.atomic():
        invoices.next_number(timezone.now())
        transaction.set_rollback(True)
    assert invoices.next_number(timezone.now()).endswith("/000001")


@pytest.mark.covers("K13", "MT4")
@pytest.mark.django_db(transaction=True)
def test_payments_at_once_get_consecutive_numbers() -> None:
    facts = [paid(ordered()) for _number in range(8)]

    def record(number: int) -> str:
        try:
            return payments.record(facts[number])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(record, range(8))) == {"applied"}
    numbers = sorted(str(order.invoice_number)[-6:] for order in Order.objects.all())
    assert numbers == [f"{number:06d}" for number in range(1, 9)]


def test_invoices_from_before_get_the_parties_of_today() -> None:
    unpaid, attempt = ordered().order, ordered()
    payments.record(paid(attempt))
    wanted: Any = Order.objects.get(pk=attempt.order_id).parties
    Order.objects.update(parties=None)
    import_module("checkout.migrations.0006_invoices_name_their_parties").keep(apps, None)
    assert Order.objects.get(pk=attempt.order_id).parties == {name: wanted[name] for name in ("seller", "buyer")}
    assert wanted["buyer"]["full_name"] == "Asha Kulkarni"
    assert Order.objects.get(pk=unpaid.pk).parties is None
