"""Settlements: recorded from their event, and Razorpay's report compared with the ledger to the paisa."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from checkout import gateway, payments, refunds, settlements
from checkout.models import LedgerEntry, Payment, Settlement
from tests.checkout import orders as tell
from tests.checkout import reports
from tests.checkout.faults import FaultyRazorpay, answer
from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db


@pytest.mark.covers("J6")
def test_the_report_of_a_settlement_matches_the_ledger_to_the_paisa(simulator: Simulator) -> None:
    make_product("CG43-TX-0007")
    buyer = Buyer()
    _order, body = buyer.buy("CG43-TX-0007")
    buyer.client.post(body["verify_url"], reports.pay(simulator, body["razorpay"]["order_id"]))
    payment = Payment.objects.get(fulfils=True)
    refunds.send(refunds.request(payment_id=payment.pk, amount=5_000, reason="a dent").pk)
    simulator.control("settle")
    settled = gateway._client().settlement.all()["items"][0]
    for number in range(2):
        assert reports.deliver(reports.event("settlement.processed", settlement=settled), event_id=f"e{number}") == 200
    assert Settlement.objects.get().amount == settled["amount"]
    out = StringIO()
    call_command("audit", "--ask-razorpay", stdout=out)
    assert "settlements agree: 0 violations" in out.getvalue()

    with connection.cursor() as cursor:
        on_table = "" if connection.vendor == "sqlite" else " ON checkout_ledgerentry"
        name = "checkout_ledgerentry_no_update" if connection.vendor == "sqlite" else "checkout_ledgerentry_no_change"
        cursor.execute(f"DROP TRIGGER {name}{on_table}")
        cursor.execute("UPDATE checkout_ledgerentry SET amount = amount + 1 WHERE kind = 'fee'")
    fee = LedgerEntry.objects.get(kind="fee")
    with pytest.raises(CommandError):
        call_command("audit", "--ask-razorpay", stdout=out)
    assert f"{payment}: Razorpay settled fee {fee.amount - 1} paise, the ledger says {fee.amount}" in out.getvalue()


@pytest.mark.covers("A14", "J6")
def test_money_of_another_currency_is_settled_in_rupees_and_only_its_fee_can_be_compared(
    faulty: FaultyRazorpay,
) -> None:
    facts = tell.paid(tell.ordered(), currency="USD", amount=100, fee=207)
    payments.record(facts, None)
    row = {"entity_id": facts.payment_id, "type": "payment", "amount": 7_129, "currency": "INR", "fee": 207}
    for fee, found in ((207, 0), (208, 1)):
        faulty.plan(answer(200, {"entity": "collection", "count": 1, "items": [{**row, "fee": fee}]}), on="recon")
        assert len(list(settlements.disagreements(timezone.localdate()))) == found
