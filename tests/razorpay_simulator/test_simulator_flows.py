"""Payments that do not go straight: late, twice, without an order, with an offer, with a fee on top.

Control: with `authorize_late` of moves.py making a new payment id, the first two tests fail.
"""

import pytest
import razorpay

from tests.razorpay_simulator.harness import Running


@pytest.mark.covers("M8")
@pytest.mark.parametrize(("outcome", "status"), [("success", "captured"), ("authorized", "authorized")])
def test_a_failed_payment_is_authorized_late(
    fresh: Running, client: razorpay.Client, outcome: str, status: str
) -> None:
    order = fresh.order()
    payment_id = fresh.pay(order["id"], "failure")["razorpay_payment_id"]
    told = fresh.control("late", payment_id=payment_id, outcome=outcome)
    assert (told["razorpay_payment_id"], told["status"]) == (payment_id, status)
    assert told["razorpay_signature"]
    payment = client.payment.fetch(payment_id)
    assert (payment["status"], payment["error_code"]) == (status, None)
    assert client.order.fetch(order["id"])["status"] == ("paid" if status == "captured" else "attempted")
    assert client.order.fetch(order["id"])["attempts"] == 1
    assert fresh.told()[:2] == ["payment.failed", "payment.authorized"]
    assert fresh.call("POST", "/_simulator/late", {"payment_id": payment_id}).status == 400


@pytest.mark.covers("M8", "M11")
def test_a_bank_answers_after_ten_minutes(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    order = fresh.order()
    told = fresh.pay(order["id"], "late", after_seconds=700)
    assert (told["status"], told["error"]["reason"]) == ("failed", "payment_timed_out")
    fresh.control("clock", advance=699)
    assert client.payment.fetch(told["razorpay_payment_id"])["status"] == "failed"
    fresh.control("clock", advance=1)
    assert client.payment.fetch(told["razorpay_payment_id"])["status"] == "captured"
    assert client.order.fetch(order["id"])["status"] == "paid"


@pytest.mark.covers("M8")
def test_a_late_payment_outside_its_window_is_not_captured(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    window = {"capture": "automatic", "capture_options": {"automatic_expiry_period": 12}}
    in_time, too_late = (
        fresh.pay(fresh.order(payment=window)["id"], "late", after_seconds=seconds)["razorpay_payment_id"]
        for seconds in (12 * 60, 12 * 60 + 1)
    )
    fresh.control("clock", advance=720)
    fresh.control("clock", advance=1)
    assert client.payment.fetch(in_time)["status"] == "captured"
    assert client.payment.fetch(too_late)["status"] == "authorized"


@pytest.mark.covers("M8")
def test_a_second_pin_pays_under_the_same_id(fresh: Running, client: razorpay.Client) -> None:
    order = fresh.order()
    told = fresh.pay(order["id"], "upi_retry")
    assert told["status"] == "captured"
    assert fresh.told() == ["payment.failed", "payment.authorized", "payment.captured", "order.paid"]
    ids = {event["body"]["payload"]["payment"]["entity"]["id"] for event in fresh.events()}
    assert ids == {told["razorpay_payment_id"]}
    assert client.order.payments(order["id"])["count"] == 1


@pytest.mark.covers("M8")
@pytest.mark.parametrize(("second", "captured"), [("refunded", False), ("captured", True)])
def test_an_order_is_paid_twice(fresh: Running, client: razorpay.Client, second: str, captured: bool) -> None:
    order = fresh.order()
    fresh.pay(order["id"])
    payment_id = fresh.pay(order["id"], second=second)["razorpay_payment_id"]
    payment = client.payment.fetch(payment_id)
    assert (payment["status"], payment["captured"]) == ("captured" if captured else "refunded", captured)
    assert fresh.told().count("order.paid") == 1
    assert fresh.told().count("payment.captured") == (2 if captured else 1)
    assert client.order.fetch(order["id"])["amount_paid"] == order["amount"]


@pytest.mark.covers("M8")
def test_an_offer_makes_the_payment_smaller_than_the_order(fresh: Running, client: razorpay.Client) -> None:
    order = fresh.order(100000)
    payment_id = fresh.pay(order["id"], discount=10000)["razorpay_payment_id"]
    assert client.payment.fetch(payment_id)["amount"] == 90000
    paid = client.order.fetch(order["id"])
    assert (paid["status"], paid["amount"], paid["amount_due"]) == ("paid", 100000, 0)
    assert paid["offer_id"].startswith("offer_")
    assert client.payment.refund(payment_id, {})["amount"] == 90000
    assert fresh.call("POST", "/_simulator/pay", {"order_id": fresh.order(500)["id"], "discount": 500}).status == 400


@pytest.mark.covers("M8")
def test_the_customer_bears_the_fee(fresh: Running, client: razorpay.Client) -> None:
    order = fresh.order(100000)
    payment = client.payment.fetch(fresh.pay(order["id"], customer_bears_fee=True)["razorpay_payment_id"])
    assert (payment["amount"], payment["fee"], payment["tax"]) == (102360, 2360, 360)
    paid = client.order.fetch(order["id"])
    assert (paid["status"], paid["amount_paid"], paid["amount_due"]) == ("paid", 100000, 0)


@pytest.mark.covers("M8", "M11")
def test_a_fee_is_known_later(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    fresh.control("switches", fee_after_seconds=60)
    payment_id = fresh.pay(fresh.order(100000)["id"])["razorpay_payment_id"]
    assert (client.payment.fetch(payment_id)["status"], client.payment.fetch(payment_id)["fee"]) == ("captured", None)
    fresh.control("clock", advance=60)
    payment = client.payment.fetch(payment_id)
    assert (payment["fee"], payment["tax"]) == (2360, 360)


@pytest.mark.covers("M8")
def test_a_payment_belongs_to_no_order(fresh: Running, client: razorpay.Client) -> None:
    taken = fresh.control("pay", amount=5000)
    held = fresh.control("pay", amount=6000, outcome="authorized")
    assert (taken["razorpay_order_id"], taken["razorpay_signature"]) == (None, None)
    found = [(item["amount"], item["order_id"], item["status"]) for item in client.payment.all()["items"]]
    assert found == [(6000, None, "authorized"), (5000, None, "captured")]
    with pytest.raises(razorpay.errors.BadRequestError, match="no order"):
        client.payment.capture(held["razorpay_payment_id"], 6000, {"currency": "INR"})
    assert "order.paid" not in fresh.told()
    assert fresh.call("GET", "/_simulator/", Accept="text/html").status == 200
