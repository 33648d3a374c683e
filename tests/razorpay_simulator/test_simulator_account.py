"""What happens around payments: outages, pay-outs, payment links, known ids.

Control: with settled records not marked in settling.py, the second pay-out pays everything again.
"""

from collections.abc import Callable
from typing import Any

import pytest
import razorpay

from tests.razorpay_simulator.harness import KEY_ID, KEY_SECRET, Running

BAD = razorpay.errors.BadRequestError
# 1 April 2026, 00:30 in India, which is still March in UTC.
FIRST_OF_APRIL = "2026-04-01T00:30:00+05:30"


@pytest.mark.covers("M8")
def test_an_outage_starts_changes_and_ends(fresh: Running, client: razorpay.Client) -> None:
    started = fresh.control("downtime", method="netbanking", instrument="SBIN", severity="medium")
    assert client.payment.fetchDownTime()["items"] == [started]
    assert (started["status"], started["instrument"], started["end"]) == ("started", {"bank": "SBIN"}, None)
    fresh.control("move_downtime", downtime_id=started["id"], status="updated", severity="high")
    assert client.payment.fetchDownTimeById(started["id"])["severity"] == "high"
    ended = fresh.control("move_downtime", downtime_id=started["id"], status="resolved")
    assert ended["end"] >= ended["begin"]
    assert client.payment.fetchDownTime()["count"] == 0
    assert fresh.told() == [f"payment.downtime.{name}" for name in ("started", "updated", "resolved")]
    data = {"downtime_id": started["id"], "status": "updated"}
    assert fresh.call("POST", "/_simulator/move_downtime", data).status == 400


@pytest.mark.covers("M2", "M8")
def test_what_is_captured_is_paid_out_once(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=FIRST_OF_APRIL)
    assert fresh.call("POST", "/_simulator/settle", {}).status == 400
    order = fresh.order(100000, receipt="DS-9-1")
    payment_id = fresh.pay(order["id"], method="card")["razorpay_payment_id"]
    refund = client.payment.refund(payment_id, {"amount": 20000})
    disputed = fresh.pay(fresh.order(50000)["id"])["razorpay_payment_id"]
    dispute = fresh.control("dispute", payment_id=disputed, amount=30000)
    client.dispute.accept(dispute["id"])
    fresh.control("auto_refund", payment_id=fresh.pay(fresh.order()["id"], "authorized")["razorpay_payment_id"])
    settlement = fresh.control("settle")
    assert settlement["amount"] == (100000 - 2360) - 20000 + (50000 - 1180) - 30000
    assert client.settlement.fetch(settlement["id"]) == settlement
    assert client.settlement.all()["items"] == [settlement]
    rows = {row["entity_id"]: row for row in report(client, 2026, 4, 1)}
    assert set(rows) == {payment_id, refund["id"], disputed, dispute["id"]}
    paid = rows[payment_id]
    assert (paid["credit"], paid["fee"], paid["tax"], paid["order_receipt"]) == (97640, 2360, 360, "DS-9-1")
    assert (paid["settlement_id"], paid["settlement_utr"]) == (settlement["id"], settlement["utr"])
    assert (rows[refund["id"]]["debit"], rows[refund["id"]]["payment_id"]) == (20000, payment_id)
    assert (rows[dispute["id"]]["type"], rows[dispute["id"]]["debit"]) == ("adjustment", 30000)
    assert sum(row["credit"] - row["debit"] for row in rows.values()) == settlement["amount"]
    assert fresh.call("POST", "/_simulator/settle", {}).status == 400
    assert fresh.told()[-1] == "settlement.processed"


def report(client: razorpay.Client, year: int, month: int, day: int | None = None, **more: int) -> list[dict[str, Any]]:
    wanted = {"year": year, "month": month, **({"day": day} if day else {}), **more}
    return list(client.settlement.report(wanted)["items"])


@pytest.mark.covers("M2")
def test_the_report_is_about_days_in_india(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=FIRST_OF_APRIL)
    for _ in range(3):
        fresh.pay(fresh.order()["id"])
    fresh.control("settle")
    assert len(report(client, 2026, 4)) == len(report(client, 2026, 4, 1)) == 3
    assert report(client, 2026, 3) == report(client, 2026, 4, 2) == []
    assert report(client, 2026, 4, count=2, skip=1) == report(client, 2026, 4)[1:3]
    for wrong in ({"month": 13}, {"month": 0}, {"month": 2, "day": 29}, {"month": 4, "count": 1001}):
        with pytest.raises(BAD):
            client.settlement.report({"year": 2026, **wrong})
    with pytest.raises(BAD, match="year field is required"):
        client.settlement.report({"month": 4})


