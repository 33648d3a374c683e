"""Staff give money back from the order: in whole, in part, by the piece, and never twice for two clicks."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from catalog import stock
from checkout import attention, disputes, gateway, orders, payments, refunds
from checkout.facts import dispute_facts
from checkout.models import AttentionCase, Order, Payment, Refund
from checkout.models.attention import CaseKind
from tests.checkout import faults, reports
from tests.checkout.admin.test_acts import told
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import assert_books_hold, dashboard_refund, make_overdue, ordered, paid, settled, stock_of
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def order(simulator: Simulator) -> Order:
    """An order of three cars, paid at the pretend Razorpay."""
    make_product("CG43-TX-0007")
    buyer = Buyer()
    found, body = buyer.buy("CG43-TX-0007", 3)
    buyer.client.post(body["verify_url"], reports.pay(simulator, body["razorpay"]["order_id"]))
    found.refresh_from_db()
    assert found.status == "paid"
    return found


def form_of(client: Client, url: str) -> dict[str, Any]:
    """Return what the form holds when it is opened."""
    form = client.get(url).context["form"]
    return {field.name: field.value() or "" for field in form}


def url_of(order: Order, act: str = "refund") -> str:
    return f"/admin/orders/{act}/{order.pk}/"


@pytest.mark.covers("I2", "I19")
def test_a_full_refund_by_two_clicks_is_one(owner: Client, order: Order) -> None:
    data = {**form_of(owner, url_of(order)), "reason": "Lost in the post"}
    assert "is on its way back" in told(owner.post(url_of(order), data))
    assert "Nothing changed" in told(owner.post(url_of(order), data))
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.requested_by) == (order.total, "processed", User.objects.get())
    assert ModelLogEntry.objects.filter(action="checkout.refund").count() == 1
    html = owner.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
    assert "Lost in the post" in html
    assert str(refund.credit_note_number) in html
    assert url_of(order) not in html, "nothing is left to refund"
    assert_books_hold()


@pytest.mark.covers("I2")
def test_a_partial_refund_by_two_clicks_is_one(owner: Client, order: Order) -> None:
    data = {**form_of(owner, url_of(order)), "amount": "50", "reason": "A dent"}
    owner.post(url_of(order), data)
    again = owner.post(url_of(order), data)
    assert again.status_code == 422
    assert "refunded a part meanwhile" in again.content.decode()
    assert [refund.amount for refund in Refund.objects.all()] == [5_000]


@pytest.mark.covers("I2", "G7")
def test_a_cancellation_that_saw_more_money_than_is_left_does_nothing(owner: Client, order: Order) -> None:
    data = {**form_of(owner, url_of(order, "cancel")), "amount": "1000", "reason": "We keep the rest"}
    owner.post(url_of(order), {**form_of(owner, url_of(order)), "amount": "1000", "reason": "A dent"})
    again = owner.post(url_of(order, "cancel"), data)
    assert again.status_code == 422
    assert "refunded a part meanwhile" in again.content.decode()
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("paid", 1)


@pytest.mark.covers("I13")
def test_pieces_go_back_on_the_shelf_when_staff_say_so(owner: Client, order: Order) -> None:
    line = order.lines.get()
    data = {
        **form_of(owner, url_of(order)),
        "amount": "1899",
        "reason": "One back",
        f"line_{line.pk}": "1",
        "restock": "on",
    }
    owner.post(url_of(order), data)
    assert stock_of() == (8, 0)
    page = form_of(owner, url_of(order))
    too_many = {**page, "amount": "1899", "reason": "More", f"line_{line.pk}": "3"}
    assert owner.post(url_of(order), too_many).status_code == 422
    assert Refund.objects.count() == 1
    assert_books_hold()


@pytest.mark.covers("I13")
def test_more_than_the_pieces_cost_goes_back_only_on_purpose(owner: Client, order: Order) -> None:
    line = order.lines.get()
    data = {**form_of(owner, url_of(order)), "reason": "One back", f"line_{line.pk}": "1"}
    answer = owner.post(url_of(order), data)
    assert answer.status_code == 422
    assert "These pieces cost ₹1,899.00" in answer.content.decode()
    assert not Refund.objects.exists()
    owner.post(url_of(order), {**data, "more_than_pieces": "on"})
    assert Refund.objects.get().amount == order.total


def test_pieces_for_the_shelf_are_asked_for(owner: Client, order: Order) -> None:
    data = {**form_of(owner, url_of(order)), "reason": "One back", "restock": "on"}
    answer = owner.post(url_of(order), data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["restock"])
    assert not Refund.objects.exists()
    mistyped = owner.post(url_of(order), {**data, f"line_{order.lines.get().pk}": "9"})
    assert list(mistyped.context["form"].errors) == [f"line_{order.lines.get().pk}"]


@pytest.mark.parametrize(("act", "way_out"), [("refund", "Keep the payment"), ("cancel", "Keep the order")])
def test_what_moves_money_says_so_and_tells_what_is_left(act: str, way_out: str, owner: Client, order: Order) -> None:
    line = order.lines.get()
    data = {"amount": "1899", "reason": "One back", f"line_{line.pk}": "1"}
    owner.post(url_of(order), {**form_of(owner, url_of(order)), **data})
    html = owner.get(url_of(order, act)).content.decode()
    assert 'class="button serious' in html
    assert f">{way_out}</a>" in html
    [row] = re.findall(rf"<tr>(?:(?!</tr>).)*{line.sku}.*?</tr>", html, re.DOTALL)
    assert re.findall(r'class="shop-amount"[^>]*>([^<]+)<', row) == ["3", "2", "₹1,899.00"]


@pytest.mark.covers("I18")
def test_the_payment_that_was_chosen_is_refunded_and_no_other(owner: Client) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    payments.record(paid(attempt, 2))
    Refund.objects.all().update(status="failed")
    first, second = Payment.objects.order_by("pk")
    url = url_of(attempt.order)
    assert "choose the one to refund" in told(owner.get(url))
    page = owner.get(f"/admin/orders/inspect/{attempt.order.pk}/").content.decode()
    for payment in (first, second):
        assert f"{url}?payment={payment.pk}" in page
    chosen = f"{url}?payment={second.pk}"
    form = owner.get(chosen)
    assert "It does not pay this order" in form.content.decode()
    assert f'action="?payment={second.pk}"' in form.content.decode()
    owner.post(chosen, {**form_of(owner, chosen), "reason": "paid twice"})
    assert "Nothing of this payment is left to refund here" in told(
        owner.post(chosen, {"amount": "1899", "reason": "paid twice"})
    )
    assert list(first.refunds.all()) == []


@pytest.mark.covers("I1")
@pytest.mark.parametrize("changes", [{"amount": "0"}, {"amount": "-5"}, {"amount": "99999999"}, {"reason": " "}])
def test_what_makes_no_sense_is_shown_again(changes: dict[str, str], owner: Client, order: Order) -> None:
    data = {**form_of(owner, url_of(order)), "reason": "A dent", **changes}
    answer = owner.post(url_of(order), data)
    assert answer.status_code == 422
    assert not Refund.objects.exists()


@pytest.mark.covers("G7")
def test_a_paid_order_is_cancelled_with_its_refund(owner: Client, order: Order) -> None:
    data = {**form_of(owner, url_of(order, "cancel")), "reason": "Out of the colour"}
    assert "is on its way back" in told(owner.post(url_of(order, "cancel"), data))
    assert "cannot be cancelled" in told(owner.post(url_of(order, "cancel"), data)) or Refund.objects.count() == 1
    order.refresh_from_db()
    assert (order.status, stock_of(), Refund.objects.get().amount) == ("cancelled", (10, 0), order.total)
    assert_books_hold()


def test_an_order_whose_money_went_back_is_cancelled_without_a_refund(owner: Client, order: Order) -> None:
    owner.post(url_of(order), {**form_of(owner, url_of(order)), "reason": "Never made"})
    page = owner.get(url_of(order, "cancel")).content.decode()
    assert "No money goes back with this" in page
    assert "Amount to refund" not in page
    assert "is cancelled" in told(owner.post(url_of(order, "cancel"), {"reason": "Never made"}))
    order.refresh_from_db()
    assert (order.status, stock_of(), Refund.objects.count()) == ("cancelled", (10, 0), 1)
    assert_books_hold()


@pytest.mark.covers("G7")
def test_an_order_of_which_razorpay_can_refund_nothing_more_is_cancelled(owner: Client, order: Order) -> None:
    refunds.record(dashboard_refund(order.payments.get().razorpay_payment_id, order.total - 50))
    assert url_of(order) not in owner.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
    assert "Nothing of" in told(owner.get(url_of(order)))
    assert "Amount to refund" not in owner.get(url_of(order, "cancel")).content.decode()
    assert "is cancelled" in told(owner.post(url_of(order, "cancel"), {"reason": "Never made"}))
    order.refresh_from_db()
    assert (order.status, stock_of(), Refund.objects.count()) == ("cancelled", (10, 0), 1)
    assert order.events.get(kind="rest_kept").text == "₹0.50"
    assert_books_hold()


@pytest.mark.covers("L10")
def test_an_unpaid_order_is_cancelled_once_it_is_stuck(owner: Client, staff: Client) -> None:
    order = ordered().order
    inspect = f"/admin/orders/inspect/{order.pk}/"
    assert "cannot be cancelled" in told(owner.post(url_of(order, "cancel"), {"reason": "Never paid"}))
    attention.open_case(CaseKind.STUCK, "It cannot expire", order=order)
    pages = [client.get(inspect).content.decode() for client in (owner, staff)]
    assert [url_of(order, "cancel") in page for page in pages] == [True, False]
    staff.post(url_of(order, "cancel"), {"reason": "Never paid"})
    assert Order.objects.get().status == "pending"
    assert "is cancelled" in told(owner.post(url_of(order, "cancel"), {"reason": "Never paid"}))
    assert (Order.objects.get().status, stock_of()) == ("cancelled", (10, 0))
    assert not AttentionCase.objects.filter(closed_at=None).exists()
    assert_books_hold()


@pytest.mark.covers("A10")
def test_a_free_order_is_cancelled(owner: Client) -> None:
    attempt = ordered()
    order = attempt.order
    attempt.delete()
    Order.objects.update(discount=order.subtotal + order.shipping, total=0)
    with transaction.atomic():
        orders.mark_paid(orders.lock(order.pk), text="free")
    assert url_of(order, "cancel") in owner.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
    assert "is cancelled" in told(owner.post(url_of(order, "cancel"), {"reason": "Never made"}))
    assert (Order.objects.get().status, stock_of()) == ("cancelled", (10, 0))


@pytest.mark.covers("I15", "G7")
@pytest.mark.parametrize(
    ("choice", "refunded"), [({"amount": "0"}, []), ({"amount": "10", "despite_dispute": "on"}, [1_000])]
)
def test_a_disputed_order_is_cancelled_with_a_choice(
    choice: dict[str, str], refunded: list[int], owner: Client, order: Order
) -> None:
    payment = order.payments.get()
    disputes.record(dispute_facts(reports.dispute_entity(payment.razorpay_payment_id, status="open")))
    data = {**form_of(owner, url_of(order, "cancel")), "reason": "Never made"}
    assert "could pay the same money twice" in owner.post(url_of(order, "cancel"), data).content.decode()
    assert "is cancelled" in told(owner.post(url_of(order, "cancel"), {**data, **choice}))
    order.refresh_from_db()
    assert (order.status, [refund.amount for refund in Refund.objects.all()]) == ("cancelled", refunded)
    assert_books_hold()
    disputes.record(dispute_facts(reports.dispute_entity(payment.razorpay_payment_id, status="won")))
    case = AttentionCase.objects.get(closed_at=None)
    assert "is cancelled, and the dispute left its money here" in case.text
    owner.post(f"/admin/attention/inspect/{case.pk}/", {"decision": "refund", "resolution": "the buyer gets it"})
    assert sum(refund.amount for refund in Refund.objects.all()) == order.total
    assert_books_hold()


@pytest.mark.covers("I11")
def test_a_refused_refund_is_told_and_tried_again_from_its_case(
    owner: Client, order: Order, faulty: FaultyRazorpay
) -> None:
    faulty.plan(faults.refuse(400, "Your account does not have enough balance"), on="POST .*/refund")
    data = {**form_of(owner, url_of(order)), "reason": "A dent"}
    assert "does not have enough balance" in told(owner.post(url_of(order), data))
    case = AttentionCase.objects.get()
    page = owner.get(f"/admin/attention/inspect/{case.pk}/").content.decode()
    assert "Try the same refund again" in page
    owner.post(f"/admin/attention/inspect/{case.pk}/", {"decision": "retry", "resolution": "Topped up"})
    assert Refund.objects.get().status == "processed"
    case.refresh_from_db()
    assert case.resolution == "Topped up"
    assert len(gateway.fetch_payment_refunds(order.payments.get().razorpay_payment_id)) == 1
    assert_books_hold()


@pytest.mark.covers("F16")
def test_stray_money_is_linked_refunded_or_written_off_and_never_just_closed(owner: Client, staff: Client) -> None:
    attempt = ordered()
    payments.record(paid(attempt, 7, order_id=None))
    case = AttentionCase.objects.get()
    url = f"/admin/attention/inspect/{case.pk}/"
    pages = [client.get(url).content.decode() for client in (owner, staff)]
    assert [">Decide</em>" in page for page in pages] == [True, False], "staff may not move money"
    assert owner.post(url, {"decision": "close", "resolution": "never mind"}).status_code == 422
    nowhere = owner.post(url, {"decision": "link", "order": "CG26-0", "resolution": "by link"})
    assert "There is no order CG26-0" in nowhere.content.decode()
    owner.post(url, {"decision": "link", "order": attempt.order.number.lower(), "resolution": "paid by link"})
    case.refresh_from_db()
    assert (case.resolution, Order.objects.get().status) == (f"{attempt.order.number}: paid by link", "paid")
    assert_books_hold()


@pytest.mark.covers("F16")
@pytest.mark.parametrize(
    ("became", "words"),
    [
        ("open", "{number} is paid with it."),
        ("paid", "₹1,998.00 goes back to the buyer of {number}. The order was already paid."),
        ("cancelled", "₹1,998.00 goes back to the buyer of {number}. The order had been cancelled."),
        ("sold", "₹1,998.00 goes back to the buyer of {number}. The payment came after the cars were sold."),
        ("foreign", "It is not what {number} costs, so a new case asks what shall become of it."),
    ],
    ids=["open", "paid", "cancelled", "sold", "foreign"],
)
def test_who_links_money_reads_what_became_of_it(owner: Client, became: str, words: str) -> None:
    attempt = ordered(on_hand=1)
    payments.record(paid(attempt, 7, order_id=None, currency="USD" if became == "foreign" else "INR"))
    if became == "paid":
        payments.record(paid(attempt))
    if became == "cancelled":
        orders.cancel(attempt.order_id, text="")
    if became == "sold":
        make_overdue(attempt.order)
        orders.expire(attempt.order_id, now=timezone.now())
        stock.adjust(variant=attempt.order.lines.get().variant, quantity=-1, reason="broken")
    url = f"/admin/attention/inspect/{AttentionCase.objects.get().pk}/"
    decision = {"decision": "link", "order": attempt.order.number, "resolution": "by link"}
    if became in ("paid", "cancelled", "sold"):
        refusal = owner.post(url, decision)
        assert refusal.status_code == 422
        assert f"{attempt.order.number} takes no money." in refusal.content.decode()
    answer = owner.post(url, {**decision, "may_return": "on"})
    assert told(answer) == "The case is closed. " + words.format(number=attempt.order.number)
    assert_books_hold()


@pytest.mark.covers("F4")
def test_money_of_another_amount_is_accepted(owner: Client) -> None:
    attempt = ordered()
    payments.record(paid(attempt), settled(attempt, amount=attempt.amount + 1))
    case = AttentionCase.objects.get()
    owner.post(f"/admin/attention/inspect/{case.pk}/", {"decision": "accept", "resolution": "a paisa is forgiven"})
    assert (Order.objects.get().status, Payment.objects.get().fulfils) == ("paid", True)
    assert_books_hold()
