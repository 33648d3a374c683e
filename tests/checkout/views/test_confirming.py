"""The order page of a buyer whose browser paid and could not tell the shop."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout import orders, payments, tracker
from checkout.models import Order
from tests.checkout.orders import ordered, paid
from tests.checkout.reports import pay
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order_url(simulator: Simulator) -> str:
    make_product()
    order, _body = Buyer().buy("CG43-TX-0007")
    return order.get_absolute_url()


@pytest.mark.covers("PA5")
@pytest.mark.parametrize(("query", "headline"), [("", "Not paid yet"), ("?confirming", "Confirming your payment")])
def test_an_open_order_waits_when_the_browser_says_so(order_url: str, query: str, headline: str) -> None:
    answer = Buyer().client.get(order_url + query)
    assert answer.context["headline"] == headline
    assert answer.context["polling"] is bool(query)
    assert ("Pay ₹" in answer.content.decode()) is not bool(query), "who has paid must not be asked to pay again"


def test_an_order_that_is_over_waits_for_nothing(order_url: str) -> None:
    Buyer().client.post(f"{order_url}cancel/")
    answer = Buyer().client.get(f"{order_url}?confirming")
    assert answer.context["headline"] == "This order is cancelled"
    assert not answer.context["polling"]


@pytest.mark.covers("F5")
def test_who_paid_too_late_reads_that_the_bank_gives_the_money_back(simulator: Simulator) -> None:
    make_product()
    buyer = Buyer()
    order, body = buyer.buy("CG43-TX-0007")
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert orders.expire(order.pk, now=timezone.now())
    page = buyer.client.get(order.get_absolute_url()).content.decode()
    assert ("set ₹" in page, "If a payment still arrives" in page) == (False, True)
    answer = buyer.client.post(body["verify_url"], pay(simulator, body["razorpay"]["order_id"], "authorized")).json()
    assert answer["status"] == "confirming"
    page = buyer.client.get(answer["redirect"]).content.decode()
    assert "This order has expired" in page
    assert "Your bank has set ₹1,998 aside, and we have not taken it." in page
    assert "gives it back by itself, within about five working days" in page
    assert "If a payment still arrives" not in page


@pytest.mark.covers("F14")
def test_a_second_payment_that_nobody_takes_is_told_beside_what_was_bought() -> None:
    attempt = ordered()
    payments.record(paid(attempt, 2, status="authorized", amount=600))
    assert tracker.set_aside(attempt.order) == [], "it is captured as long as the order waits for it"
    payments.record(paid(attempt))
    assert "Your bank has set ₹6 aside" in Buyer().client.get(attempt.order.get_absolute_url()).content.decode()
