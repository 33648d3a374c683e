"""Reports of money: whatever their order and number, the same state; and what does not fit goes before staff."""

from itertools import permutations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from checkout import cart as carts
from checkout import gateway, orders, payments, refunds
from checkout.facts import PaymentFacts
from checkout.models import AttentionCase, LedgerEntry, Payment, RazorpayOrder, Refund
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus, PaymentStatus
from tests.checkout import reports
from tests.checkout.orders import (
    NEVER_PAID,
    ONCE_PAID,
    SKU,
    assert_books_hold,
    cart_with,
    dashboard_refund,
    opened,
    ordered,
    outcome,
    paid,
    place,
    refund_of,
    settled,
    stock_of,
)
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(AttentionCase.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.once
@pytest.mark.covers("E10", "E11", "E12", "E13")
def test_any_order_and_number_of_reports_ends_in_the_same_state() -> None:
    make_product(SKU, on_hand=100)
    ways = list(permutations(["failed", "authorized", "captured", "order.paid"]))
    for way in ways:
        attempt = ordered()
        for name in (*way, *way):
            status = "captured" if name == "order.paid" else name
            payments.record(paid(attempt, status=status), settled(attempt) if name == "order.paid" else None)
        assert outcome(attempt.order) == ONCE_PAID, way
        assert Payment.objects.get(order=attempt.order).status == "captured", way
    assert stock_of() == (100 - len(ways), 0)
    assert kinds() == []
    assert_books_hold()


@pytest.mark.covers("E13")
def test_a_failed_payment_moves_nothing_and_may_succeed_later_under_the_same_id() -> None:
    attempt = ordered()
    assert payments.record(paid(attempt, status="failed", error_description="No money")) == "applied"
    assert outcome(attempt.order)["status"] == "pending"
    assert stock_of() == (10, 1)
    assert payments.record(paid(attempt)) == "applied"
    assert outcome(attempt.order) == ONCE_PAID
    assert Payment.objects.get().error_description == ""


@pytest.mark.covers("E12")
def test_a_failure_after_the_capture_is_ignored() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    assert payments.record(paid(attempt, status="failed")) == "unchanged"
    assert payments.record(paid(attempt, 2, status="failed")) == "applied", "another payment, kept in the history"
    assert outcome(attempt.order) == ONCE_PAID
    assert kinds() == []


@pytest.mark.covers("F7")
def test_a_razorpay_order_of_another_amount_pays_nothing() -> None:
    attempt = ordered(quantity=2)
    wrong = settled(attempt, amount=attempt.amount - 1, amount_paid=attempt.amount - 1)
    payments.record(paid(attempt, amount=attempt.amount - 1), wrong)
    assert outcome(attempt.order) == {**NEVER_PAID, "status": "on_hold"}
    assert kinds() == [CaseKind.AMOUNT_MISMATCH]
    assert stock_of() == (10, 0)
    payments.record(paid(attempt, amount=attempt.amount - 1), settled(attempt))
    assert outcome(attempt.order)["status"] == "on_hold", "a payment is judged once"
    assert_books_hold()


@pytest.mark.covers("F12")
def test_a_part_that_waited_goes_back_when_another_payment_pays_the_order() -> None:
    attempt = ordered()
    assert payments.record(paid(attempt, amount=100)) == "ask_razorpay"
    payments.record(paid(attempt, 2))
    assert outcome(attempt.order) == ONCE_PAID
    assert Refund.objects.get().payment.razorpay_payment_id == paid(attempt).payment_id
    assert_books_hold()


@pytest.mark.covers("F11", "A14")
def test_another_currency_pays_nothing() -> None:
    attempt = ordered()
    assert payments.record(paid(attempt, currency="USD")) == "ask_razorpay"
    assert outcome(attempt.order)["status"] == "pending"
    payments.record(paid(attempt, currency="USD"), settled(attempt, currency="USD"))
    assert outcome(attempt.order)["status"] == "on_hold"
    assert kinds() == [CaseKind.AMOUNT_MISMATCH]


@pytest.mark.covers("F11")
def test_a_payment_in_another_currency_does_not_settle_an_order_in_rupees() -> None:
    attempt = ordered()
    payments.record(paid(attempt, currency="USD"), settled(attempt))
    assert outcome(attempt.order)["status"] == "on_hold"
    assert kinds() == [CaseKind.AMOUNT_MISMATCH]


@pytest.mark.covers("F8", "F9")
@pytest.mark.parametrize("difference", [-5_000, 5_000])
def test_an_offer_or_a_fee_differs_from_the_order_that_is_settled(difference: int) -> None:
    attempt = ordered()
    facts = paid(attempt, amount=attempt.amount + difference)
    assert payments.record(facts) == "ask_razorpay", "the report alone cannot tell"
    assert outcome(attempt.order)["status"] == "pending"
    payments.record(facts, settled(attempt))
    assert outcome(attempt.order) == ONCE_PAID
    assert_books_hold()


@pytest.mark.covers("F10")
@pytest.mark.parametrize("is_told", [True, False])
def test_no_part_of_the_money_pays_and_all_of_them_wait_for_staff(is_told: bool) -> None:
    attempt = ordered()
    half = settled(attempt, status="attempted", amount_paid=100, amount_due=attempt.amount - 100)
    payments.record(paid(attempt, amount=100), half if is_told else None)
    assert outcome(attempt.order)["status"] == ("on_hold" if is_told else "pending")
    payments.record(paid(attempt, 2, amount=attempt.amount - 100), settled(attempt))
    payments.record(paid(attempt, amount=100), settled(attempt))
    assert outcome(attempt.order)["status"] == "on_hold"
    assert kinds() == [CaseKind.AMOUNT_MISMATCH] * 2
    assert not Refund.objects.exists()
    assert_books_hold()


@pytest.mark.covers("F12", "F13")
def test_the_second_payment_of_an_order_goes_back_once() -> None:
    attempt = ordered()
    second = opened(attempt.order, number=2)
    payments.record(paid(attempt))
    for _time in range(3):
        payments.record(paid(attempt, 2), settled(attempt))
        payments.record(paid(second, 1), settled(second))
    assert outcome(attempt.order) == ONCE_PAID
    assert kinds() == []
    returned = Refund.objects.order_by("pk").values_list("payment__razorpay_payment_id", "amount", "origin")
    wanted = [paid(attempt, 2).payment_id, paid(second, 1).payment_id]
    assert list(returned) == [(payment_id, attempt.amount, "shop") for payment_id in wanted]
    assert stock_of() == (9, 0)
    assert_books_hold()


@pytest.mark.covers("E21", "E23", "F16", "L7")
def test_money_without_an_order_goes_before_staff_until_its_order_is_known() -> None:
    attempt = ordered()
    RazorpayOrder.objects.filter(pk=attempt.pk).update(razorpay_order_id=None)
    assert payments.record(paid(attempt, status="authorized")) == "unmatched"
    assert kinds() == []
    for _time in range(2):
        assert payments.record(paid(attempt)) == "unmatched"
    assert kinds() == [CaseKind.UNMATCHED_MONEY]
    assert_books_hold()
    RazorpayOrder.objects.filter(pk=attempt.pk).update(razorpay_order_id=attempt.razorpay_order_id)
    assert payments.record(paid(attempt)) == "applied"
    assert outcome(attempt.order) == ONCE_PAID
    assert AttentionCase.objects.get().closed_at
    assert_books_hold()


def test_a_payment_made_without_any_order() -> None:
    make_product()
    facts = PaymentFacts("pay_00000000000001", "", PaymentStatus.CAPTURED, 100, "INR")
    assert payments.record(facts) == "unmatched"
    assert kinds() == [CaseKind.UNMATCHED_MONEY]


@pytest.mark.covers("E25")
def test_the_first_report_brings_the_id_that_was_lost() -> None:
    attempt = ordered()
    RazorpayOrder.objects.filter(pk=attempt.pk).update(razorpay_order_id=None)
    assert payments.record(paid(attempt), settled(attempt, receipt="somebody else's")) == "unmatched"
    assert payments.record(paid(attempt, 2), settled(attempt, amount=1)) == "unmatched"
    assert payments.record(paid(attempt, 3), settled(attempt)) == "applied"
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.covers("D2")
def test_a_valid_triple_pays_its_own_order_and_no_other() -> None:
    cheap, dear = ordered(), ordered("CG18-DEAR", 2)
    assert payments.record(paid(cheap)) == "applied"
    assert outcome(dear.order)["status"] == "pending"
    assert outcome(cheap.order)["status"] == "paid"
    mixed = reports.triple(dear.razorpay_order_id or "", f"pay_{cheap.pk:010d}0001", secret="guessed")
    assert Client().post("/payments/verify/", mixed).status_code == 400


@pytest.mark.covers("F19")
def test_a_fee_that_is_known_later_is_filled_in_once() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    assert (Payment.objects.get().fee, LedgerEntry.objects.filter(kind="fee").count()) == (None, 0)
    for _time in range(2):
        payments.record(paid(attempt, fee=4_480, tax=683))
    payment = Payment.objects.get()
    assert (payment.fee, payment.tax) == (4_480, 683)
    assert [entry.amount for entry in LedgerEntry.objects.filter(kind="fee")] == [4_480]
    assert_books_hold()


@pytest.mark.covers("D13")
def test_a_signed_payment_of_an_order_that_was_given_up_is_late_money() -> None:
    attempt = ordered()
    assert orders.cancel(attempt.order_id, text="")
    payments.record(paid(attempt))
    triple = reports.triple(str(attempt.razorpay_order_id), paid(attempt).payment_id)
    answer = Client().post("/payments/verify/", triple).json()
    assert answer["status"] == "confirming"
    assert answer["redirect"] == attempt.order.get_absolute_url()
    assert outcome(attempt.order) == {**NEVER_PAID, "status": "cancelled"}
    refund = Refund.objects.get()
    refunds.record(refund_of(refund))
    assert Client().post("/payments/verify/", triple).status_code == 200
    assert (outcome(attempt.order)["status"], Refund.objects.count()) == ("cancelled", 1)
    assert_books_hold()


@pytest.mark.covers("D12")
def test_a_payment_of_an_earlier_attempt_counts() -> None:
    attempt = ordered()
    RazorpayOrder.objects.filter(pk=attempt.pk).update(status="superseded")
    opened(attempt.order, number=2)
    payments.record(paid(attempt))
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.covers("F18")
def test_a_payment_first_seen_when_it_is_refunded_pays_nothing() -> None:
    attempt = ordered()
    payments.record(paid(attempt, status="refunded", amount_refunded=attempt.amount))
    assert outcome(attempt.order)["status"] == "pending"
    payments.record(paid(attempt))
    assert Payment.objects.get().status == "refunded", "forward only"
    assert outcome(attempt.order) == ONCE_PAID, "as if the reports had come in their order"
    assert_books_hold()


def test_fee_and_tax_come_later_and_stay() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    payments.record(paid(attempt, fee=4_000, tax=600))
    payments.record(paid(attempt))
    assert (Payment.objects.get().fee, Payment.objects.get().tax) == (4_000, 600)


def test_the_database_itself_refuses_a_second_fulfilment() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    payments.record(paid(attempt, 2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(fulfils=False).update(fulfils=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(fulfils=True).update(status="authorized")


def test_the_cart_keeps_what_was_added_after_the_order() -> None:
    variant = make_product(on_hand=10)
    cart = cart_with(variant, 2)
    attempt = opened(place(cart))
    carts.add(cart, variant=variant, quantity=1)
    payments.record(paid(attempt))
    assert list(cart.lines.values_list("quantity", flat=True)) == [1]


def test_money_for_an_order_on_hold_buys_it_when_it_is_right() -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=1), settled(attempt, amount=1, amount_paid=1))
    payments.record(paid(attempt, 2), settled(attempt))
    assert outcome(attempt.order)["status"] == OrderStatus.PAID
    assert kinds() == [CaseKind.AMOUNT_MISMATCH]
    assert_books_hold()


def test_a_signed_payment_whose_refund_was_heard_of_first_is_on_its_way_to_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent(_payment_id: str) -> None:
        raise gateway.GatewayError(detail="Timeout")

    attempt = ordered()
    triple = reports.triple(str(attempt.razorpay_order_id))
    refunds.record(dashboard_refund(reports.PAYMENT_ID, 10_000, status="pending"))
    monkeypatch.setattr(gateway, "fetch_payment", silent)
    payments.verify(**{name.removeprefix("razorpay_"): value for name, value in triple.items()})
    payment = Payment.objects.get()
    assert (payment.order, payment.razorpay_order, payment.amount) == (attempt.order, attempt, attempt.amount)
    assert orders.has_money_coming(attempt.order)
