"""The database is set back to an earlier hour, and Razorpay's is not.

The control, as it was seen: without the mark in the notes the paid order of the forgotten buyer is taken for the next
one's, where an account refuses a receipt that it has seen.
"""

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction

from checkout import gateway
from checkout.models import AttentionCase, Order, Payment
from checkout.models.attention import CaseKind
from tests.checkout import reports
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, SKU, assert_books_hold, outcome, stock_of
from tests.factories import Buyer, make_product
from tests.programs import Simulator
from webhooks import catching_up

pytestmark = pytest.mark.django_db


def buy_and_pay(simulator: Simulator, phone: str) -> tuple[Order, str]:
    buyer = Buyer()
    buyer.add(SKU)
    body = buyer.check_out(phone=phone).json()
    buyer.client.post("/payments/verify/", reports.pay(simulator, body["razorpay"]["order_id"]))
    return Order.objects.get(number=body["order"]["number"]), body["razorpay"]["order_id"]


@pytest.mark.covers("K12", "L6")
@pytest.mark.parametrize("receipts", ["allowed", "refused"])
def test_an_hour_is_lost(receipts: str, simulator: Simulator) -> None:
    simulator.control("switches", receipts=receipts)
    make_product(SKU)
    waiting, body = Buyer().buy(SKU)
    backup = transaction.savepoint()
    triple = reports.pay(simulator, body["razorpay"]["order_id"])
    Buyer().client.post("/payments/verify/", triple)
    forgotten, razorpay_id = buy_and_pay(simulator, "98765 43211")
    assert outcome(waiting) == outcome(forgotten) == ONCE_PAID
    assert stock_of() == (8, 0)

    transaction.savepoint_rollback(backup)
    # A backup holds the counters too, which no rollback sets back on PostgreSQL.
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Order]):
            cursor.execute(statement)
    assert outcome(waiting) == NEVER_PAID
    assert not Order.objects.filter(pk=forgotten.pk).exists()

    catching_up.catch_up()
    assert outcome(waiting) == ONCE_PAID
    case = AttentionCase.objects.get()
    assert case.kind == CaseKind.UNMATCHED_MONEY
    assert Payment.objects.get(cases=case).foreign_order_id == razorpay_id

    # The next buyer gets the number of the one who was forgotten, and pays an order of his own.
    following, new_id = buy_and_pay(simulator, "98765 43212")
    assert following.number == forgotten.number
    assert new_id != razorpay_id
    assert outcome(following) == ONCE_PAID
    assert gateway.fetch_order(new_id).amount_paid == following.total
    assert Payment.objects.filter(order=None).count() == 1
    assert stock_of() == (8, 0)
    assert_books_hold()
