"""The attention desk: everything that waits on one page, grouped, counted, each with its button."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from checkout import attention, disputes, payments, refunds
from checkout.admin import desk
from checkout.facts import dispute_facts
from checkout.models import AttentionCase, Payment
from checkout.models.attention import CaseKind
from tests.checkout import orders as tell
from tests.checkout import reports
from tests.checkout.admin.people import browser_of, person
from webhooks.models import Heartbeat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("well"), pytest.mark.once]
DESK = "/admin/attention/desk/"


def payment(number: int = 1) -> Payment:
    attempt = tell.ordered(on_hand=30)
    payments.record(tell.paid(attempt, number))
    return attempt.payments.get()


def dispute(of: Payment, days: int) -> None:
    entity = reports.dispute_entity(of.razorpay_payment_id, status="open", id=f"disp_Aa1Bb2Cc3Dd4E{days}")
    until = int((timezone.now() + dt.timedelta(days=days)).timestamp())
    disputes.record(dispute_facts({**entity, "respond_by": until}))


def shown(client: Client) -> dict[str, list[str]]:
    """Return the texts of the rows of each group, in their order."""
    return {group.key: [row.case.text for row in group.rows] for group in client.get(DESK).context["groups"]}


@pytest.mark.covers("ST5")
def test_cases_stand_in_groups_with_a_sentence_and_a_button(staff: Client) -> None:
    paid = payment()
    attention.open_case(CaseKind.AMOUNT_MISMATCH, "Razorpay’s amount differs", order=paid.order, payment=paid)
    attention.open_case(CaseKind.UNMATCHED_MONEY, "Money of nobody", payment=paid)
    attention.open_case(CaseKind.REFUND_FAILED, "Insufficient balance", payment=paid, subject="refund 1")
    for subject in ("mail 5", "mail of a message 7", "event 3", "unreadable event", "refund 9", "capture", ""):
        attention.open_case(CaseKind.STUCK, f"Stuck: {subject}", subject=subject)
    assert shown(staff) == {
        "money": ["Razorpay’s amount differs", "Money of nobody"],
        "refunds": ["Insufficient balance", "Stuck: refund 9"],
        "webhooks": ["Stuck: event 3", "Stuck: unreadable event"],
        "mails": ["Stuck: mail 5", "Stuck: mail of a message 7"],
        "jobs": ["Stuck: capture", "Stuck: "],
    }
    html = staff.get(DESK).content.decode()
    assert html.count(">Decide</a>") == AttentionCase.objects.count() == 10
    for group in desk.GROUPS:
        assert (group.advice in html) == (group.key in shown(staff))
    assert paid.order
    assert f'aria-label="Decide: Amount differs, {paid.order.number}"' in html
    assert "₹1,998.00" in html
    assert "Attention (10)" in html


def test_the_amount_is_that_of_the_failed_refund(staff_user: User) -> None:
    paid = payment()
    refund = refunds.request(payment_id=paid.pk, amount=30_000, reason="a dent")
    attention.open_case(CaseKind.REFUND_FAILED, "No balance", payment=paid, subject=f"refund {refund.pk}")
    assert [row.amount for row in desk.groups(staff_user)[0].rows] == ["₹300.00"]


def test_what_others_decide_can_only_be_looked_at(staff: Client, owner: Client) -> None:
    paid = payment()
    Payment.objects.update(order=None, fulfils=False, email="payer@example.com", contact="+919812345678")
    attention.open_case(CaseKind.UNMATCHED_MONEY, "Money of nobody", payment=paid)
    page, words = f"/admin/attention/inspect/{AttentionCase.objects.get().pk}/", "somebody who may refund decides it"
    for client, label, is_told in ((staff, "Look", True), (owner, "Decide", False)):
        assert f">{label}</a>" in client.get(DESK).content.decode()
        html = client.get(page).content.decode()
        assert (words in html) == is_told
        assert "payer@example.com +919812345678" in html


def test_every_kind_of_case_has_a_group() -> None:
    keys = {group.key for group in desk.GROUPS}
    assert {desk.group_of(AttentionCase(kind=kind)) for kind in CaseKind} <= keys
    assert set(desk.OF_JOB.values()) <= keys
    assert set(CaseKind) - set(desk.OF_KIND) == {CaseKind.STUCK}


@pytest.mark.covers("ST5")
def test_the_first_deadline_stands_first(staff: Client) -> None:
    for number, days in enumerate((9, 2, 5), start=1):
        dispute(payment(number), days)
    rows = staff.get(DESK).context["groups"][0].rows
    assert [row.due for row in rows] == sorted(row.due for row in rows)
    assert "Answer by" in staff.get(DESK).content.decode()


def test_a_decision_leads_back_to_what_still_waits(staff: Client) -> None:
    attention.open_case(CaseKind.DISPUTE_LOST, "Gone", order=tell.ordered().order)
    case = AttentionCase.objects.get()
    answer = staff.post(f"/admin/attention/inspect/{case.pk}/", {"resolution": "Parcel kept"}, follow=True)
    assert answer.redirect_chain == [(DESK, 302)]
    html = answer.content.decode()
    assert "Nothing waits for a decision." in html
    assert "Attention (" not in html


@pytest.mark.covers("ST5")
def test_what_has_stopped_is_told_first_and_counted(staff: Client) -> None:
    assert "has stopped" not in staff.get(DESK).content.decode()
    Heartbeat.objects.filter(name="worker").update(at=timezone.now() - dt.timedelta(hours=1))
    cache.clear()
    html = staff.get(DESK).content.decode()
    assert "The worker has been silent since" in html
    assert "Attention (1)" in html
    assert "<strong>1</strong> needs attention" in staff.get("/admin/").content.decode()


def test_who_may_only_look_at_cases_is_told_of_them_alone() -> None:
    Heartbeat.objects.all().delete()
    attention.open_case(CaseKind.DISPUTE_LOST, "Gone", order=tell.ordered().order)
    html = browser_of(person("looker", ("wagtailadmin.access_admin", "checkout.view_attentioncase"))).get(DESK)
    assert "Attention (1)" in html.content.decode()
    assert "has stopped" not in html.content.decode()


def test_others_do_not_see_it(editor: Client, viewer: Client) -> None:
    for client in (editor, viewer):
        assert client.get(DESK).headers["Location"] == "/admin/"


def test_many_cases_need_as_many_queries_as_few(
    staff: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    dispute(payment(), 1)
    staff.get(DESK)
    with django_assert_num_queries(17):
        staff.get(DESK)
    for number in range(2, 5):
        dispute(payment(number), number)
    AttentionCase.objects.bulk_create(
        AttentionCase(kind=CaseKind.STUCK, subject=f"mail {number}", text="Refused") for number in range(1000)
    )
    with django_assert_num_queries(17):
        page = staff.get(DESK)
    assert sum(len(group.rows) for group in page.context["groups"]) == desk.SHOWN
    assert "804 more wait, newer than these." in " ".join(page.content.decode().split())
