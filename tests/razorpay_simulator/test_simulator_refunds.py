"""Refunds that take their time, fail, come from the Dashboard or from Razorpay itself.

Control: with `_take_back` of refunding.py left out, the failed refunds below still count.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import razorpay

from tests.razorpay_simulator.harness import Running

BAD = razorpay.errors.BadRequestError
DAY = 86400
KEY = {"X-Refund-Idempotency": "refund-of-DS-7"}


def captured(simulator: Running, amount: int = 5000) -> str:
    return str(simulator.pay(simulator.order(amount)["id"])["razorpay_payment_id"])


def returned(client: razorpay.Client, payment_id: str) -> tuple[str, int, str | None]:
    payment = client.payment.fetch(payment_id)
    return payment["status"], payment["amount_refunded"], payment["refund_status"]


@pytest.mark.covers("M5")
@pytest.mark.parametrize("end", ["processed", "failed"])
def test_a_pending_refund_ends_by_hand(fresh: Running, client: razorpay.Client, end: str) -> None:
    fresh.control("switches", refunds="pending")
    payment_id = captured(fresh)
    refund = client.payment.refund(payment_id, {"amount": 2000})
    assert (refund["status"], refund["acquirer_data"]) == ("pending", {"arn": None})
    assert returned(client, payment_id) == ("captured", 2000, "partial")
    assert fresh.told()[-1] == "refund.created"
    fresh.control("decide_refund", refund_id=refund["id"], status=end)
    assert client.refund.fetch(refund["id"])["status"] == end
    assert fresh.told()[-1] == f"refund.{end}"
    if end == "failed":
        # Razorpay's event still shows the money as returned; only a fetch tells the truth.
        assert fresh.events()[-1]["body"]["payload"]["payment"]["entity"]["amount_refunded"] == 2000
        assert returned(client, payment_id) == ("captured", 0, None)
        assert client.payment.refund(payment_id, {})["amount"] == 5000
    else:
        assert client.refund.fetch(refund["id"])["acquirer_data"]["arn"].isdecimal()
        assert returned(client, payment_id) == ("captured", 2000, "partial")


@pytest.mark.covers("M5", "M11")
@pytest.mark.parametrize(
    ("outcome", "first", "last"),
    [
        ("pending_then_processed", "pending", "processed"),
        ("pending_then_failed", "pending", "failed"),
        ("processed_then_failed", "processed", "failed"),
    ],
)
def test_a_refund_ends_when_the_clock_says_so(
    fresh: Running, client: razorpay.Client, outcome: str, first: str, last: str
) -> None:
    fresh.control("clock", at=1_800_000_000)
    fresh.control("switches", refunds=outcome, refund_seconds=3600)
    payment_id = captured(fresh)
    refund = client.payment.refund(payment_id, {})
    fresh.control("clock", advance=3599)
    assert client.refund.fetch(refund["id"])["status"] == first
    assert returned(client, payment_id) == ("refunded", 5000, "full")
    fresh.control("clock", advance=1)
    assert client.refund.fetch(refund["id"])["status"] == last
    assert fresh.told()[-1] == f"refund.{last}"
    assert returned(client, payment_id) == (("captured", 0, None) if last == "failed" else ("refunded", 5000, "full"))


def test_the_bank_numbers_a_refund_a_day_after_it_was_processed(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    refund = client.payment.refund(captured(fresh), {})
    events = len(fresh.events())
    fresh.control("clock", advance=86_399)
    assert client.refund.fetch(refund["id"])["acquirer_data"] == {"arn": None}
    fresh.control("clock", advance=1)
    number = client.refund.fetch(refund["id"])["acquirer_data"]["arn"]
    assert number.isdecimal()
    assert len(number) in (12, 23)
    assert len(fresh.events()) == events, "no webhook tells of it"


@pytest.mark.covers("M5")
def test_a_key_belongs_to_one_body(fresh: Running, client: razorpay.Client) -> None:
    payment_id = captured(fresh)
    first = client.payment.refund(payment_id, {"amount": 1000}, headers=KEY)
    assert client.payment.refund(payment_id, {"amount": 1000}, headers=KEY) == first
    with pytest.raises(BAD, match="Different request with the same idempotency key"):
        client.payment.refund(payment_id, {"amount": 1001}, headers=KEY)
    assert returned(client, payment_id) == ("captured", 1000, "partial")


@pytest.mark.covers("M5")
def test_a_key_that_runs_is_answered_409(start: Callable[..., Running]) -> None:
    simulator = start("--no-webhooks")
    payment_id = captured(simulator)
    simulator.control("switches", refund_takes_seconds=1)
    path, body = f"/payments/{payment_id}/refund", {"amount": 1000}
    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: simulator.api("POST", path, body, **KEY), range(4)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    assert simulator.api("POST", path, body, **KEY).status == 200
    simulator.control("switches", refund_takes_seconds=60)
    with pytest.raises(OSError, match="timed out"):
        simulator.api("POST", path, body, X_Refund_Idempotency="killed-while-running")
    simulator.kill()
    simulator.start()
    simulator.control("switches", refund_takes_seconds=0)
    assert simulator.api("POST", path, body, X_Refund_Idempotency="killed-while-running").status == 200
    assert simulator.api("GET", f"/payments/{payment_id}").json["amount_refunded"] == 2000


@pytest.mark.covers("M5")
def test_a_refusal_leaves_the_key_free(fresh: Running, client: razorpay.Client) -> None:
    payment_id = captured(fresh)
    fresh.control("switches", balance=999)
    with pytest.raises(BAD, match="does not have enough balance"):
        client.payment.refund(payment_id, {"amount": 1000}, headers=KEY)
    fresh.control("switches", balance=1000)
    assert client.payment.refund(payment_id, {"amount": 1000}, headers=KEY)["status"] == "processed"
    assert fresh.call("GET", "/_simulator/switches").json["balance"] == 0
    captured(fresh, 10000)
    assert fresh.call("GET", "/_simulator/switches").json["balance"] == 10000 - 236


@pytest.mark.covers("M5", "M11")
def test_a_payment_of_last_year_cannot_be_refunded(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    payment_id = captured(fresh)
    fresh.control("clock", advance=183 * DAY)
    assert client.payment.refund(payment_id, {"amount": 100})["status"] == "processed"
    fresh.control("clock", advance=1)
    with pytest.raises(BAD, match="more than 6 months old"):
        client.payment.refund(payment_id, {"amount": 100})
    error = fresh.api("POST", f"/payments/{payment_id}/refund", {"amount": 100}).json["error"]
    assert (error["source"], error["step"], error["reason"]) == (None, None, None)


@pytest.mark.covers("M5")
def test_an_instant_refund_of_one_amount_changes_its_speed(fresh: Running, client: razorpay.Client) -> None:
    payment_id = captured(fresh)
    assert client.payment.refund(payment_id, {"amount": 2467, "speed": "optimum"})["speed_processed"] == "instant"
    assert "refund.speed_changed" not in fresh.told()
    assert client.payment.refund(payment_id, {"amount": 2468, "speed": "optimum"})["speed_processed"] == "normal"
    assert fresh.told()[-3:] == ["refund.created", "refund.speed_changed", "refund.processed"]
    body = fresh.events()[-2]["body"]
    assert isinstance(body["payload"]["created_at"], int)
    assert "created_at" not in body


@pytest.mark.covers("M5")
def test_the_dashboard_refunds_without_the_shop(fresh: Running, client: razorpay.Client) -> None:
    payment_id = captured(fresh)
    refund = fresh.control("refund", payment_id=payment_id, amount=1500)
    assert client.refund.fetch(refund["id"]) == refund
    assert (refund["receipt"], refund["notes"], refund["amount"]) == (None, [], 1500)
    assert fresh.told()[-2:] == ["refund.created", "refund.processed"]
    assert fresh.control("refund", payment_id=payment_id)["amount"] == 3500
    assert fresh.call("POST", "/_simulator/refund", {"payment_id": payment_id}).status == 400


@pytest.mark.covers("M8", "M11")
def test_what_nobody_captures_is_given_back(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    manual = {"capture": "manual", "capture_options": {"manual_expiry_period": 60}}
    plain, own, taken = fresh.order(), fresh.order(payment=manual), fresh.order()
    plain_id, own_id, taken_id = (
        fresh.pay(order["id"], "authorized")["razorpay_payment_id"] for order in (plain, own, taken)
    )
    client.payment.capture(taken_id, taken["amount"], {"currency": "INR"})
    fresh.control("clock", advance=3599)
    assert client.payment.fetch(own_id)["status"] == "authorized"
    fresh.control("clock", advance=1)
    assert client.payment.fetch(own_id)["status"] == "refunded"
    fresh.control("clock", advance=3 * DAY - 3601)
    assert client.payment.fetch(plain_id)["status"] == "authorized"
    fresh.control("clock", advance=1)
    assert client.payment.fetch(plain_id)["status"] == "refunded"
    assert client.payment.fetch(taken_id)["status"] == "captured"
    event = fresh.events()[-1]["body"]
    assert event["event"] == "refund.processed"
    assert event["payload"]["payment"]["entity"]["captured"] is False
    assert client.order.fetch(plain["id"])["status"] == "attempted"


@pytest.mark.covers("M8")
def test_an_authorized_payment_is_given_back_by_hand(fresh: Running, client: razorpay.Client) -> None:
    payment_id = fresh.pay(fresh.order()["id"], "authorized")["razorpay_payment_id"]
    refund = fresh.control("auto_refund", payment_id=payment_id)
    assert client.payment.fetch_multiple_refund(payment_id)["items"] == [refund]
    assert client.payment.fetch(payment_id)["captured"] is False
    assert fresh.call("POST", "/_simulator/auto_refund", {"payment_id": payment_id}).status == 400
    assert fresh.call("POST", "/_simulator/auto_refund", {"payment_id": captured(fresh)}).status == 400


@pytest.mark.covers("M5")
@pytest.mark.parametrize(
    "wrong", [{"refunds": "lost"}, {"balance": -1}, {"balance": "x"}, {"refund_seconds": -1}, {"refund": "pending"}]
)
def test_misspelt_switches_are_refused(fresh: Running, wrong: dict[str, Any]) -> None:
    assert fresh.call("POST", "/_simulator/switches", wrong).status == 400
