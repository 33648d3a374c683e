"""A purchase from the cart to the paid order, against the pretend Razorpay over HTTP."""

import pytest
from django.core import mail
from django.core.management import call_command

from catalog.models import Stock
from checkout import audit, emails
from checkout.models import CartLine, Order, OutboxEmail, Payment
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db(transaction=True)


def stock_of(sku: str) -> tuple[int, int]:
    found = Stock.objects.get(variant__sku=sku)
    return found.on_hand, found.reserved


def test_verify_makes_the_order_paid_once(simulator: Simulator) -> None:
    make_product("CG43-TX-0007", price=189_900, on_hand=10)
    buyer = Buyer()
    order, body = buyer.buy("CG43-TX-0007", 2)
    assert (order.status, order.total, stock_of("CG43-TX-0007")) == ("pending", 389_700, (10, 2))
    assert body["razorpay"]["amount"] == 389_700
    triple = simulator.control("pay", order_id=body["razorpay"]["order_id"], outcome="success")
    for _time in range(3):
        answer = buyer.client.post(body["verify_url"], triple, content_type="application/json")
        assert (answer.status_code, answer.json()["status"]) == (200, "paid")
    order.refresh_from_db()
    assert (order.status, stock_of("CG43-TX-0007")) == ("paid", (8, 0))
    assert order.invoice_number == "CG/2627/000001"
    assert OutboxEmail.objects.count() == 1
    assert not CartLine.objects.exists()
    assert not any(audit.run().values())
    assert emails.send_waiting() == 1
    assert [m.to for m in mail.outbox] == [["asha@example.in"]]
    assert emails.send_waiting() == 0


def test_reconcile_finds_a_payment_nobody_told_of(simulator: Simulator) -> None:
    make_product()
    order, body = Buyer().buy("CG43-TX-0007")
    simulator.control("pay", order_id=body["razorpay"]["order_id"], outcome="success")
    call_command("reconcile")
    call_command("reconcile")
    order.refresh_from_db()
    assert order.status == "paid"
    assert Payment.objects.get().fulfils
    assert Order.objects.count() == 1
