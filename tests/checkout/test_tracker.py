"""What a buyer is told."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from checkout import orders, payments, refunds, tracker
from checkout.models import Order, Payment, Refund
from checkout.status import OrderStatus
from tests.checkout.orders import ordered, paid, refund_of, settled

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def told(pk: int) -> tuple[str, str]:
    order = Order.objects.get(pk=pk)
    return tracker.payment_state(order), tracker.headline(order)


def test_from_nothing_to_a_refund() -> None:
    attempt = ordered()
    pk = attempt.order_id
    assert told(pk) == ("none", "Not paid yet")
    payments.record(paid(attempt, status="failed", error_description="No money"))
    assert told(pk) == ("failed", "The payment did not go through")
    assert tracker.failure(Order.objects.get(pk=pk)) == "No money"
    payments.record(paid(attempt, status="authorized"))
    assert told(pk) == ("confirming", "Confirming your payment")
    payments.record(paid(attempt))
    assert told(pk)[0] == "paid"
    part = refunds.request(payment_id=Payment.objects.get().pk, amount=100, reason="a dent")
    assert told(pk)[0] == "paid", "on its way is not there"
    refunds.record(refund_of(part))
    assert told(pk)[0] == "partially_refunded"
    assert tracker.refunded(Order.objects.get(pk=pk)) == 100
    rest = refunds.request(payment_id=Payment.objects.get().pk, amount=attempt.amount - 100, reason="the rest")
    refunds.record(refund_of(rest))
    assert told(pk)[0] == "refunded"


def test_each_change_of_what_is_told_moves_its_time() -> None:
    attempt = ordered()
    times: list[datetime] = []

    def is_later() -> bool:
        times.append(tracker.updated_at(Order.objects.get()))
        return times[-1] > max(times[:-1], default=attempt.order.created_at)

    payments.record(paid(attempt, status="failed"))
    assert is_later()
    payments.record(paid(attempt))
    assert is_later()
    refund = refunds.request(payment_id=Payment.objects.get().pk, amount=100, reason="a dent")
    refunds.record(refund_of(refund, status="pending"))
    assert not is_later(), "asking anew about a refund on its way is no news"
    for status in ("processed", "failed"):
        refunds.record(refund_of(Refund.objects.get(), status=status))
        assert is_later()
        refunds.record(refund_of(Refund.objects.get(), status=status))
        assert not is_later()


@pytest.mark.covers("F12", "F13")
def test_who_paid_twice_reads_that_the_second_payment_goes_back(client: Client) -> None:
    attempt = ordered()
    for number in (1, 2):
        payments.record(paid(attempt, number))
    for words in ("We are returning ₹1,998 to you.", "₹1,998 is on its way back to you."):
        page = client.get(attempt.order.get_absolute_url()).content.decode()
        assert "You paid more than once" in page
        assert words in page
        assert told(attempt.order_id) == ("paid", "Paid. We’re packing it.")
        refunds.record(refund_of(Refund.objects.get()))


def test_on_hold_says_that_the_money_is_there() -> None:
    attempt = ordered()
    payments.record(paid(attempt, amount=1), settled(attempt, amount=1, amount_paid=1))
    assert told(attempt.order_id) == ("paid", "We are looking into your payment")


@pytest.mark.covers("PA8")
def test_the_steps_have_real_times() -> None:
    attempt = ordered()
    assert tracker.steps(Order.objects.get()) == []
    payments.record(paid(attempt))
    orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=None)  # type: ignore[arg-type]
    steps = tracker.steps(Order.objects.get())
    assert [step.state for step in steps] == ["done", "done", "done", "now"]
    assert [bool(step.at) for step in steps] == [True, False, True, False]
    assert steps[-1].detail == f"Expected {attempt.order.promise}"
    orders.advance(attempt.order_id, OrderStatus.DELIVERED, user=None)  # type: ignore[arg-type]
    assert tracker.steps(Order.objects.get())[-1].detail == ""


def way(order: Order) -> list[tuple[str, str, str]]:
    return [(step.label, step.detail, step.state) for step in tracker.steps(order)]


@pytest.mark.covers("PA9")
def test_a_part_that_went_back_is_a_step_and_the_parcel_goes_on(asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    part = refunds.request(payment_id=Payment.objects.get().pk, amount=50_050, reason="a dent")
    assert [label for label, _detail, _state in way(Order.objects.get())][1] == "Packing", "on its way is not there"
    refunds.record(refund_of(part))
    order = orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=asha)
    assert told(order.pk) == ("partially_refunded", "On the road")
    assert way(order) == [
        ("Payment received", "", "done"),
        ("Packing", "Double-boxed by hand", "done"),
        ("Money returned", "₹500.50", "done"),
        ("On the road", "We email the tracking number", "done"),
        ("Delivered", f"Expected {order.promise}", "now"),
    ]


def test_an_order_whose_money_all_went_back_is_not_being_packed(client: Client) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    whole = refunds.request(payment_id=Payment.objects.get().pk, amount=attempt.amount, reason="sold out")
    assert told(attempt.order_id) == ("paid", "We are returning all of your money")
    refunds.record(refund_of(whole))
    assert told(attempt.order_id) == ("refunded", "All of your money is returned")
    assert way(Order.objects.get()) == [("Payment received", "", "done"), ("Money returned", "₹1,998", "done")]
    assert "packing it" not in client.get(attempt.order.get_absolute_url()).content.decode()


def test_a_parcel_that_has_left_arrives_whatever_goes_back(asha: User) -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    order = orders.advance(attempt.order_id, OrderStatus.SHIPPED, user=asha)
    whole = refunds.request(payment_id=Payment.objects.get().pk, amount=attempt.amount, reason="a dent")
    assert told(order.pk) == ("paid", "On the road")
    refunds.record(refund_of(whole))
    assert told(order.pk) == ("refunded", "All of your money is returned")
    assert way(order)[-2:] == [("Money returned", "₹1,998", "done"), ("Delivered", f"Expected {order.promise}", "now")]
