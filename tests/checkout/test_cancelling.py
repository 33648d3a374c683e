"""Cancelling after the money came: cars back once, money back once, told once."""

import pytest
from django.contrib.auth.models import User

from checkout import cancelling, orders, payments, pieces, refunds, tracker
from checkout.admin.money_forms import RefundForm
from checkout.models import Order, OutboxEmail, Payment, Refund
from checkout.orders import IllegalMove
from checkout.refunds import RefundRefused
from checkout.status import OrderStatus
from tests.checkout.orders import assert_books_hold, ordered, paid, refund_of, stock_of
from tests.factories import Buyer

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def bought(quantity: int = 2) -> Order:
    attempt = ordered(quantity=quantity)
    payments.record(paid(attempt))
    return Order.objects.get(pk=attempt.order_id)


@pytest.mark.covers("G6", "G7")
def test_the_buyer_cancels_a_paid_order_before_dispatch() -> None:
    order = bought()
    buyer = Buyer()
    for _time in range(2):
        page = buyer.client.post(f"/orders/{order.token}/cancel/", follow=True).content.decode()
        assert "can no longer be cancelled" not in page
    order.refresh_from_db()
    assert (order.status, stock_of()) == ("cancelled", (10, 0))
    refund = Refund.objects.get()
    assert (refund.amount, refund.status, refund.reason) == (order.total, "requested", "Cancelled by the buyer")
    refunds.record(refund_of(refund))
    answer = buyer.client.get(f"/orders/{order.token}/status/").json()
    assert (answer["status"], answer["payment"], answer["refunded"]) == ("cancelled", "refunded", order.total)
    assert list(OutboxEmail.objects.values_list("kind", flat=True)) == ["paid", "cancelled", "refunded"]
    assert "This order is cancelled" in buyer.client.get(f"/orders/{order.token}/").content.decode()
    assert_books_hold()


@pytest.mark.covers("G7")
def test_staff_choose_how_much_goes_back(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("asha")
    order = bought()
    with pytest.raises(RefundRefused):
        cancelling.cancel_bought(order.pk, reason="too much", amount=order.total + 1, user=user)
    cancelling.cancel_bought(order.pk, reason="a fee is kept", amount=order.total - 100, user=user)
    order.refresh_from_db()
    assert (order.status, Refund.objects.get().requested_by, stock_of()) == ("cancelled", user, (10, 0))
    assert tracker.payment_state(order) == "paid"
    assert_books_hold()


@pytest.mark.covers("G7", "H1")
def test_pieces_that_came_back_before_come_back_once() -> None:
    order = bought(quantity=3)
    line, payment = order.lines.get(), order.payments.get()
    refunds.request(payment_id=payment.pk, amount=100, reason="one back", lines={line.pk: 1}, restock=True)
    cancelling.cancel_bought(order.pk, reason="all back")
    assert stock_of() == (10, 0)
    assert_books_hold()


@pytest.mark.covers("G7", "H1")
def test_pieces_that_a_cancellation_brought_back_do_not_come_back_with_the_rest_of_the_money() -> None:
    order = bought(quantity=2)
    line, payment = order.lines.get(), order.payments.get()
    cancelling.cancel_bought(order.pk, reason="a fee is kept", amount=order.total - 100)
    with pytest.raises(RefundRefused, match="back on the shelf already"):
        refunds.request(payment_id=payment.pk, amount=100, reason="the fee too", lines={line.pk: 1}, restock=True)
    assert stock_of() == (10, 0)
    refunds.request(payment_id=payment.pk, amount=100, reason="the fee too", lines={line.pk: 1})
    assert_books_hold()


@pytest.mark.covers("G8")
@pytest.mark.parametrize("moves", [[OrderStatus.SHIPPED], [OrderStatus.SHIPPED, OrderStatus.DELIVERED]])
def test_nothing_is_cancelled_after_dispatch(moves: list[OrderStatus]) -> None:
    order = bought()
    for status in moves:
        orders.advance(order.pk, status, user=None)  # type: ignore[arg-type]
    with pytest.raises(IllegalMove):
        cancelling.cancel_bought(order.pk, reason="too late")
    order.refresh_from_db()
    assert not cancelling.cancel_for_buyer(order)
    assert not Refund.objects.exists()
    assert stock_of() == (8, 0)


def test_what_all_went_back_is_not_shipped() -> None:
    order = bought()
    refunds.request(payment_id=order.payments.get().pk, amount=order.total, reason="lost")
    with pytest.raises(IllegalMove, match="refund"):
        orders.advance(order.pk, OrderStatus.PACKED, user=None)  # type: ignore[arg-type]


@pytest.mark.covers("H8")
@pytest.mark.parametrize("restock", [True, False])
def test_a_parcel_of_which_no_piece_is_left_is_not_sent(restock: bool) -> None:
    order = bought()
    line, payment = order.lines.get(), order.payments.get()
    orders.advance(order.pk, OrderStatus.PACKED, user=None)  # type: ignore[arg-type]
    # The delivery is kept, so that not all of the money goes back.
    price = line.total - 100
    refunds.request(payment_id=payment.pk, amount=price, reason="", lines={line.pk: 2}, restock=restock)
    with pytest.raises(IllegalMove, match="pieces are refunded"):
        orders.advance(order.pk, OrderStatus.SHIPPED, user=None)  # type: ignore[arg-type]
    cancelling.cancel_bought(order.pk, reason="Not wanted", amount=100)
    assert stock_of() == ((10, 0) if restock else (8, 0))
    assert_books_hold()


@pytest.mark.covers("H8", "I13")
def test_pieces_of_a_refund_that_failed_are_sent_unless_they_are_on_the_shelf() -> None:
    order = bought()
    line, payment = order.lines.get(), order.payments.get()
    for restock, gone in ((False, 0), (True, 1)):
        refund = refunds.request(payment_id=payment.pk, amount=100, reason="", lines={line.pk: 1}, restock=restock)
        assert pieces.of(order).get().left == 1
        refunds.record(refund_of(refund, status="failed"))
        assert pieces.of(order).get().gone == gone
    with pytest.raises(RefundRefused, match="not that many"):
        refunds.request(payment_id=payment.pk, amount=100, reason="", lines={line.pk: 2})


@pytest.mark.covers("G7", "H9")
def test_a_refunded_piece_that_is_broken_does_not_come_back_with_the_others() -> None:
    order = bought(quantity=3)
    line, payment = order.lines.get(), order.payments.get()
    refunds.request(payment_id=payment.pk, amount=line.unit_price, reason="broken", lines={line.pk: 1})
    assert cancelling.cancel_for_buyer(order)
    assert stock_of() == (9, 0)
    assert_books_hold()
    refunds.record(refund_of(order.payments.get().refunds.earliest("pk"), status="failed"))
    assert_books_hold()


@pytest.mark.covers("I18")
def test_a_second_payment_uses_up_no_pieces(asha: User) -> None:
    attempt = ordered()
    for number in (1, 2):
        payments.record(paid(attempt, number))
    refunds.record(refund_of(Refund.objects.get(), status="failed"))
    real, second = Payment.objects.order_by("-fulfils")
    line = attempt.order.lines.get()
    with pytest.raises(RefundRefused, match="money alone"):
        refunds.request(payment_id=second.pk, amount=second.amount, reason="", user=asha, lines={line.pk: 1})
    assert f"line_{line.pk}" not in RefundForm(order=attempt.order, payment=second).fields
    assert f"line_{line.pk}" in RefundForm(order=attempt.order, payment=real).fields