@pytest.mark.covers("M8")
def test_a_payment_link_has_an_order_that_the_shop_never_made(fresh: Running, client: razorpay.Client) -> None:
    told = fresh.control("pay", amount=5000, link=True, receipt="DS-000123-1")
    order = client.order.fetch(told["razorpay_order_id"])
    assert (order["status"], order["receipt"], order["amount_paid"]) == ("paid", "DS-000123-1", 5000)
    assert fresh.told()[-2:] == ["order.paid", "payment_link.paid"]
    payload = fresh.events()[-1]["body"]["payload"]
    assert payload["payment_link"]["entity"]["reference_id"] == "DS-000123-1"
    assert payload["payment"]["entity"]["id"] == told["razorpay_payment_id"]


@pytest.mark.covers("M11")
def test_a_seed_makes_ids_repeat_themselves(start: Callable[..., Running]) -> None:
    simulator = start("--no-webhooks", "--seed", "from the start")

    def made() -> list[str]:
        order = simulator.order()
        told = simulator.pay(order["id"])
        return [order["id"], told["razorpay_payment_id"], *(event["event_id"] for event in simulator.events())]

    first = made()
    simulator.control("reset")
    assert made() == first
    simulator.control("reset")
    simulator.control("seed", seed="another")
    other = made()
    assert set(other).isdisjoint(first)
    simulator.kill()
    simulator.start()
    later = made()
    assert set(later[:2]).isdisjoint({*first, *other})
    simulator.control("reset")
    simulator.control("seed", seed="another")
    assert made() == other
    simulator.control("seed", seed="")
    assert set(made()[:2]).isdisjoint(other)


@pytest.mark.covers("M2", "M5")
def test_the_sdk_finds_and_changes_refunds(fresh: Running, client: razorpay.Client) -> None:
    payment_id = fresh.pay(fresh.order(5000)["id"])["razorpay_payment_id"]
    refund = client.refund.create({"payment_id": payment_id, "amount": 700})
    assert client.refund.all()["items"] == [refund]
    assert client.payment.fetch_refund_id(payment_id, refund["id"]) == refund
    assert client.refund.edit(refund["id"], {"notes": {"a": "b"}})["notes"] == {"a": "b"}
    with pytest.raises(BAD, match="payment id field is required"):
        client.refund.create({"amount": 700})


@pytest.mark.covers("M2")
def test_the_sdk_lists_orders_in_all_its_ways(fresh: Running, client: razorpay.Client) -> None:
    ids = [fresh.order(receipt="DS-1-1")["id"], fresh.order(receipt="DS-2-1")["id"]]
    fresh.pay(ids[0])
    assert [order["id"] for order in client.order.all({"receipt": "DS-1-1", "count": 100})["items"]] == ids[:1]
    assert [order["id"] for order in client.order.all({"authorized": 1, "expand[]": "payments"})["items"]] == ids[:1]
    assert client.order.fetch(ids[0], {"expand[]": "payments"})["payments"]["count"] == 1
    assert client.payment.all({"from": 1, "to": 4765046400, "count": 1, "skip": 1})["count"] == 0


@pytest.mark.covers("M1", "M10")
def test_another_key_is_refused(fresh: Running) -> None:
    for keys in ((KEY_ID, "wrong"), ("rzp_test_another00000", KEY_SECRET)):
        with pytest.raises(BAD, match="Authentication failed"):
            razorpay.Client(auth=keys, base_url=fresh.url).order.all()


@pytest.mark.covers("M11")
@pytest.mark.parametrize("wrong", [{"at": "2026-04-01T10:00:00"}, {"at": "soon"}, {"advance": -1}, {"forward": 5}])
def test_wrong_times_are_refused(fresh: Running, wrong: dict[str, Any]) -> None:
    assert fresh.call("POST", "/_simulator/clock", wrong).status == 400


@pytest.mark.covers("M11")
def test_the_clock_stands_runs_and_is_real_again(fresh: Running) -> None:
    real = fresh.call("GET", "/_simulator/clock").json["now"]
    assert fresh.control("clock", at=FIRST_OF_APRIL) == {"now": 1774983600, "frozen": True, "offset": 0}
    assert fresh.control("clock", advance=60)["now"] == 1774983660
    assert fresh.order()["created_at"] == 1774983660
    assert abs(fresh.control("clock", real=True)["now"] - real) < 600
    ahead = fresh.control("clock", advance=86400)
    assert 86400 <= ahead["now"] - real < 87000
    assert ahead["frozen"] is False
