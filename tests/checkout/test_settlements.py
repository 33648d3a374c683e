"""Settlements: recorded from their event, and Razorpay's report compared with the ledger to the paisa."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from checkout import gateway, refunds
from checkout.models import LedgerEntry, Payment, Settlement
from tests.checkout import reports
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
