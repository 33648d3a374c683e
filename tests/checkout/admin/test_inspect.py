"""The page of one order: everything that staff are asked about, in a fixed number of queries."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries, Settings

from checkout import attention, disputes, emails, judgement, orders, payments, refunds
from checkout.facts import dispute_facts
from checkout.models import Order, OrderEvent, OutboxEmail, Payment, RazorpayOrder
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus
from tests.checkout import orders as tell
from tests.checkout.reports import dispute_entity

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def page(client: Client, order: Order) -> str:
    response = client.get(f"/admin/orders/inspect/{order.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def ledger(html: str) -> list[tuple[str, ...]]:
    """Return the rows of the ledger without their times."""
    table = html.partition('id="shop-ledger"')[2].partition("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("<tr>")[2:]]
    return [tuple(" ".join(strip_tags(cell).split()) for cell in cells[1:]) for cells in rows]


def paid_order(quantity: int = 2) -> RazorpayOrder:
    attempt = tell.ordered(quantity=quantity)
    payments.record(tell.paid(attempt, 2, status="failed", error_description="Declined by the bank"))
    payments.record(tell.paid(attempt))
    attempt.order.refresh_from_db()
    return attempt


def test_lines_money_payments_and_buyer_are_told(staff: Client) -> None:
    attempt = paid_order()
    html = page(staff, attempt.order)
    for text in (
        "CG43-TX-0007",
        "₹1,899.00",
        "₹3,798.00",
        "₹99.00",
        "₹3,897.00",
        "₹185.57",
        "Declined by the bank",
        attempt.payments.latest("pk").razorpay_payment_id,
        str(attempt.razorpay_order_id),
        attempt.receipt,
        "asha@example.in",
        "14 Prabhat Road",
        "Maharashtra",
        attempt.order.get_absolute_url(),
        str(attempt.order.invoice_number),
    ):
        assert text in html, text


def test_what_moved_stands_in_the_ledger(staff: Client) -> None:
    attempt = tell.ordered()
    assert "Ledger" not in page(staff, attempt.order)
    payments.record(tell.paid(attempt, fee=4_715))
    payment = attempt.order.payments.get()
    refunds.record(tell.dashboard_refund(payment.razorpay_payment_id, 10_000))
    disputes.record(dispute_facts(dispute_entity(payment.razorpay_payment_id, status="lost")))
    assert ledger(page(staff, attempt.order)) == [
        ("Captured", payment.razorpay_payment_id, "₹1,998.00"),
        ("Razorpay’s fee", payment.razorpay_payment_id, "−₹47.15"),
        ("Refunded", "rfnd_Dashboard00001", "−₹100.00"),
        ("Lost in a dispute", "disp_Aa1Bb2Cc3Dd4Ee", "−₹390.00"),
    ]


def test_who_wrote_money_off_and_why_stands_beside_its_case(owner: Client, staff_user: User) -> None:
    payments.record(tell.paid(tell.ordered(), order_id=None, currency="USD", amount=250_000, fee=207))
    payment = Payment.objects.get()
    judgement.write_off(payment_id=payment.pk, user=staff_user, reason="sent back by the bank <b>")
    html = owner.get(f"/admin/attention/inspect/{payment.cases.get().pk}/").content.decode()
    assert ledger(html) == [
        ("Captured", str(payment), "USD 2,500.00"),
        ("Razorpay’s fee", str(payment), "−₹2.07"),
        ("Written off Staff: sent back by the bank &lt;b&gt;", str(payment), "−USD 2,500.00"),
    ]


def test_timeline_is_told_newest_first_in_local_time(staff: Client, staff_user: User) -> None:
    attempt = paid_order()
    orders.advance(attempt.order_id, OrderStatus.PACKED, user=staff_user)
    emails.send_waiting()
    entries = staff.get(f"/admin/orders/inspect/{attempt.order_id}/").context["entries"]
    texts = [entry.text for entry in entries]
    assert (
        texts.index("Receipt emailed") < texts.index("Packed") < texts.index("Paid") < texts.index("A payment failed")
    )
    assert texts[-1] == "Order placed"
    assert next(entry.who for entry in entries if entry.text == "Packed") == "Staff"
    OrderEvent.objects.filter(kind="placed").update(at=dt.datetime(2026, 3, 1, 20, 0, tzinfo=dt.UTC))
    assert "2 Mar 2026, 1:30 a.m." in page(staff, attempt.order)


@pytest.mark.covers("K15")
def test_what_a_stranger_typed_is_text(staff: Client) -> None:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt, status="failed", error_description="<img src=x onerror=alert(1)>"))
    nasty = "<script>alert(1)</script>"
    Order.objects.update(full_name=nasty, address_line1=nasty, city=nasty, staff_note=nasty, carrier=nasty)
    html = page(staff, attempt.order)
    assert nasty not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_only_the_next_moves_are_offered(staff: Client, staff_user: User) -> None:
    attempt = tell.ordered()
    act = "/admin/orders/{}/" + f"{attempt.order_id}/"

    def offered() -> list[str]:
        html = page(staff, attempt.order)
        return [name for name in ("pack", "ship", "deliver") if act.format(name) in html]

    assert offered() == []
    payments.record(tell.paid(attempt))
    assert offered() == ["pack", "ship"]
    orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=staff_user)
    assert offered() == ["deliver"]


def test_viewer_is_offered_nothing(viewer: Client) -> None:
    attempt = paid_order()
    html = page(viewer, attempt.order)
    for name in ("pack", "ship", "deliver", "edit"):
        assert f"/admin/orders/{name}/{attempt.order_id}/" not in html


def test_open_case_is_shown_and_linked(staff: Client, viewer: Client) -> None:
    attempt = paid_order()
    attention.open_case(CaseKind.DISPUTE_OPEN, "A buyer disputes", order=attempt.order)
    case = attempt.order.cases.get()
    assert f'href="/admin/attention/inspect/{case.pk}/">Buyer disputes a payment</a>' in page(staff, attempt.order)
    html = page(viewer, attempt.order)
    assert "Buyer disputes a payment" in html
    assert "/admin/attention/" not in html


def test_longer_stories_need_no_more_queries(
    staff: Client, staff_user: User, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attempt = tell.ordered()
    payments.record(tell.paid(attempt))
    page(staff, attempt.order)
    with django_assert_num_queries(22):
        page(staff, attempt.order)
    payments.record(tell.paid(attempt, 2))
    payments.record(tell.paid(attempt, 3))
    orders.advance(attempt.order_id, OrderStatus.PACKED, user=staff_user)
    orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=staff_user)
    with django_assert_num_queries(22):
        page(staff, attempt.order)
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE


def test_papers_are_linked_for_whoever_may_look(staff: Client, viewer: Client, editor: Client) -> None:
    attempt = paid_order()
    asked = refunds.request(payment_id=Payment.objects.get(fulfils=True).pk, amount=100_00, reason="Scratched roof")
    refunds.record(tell.refund_of(asked))
    asked.refresh_from_db()
    for client in (staff, viewer):
        html = page(client, attempt.order)
        assert f'href="{attempt.order.get_invoice_url()}"' in html
        assert f'href="{asked.get_credit_note_url()}"' in html
    refused = editor.get(f"/admin/orders/inspect/{attempt.order.pk}/")
    assert (refused.status_code, attempt.order.token in refused.content.decode()) == (302, False)


def test_other_orders_of_the_buyer_are_told(staff: Client) -> None:
    order = tell.ordered().order
    same = [tell.ordered().order for _number in range(2)]
    Order.objects.filter(pk=same[0].pk).update(email="ASHA@example.in", phone="+917000000001")
    stranger = tell.ordered().order
    Order.objects.filter(pk=stranger.pk).update(email="r@example.in", phone="+917000000002")
    others = staff.get(f"/admin/orders/inspect/{order.pk}/").context["others"]
    assert [other.pk for other in others] == [each.pk for each in reversed(same)]
    assert f'/admin/orders/inspect/{same[0].pk}/">{same[0].number}</a>' in page(staff, order)
    Order.objects.update(email="", phone="")
    assert "Other orders" not in page(staff, order), "whoever was forgotten is nobody"


def test_ids_lead_to_the_dashboard_in_live_mode_alone(staff: Client, settings: Settings) -> None:
    attempt = paid_order()
    payment = attempt.payments.latest("pk")
    refunds.record(tell.dashboard_refund(payment.razorpay_payment_id, 10_000))
    assert "dashboard.razorpay.com" not in page(staff, attempt.order)
    settings.RAZORPAY_KEY_ID = "rzp_live_suite0000000001"
    html = page(staff, attempt.order)
    ids = {
        "payments": payment.razorpay_payment_id,
        "orders": attempt.razorpay_order_id,
        "refunds": "rfnd_Dashboard00001",
    }
    for place, found in ids.items():
        assert f'href="https://dashboard.razorpay.com/app/{place}/{found}" rel="noreferrer">{found}</a>' in html


def test_a_parcel_is_followed_at_its_carrier(staff: Client, client: Client) -> None:
    order = paid_order().order
    Order.objects.update(status="shipped", carrier="Delhivery", tracking_number="1234")
    url = "https://www.delhivery.com/track/package/1234"
    order.refresh_from_db()
    assert url in page(staff, order)
    assert url in client.get(order.get_absolute_url()).content.decode()
    mail = OutboxEmail(order=order, kind=emails.SHIPPED)
    assert url in str(emails.compose(mail).body)


def test_the_parcel_that_left_stands_first(staff: Client, staff_user: User) -> None:
    order = paid_order().order
    parcel = {"carrier": "Delhivery Surface", "tracking_number": "1234"}
    orders.advance(order.pk, OrderStatus.SHIPPED, user=staff_user, **parcel)
    html = page(staff, order)
    [facts] = re.findall(r'id="shop-parcel".*?</dl>.*id="shop-buyer"', html, re.DOTALL)
    left = timezone.localtime(order.events.get(kind="shipped").at)
    assert f"{left:%-d %b %Y}" in facts
    assert 'href="https://www.delhivery.com/track/package/1234"' in facts
