"""The attention desk: what waits stands first, and is closed with words, once."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from checkout import attention, payments
from checkout.facts import payment_facts
from checkout.models import AttentionCase
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.checkout import reports
from tests.checkout.admin.people import browser_of, person
from tests.checkout.admin.test_acts import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("well"), pytest.mark.once]
DESK = "/admin/attention/"


def disputed() -> AttentionCase:
    attempt = tell.ordered(on_hand=20)
    payments.record(tell.paid(attempt))
    payment = attempt.order.payments.get()
    attention.open_case(CaseKind.DISPUTE_OPEN, "The buyer disputes", order=attempt.order, payment=payment)
    return attempt.order.cases.get()


def unmatched() -> AttentionCase:
    entity = {**reports.payment_entity(tell.ordered()), "order_id": "order_Foreign0000001"}
    payments.record(payment_facts(entity))
    return AttentionCase.objects.get(kind="unmatched_money")


def url_of(case: AttentionCase) -> str:
    return f"{DESK}inspect/{case.pk}/"


def test_cases_are_listed_with_order_payment_and_amount(staff: Client) -> None:
    asked, stray = disputed(), unmatched()
    html = staff.get(DESK).content.decode()
    assert asked.payment is not None
    assert stray.payment is not None
    assert asked.order is not None
    for text in ("Buyer disputes a payment", "Money without an order", "₹1,998.00", asked.text, stray.text):
        assert text in html, text
    assert asked.payment.razorpay_payment_id in html
    assert stray.payment.razorpay_payment_id in html
    assert f'href="/admin/orders/inspect/{asked.order.pk}/">{asked.order.number}</a>' in html
    assert "Attention (2)" in html


def test_case_is_closed_with_words(staff: Client, staff_user: User) -> None:
    case = disputed()
    assert ">Close the case</em>" in staff.get(url_of(case)).content.decode()
    answer = staff.post(url_of(case), {"resolution": " Refunded  by hand "})
    assert answer.headers["Location"] == f"{DESK}desk/"
    case.refresh_from_db()
    assert (case.resolution, case.closed_by) == ("Refunded by hand", staff_user)
    assert case.closed_at is not None
    assert "Attention (" not in staff.get(DESK).content.decode()
    page = staff.get(url_of(case)).content.decode()
    assert "Close the case" not in page
    assert "Refunded by hand" in page
    assert case.order is not None
    assert "Refunded by hand" in staff.get(f"/admin/orders/inspect/{case.order.pk}/").content.decode()


def test_first_decision_stands(staff: Client, owner: Client, staff_user: User) -> None:
    case = disputed()
    staff.post(url_of(case), {"resolution": "Refunded"})
    answer = owner.post(url_of(case), {"resolution": "Kept"})
    assert "already closed: Refunded" in told(answer)
    case.refresh_from_db()
    assert (case.resolution, case.closed_by) == ("Refunded", staff_user)


def test_words_are_needed(staff: Client) -> None:
    case = disputed()
    for text in ("", "   ", "x" * 256):
        assert staff.post(url_of(case), {"resolution": text}).status_code == 422
    case.refresh_from_db()
    assert case.closed_at is None


def test_open_cases_stand_first_and_can_be_filtered(staff: Client) -> None:
    older, newer = disputed(), disputed()
    staff.post(url_of(newer), {"resolution": "Done"})
    assert [case.pk for case in staff.get(DESK).context["object_list"]] == [older.pk, newer.pk]
    for state, expected in (("open", older), ("closed", newer)):
        assert [case.pk for case in staff.get(f"{DESK}?state={state}").context["object_list"]] == [expected.pk]


def test_somebody_who_may_only_look_cannot_close() -> None:
    case = disputed()
    client = browser_of(person("looker", ("wagtailadmin.access_admin", "checkout.view_attentioncase")))
    page = client.get(url_of(case))
    assert (page.status_code, "Close the case" in page.content.decode()) == (200, False)
    client.post(url_of(case), {"resolution": "Mine"})
    case.refresh_from_db()
    assert case.closed_at is None


def test_three_cases_need_as_many_queries_as_one(
    staff: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    disputed()
    staff.get(DESK)
    with django_assert_num_queries(12):
        staff.get(DESK)
    disputed()
    disputed()
    with django_assert_num_queries(12):
        assert len(staff.get(DESK).context["object_list"]) == 3
