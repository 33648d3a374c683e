"""The REST API, driven by Razorpay's own SDK and, where the SDK hides the status, by raw requests."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import razorpay

from tests.razorpay_simulator.harness import KEY_ID, KEY_SECRET, Answer, Running

pytestmark = pytest.mark.covers("M1")
UNKNOWN = "AAAAAAAAAAAAAA"


def refusal(answer: Answer, status: int = 400) -> dict[str, Any]:
    """Return the error of an answer that is shaped as Razorpay's."""
    assert answer.status == status, answer.body
    error: dict[str, Any] = answer.json["error"]
    assert {"code", "description", "source", "step", "reason", "metadata"} <= set(error)
    return error


@pytest.mark.covers("M2")
def test_the_sdk_walks_through_a_purchase(client: razorpay.Client, simulator: Running) -> None:
    order = client.order.create({"amount": 544600, "currency": "INR", "receipt": "DS-1-1", "notes": {"a": "b"}})
    assert (order["status"], order["attempts"], order["amount_due"]) == ("created", 0, 544600)
    simulator.pay(order["id"], "failure")
    assert client.order.fetch(order["id"])["status"] == "attempted"
    paid = simulator.pay(order["id"], "success")
    triple = {name: paid[f"razorpay_{name}"] for name in ("order_id", "payment_id", "signature")}
    assert client.utility.verify_payment_signature({f"razorpay_{name}": value for name, value in triple.items()})
    order = client.order.fetch(order["id"])
    assert (order["status"], order["attempts"]) == ("paid", 2)
    assert (order["amount_paid"], order["amount_due"]) == (544600, 0)
    payments = client.order.payments(order["id"])["items"]
    assert [(payment["status"], payment["captured"]) for payment in payments] == [("failed", False), ("captured", True)]
    refund = client.payment.refund(paid["razorpay_payment_id"], {"amount": 100000})
    assert client.refund.fetch(refund["id"]) == refund
    payment = client.payment.fetch(paid["razorpay_payment_id"])
    assert (payment["amount_refunded"], payment["refund_status"]) == (100000, "partial")
    assert payment["notes"] == {"a": "b"}
    client.payment.refund(payment["id"], {})
    payment = client.payment.fetch(payment["id"])
    assert (payment["status"], payment["refund_status"], payment["amount_refunded"]) == ("refunded", "full", 544600)
    assert client.order.fetch(order["id"])["status"] == "paid"
    assert client.payment.fetch_multiple_refund(payment["id"])["count"] == 2


@pytest.mark.parametrize("more", [{"payment_capture": 0}, {"payment": {"capture": "manual"}}])
def test_manual_capture_by_the_sdk(client: razorpay.Client, simulator: Running, more: dict[str, Any]) -> None:
    order = client.order.create({"amount": 5000, "currency": "INR", **more})
    payment_id = simulator.pay(order["id"])["razorpay_payment_id"]
    assert client.payment.fetch(payment_id)["status"] == "authorized"
    assert client.order.fetch(order["id"])["status"] == "attempted"
    with pytest.raises(razorpay.errors.BadRequestError, match="equal to the amount authorized"):
        client.payment.capture(payment_id, 4999, {"currency": "INR"})
    assert client.payment.capture(payment_id, 5000, {"currency": "INR"})["status"] == "captured"
    assert client.order.fetch(order["id"])["status"] == "paid"
    with pytest.raises(razorpay.errors.BadRequestError, match="already been captured"):
        client.payment.capture(payment_id, 5000, {"currency": "INR"})


def test_a_payment_can_stay_authorized_although_capture_is_automatic(simulator: Running) -> None:
    order = simulator.order()
    payment = simulator.pay(order["id"], "authorized")
    assert payment["status"] == "authorized"
    answer = simulator.call("POST", "/_simulator/pay", {"order_id": order["id"]})
    assert refusal(answer)["description"] == "Payment already done for this order"


def test_a_paid_order_takes_no_further_payment(simulator: Running) -> None:
    order = simulator.order()
    simulator.pay(order["id"])
    answer = simulator.call("POST", "/_simulator/pay", {"order_id": order["id"]})
    assert refusal(answer)["metadata"] == {"order_id": order["id"]}


@pytest.mark.covers("M8")
def test_the_second_of_two_payments_under_way_is_given_back(simulator: Running) -> None:
    order = simulator.order()
    keys = {"key_id": KEY_ID, "order_id": order["id"]}
    started = [simulator.call("POST", "/v1/checkout/payments", {**keys, "method": "netbanking"}) for _ in range(2)]
    for answer in started:
        done = {"key_id": KEY_ID, "outcome": "success"}
        assert simulator.call("POST", f"/v1/checkout/payments/{answer.json['payment_id']}", done).status == 200
    payments = simulator.api("GET", f"/orders/{order['id']}/payments").json["items"]
    assert [(payment["status"], payment["captured"]) for payment in payments] == [
        ("captured", True),
        ("refunded", False),
    ]


@pytest.mark.parametrize("key", [None, "Basic !", "Basic cnpwOng=", "Bearer x"])
def test_wrong_keys_are_refused(simulator: Running, key: str | None) -> None:
    headers = {"Authorization": key} if key else {}
    assert refusal(simulator.call("GET", "/v1/orders", **headers), 401)["description"] == "Authentication failed"


def test_unknown_paths_and_methods(simulator: Running) -> None:
    refusal(simulator.api("GET", "/nothing"), 404)
    refusal(simulator.api("DELETE", "/orders"), 405)


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        ({"amount": 99}, "amount", "The amount must be at least INR 1.00"),
        ({"amount": 0}, "amount", "The amount must be at least INR 1.00"),
        ({"amount": -100}, "amount", "The amount must be at least INR 1.00"),
        ({"amount": 10.5}, "amount", "The amount must be an integer."),
        ({"amount": True}, "amount", "The amount must be an integer."),
        ({"amount": "1e3"}, "amount", "The amount must be an integer."),
        ({"amount": None}, "amount", "The amount field is required."),
        ({"amount": 10**12}, "amount", "Amount exceeds maximum amount allowed."),
        ({"currency": None}, "currency", "The currency field is required."),
        ({"currency": "inr"}, "currency", "Currency is not supported"),
        ({"currency": "KWD", "amount": 295991}, "amount", "must end in 0"),
        ({"receipt": "x" * 41}, "receipt", "may not be greater than 40"),
        ({"receipt": 7}, "receipt", "must be a string"),
        ({"notes": {str(n): "x" for n in range(16)}}, "notes", "less than or equal to 15"),
        ({"notes": {"a": "x" * 257}}, "notes", "longer than 256"),
        ({"notes": {"a": ["x"]}}, "notes", "strings or numbers"),
        ({"notes": "x"}, "notes", "must be an array"),
        ({"payment_capture": 2}, "payment_capture", "true or false"),
        ({"payment": {"capture": "later"}}, "capture", "invalid"),
        (
            {"payment": {"capture": "manual", "capture_options": {"automatic_expiry_period": 11}}},
            "automatic_expiry_period",
            "at least 12",
        ),
        ({"partial_payment": True}, "partial_payment", "not enabled"),
    ],
)
def test_orders_are_validated(simulator: Running, change: dict[str, Any], field: str, text: str) -> None:
    error = refusal(simulator.api("POST", "/orders", {"amount": 5000, "currency": "INR", **change}))
    assert error["field"] == field
    assert text in error["description"]
    assert error["reason"] == "input_validation_failed"


def test_the_limits_themselves_are_accepted(simulator: Running) -> None:
    notes = {str(n): "₹" * 256 for n in range(15)}
    order = simulator.order(100, receipt="x" * 40, notes=notes)
    assert (order["receipt"], order["notes"]) == ("x" * 40, notes)


def test_unknown_fields_are_refused(simulator: Running) -> None:
    error = refusal(simulator.api("POST", "/orders", {"amount": 5000, "currency": "INR", "expire_by": 1, "x": 1}))
    assert error["reason"] == "extra_field_sent"
    assert error["description"] == "expire_by, x is/are not required and should not be sent"
    assert refusal(simulator.api("GET", "/payments?receipt=1"))["reason"] == "extra_field_sent"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"null"])
def test_bodies_that_are_no_json_object_are_refused(simulator: Running, body: bytes) -> None:
    refusal(simulator.api("POST", "/orders", body))


@pytest.mark.parametrize(("kind", "prefix"), [("orders", "order"), ("payments", "pay"), ("refunds", "rfnd")])
def test_ids_are_checked(simulator: Running, kind: str, prefix: str) -> None:
    unknown = refusal(simulator.api("GET", f"/{kind}/{prefix}_{UNKNOWN}"))
    assert unknown["description"] == "The id provided does not exist"
    malformed = refusal(simulator.api("GET", f"/{kind}/{prefix}_x48wjYEr2I"))
    assert malformed["description"] == "x48wjYEr2I is not a valid id"


def test_ids_have_fourteen_case_sensitive_alphanumerics(simulator: Running) -> None:
    order = simulator.order()
    assert len(order["id"]) == len("order_") + 14
    assert order["id"][6:].isalnum()
    refusal(simulator.api("GET", f"/orders/order_{order['id'][6:].swapcase()}"))


def test_lists_filter_and_page(start: Callable[..., Running]) -> None:
    simulator = start("--no-webhooks")
    ids = [simulator.order(receipt=f"DS-{n % 2}")["id"] for n in range(5)]
    simulator.pay(ids[0])

    def listed(query: str) -> list[str]:
        return [order["id"] for order in simulator.api("GET", f"/orders?{query}").json["items"]]

    assert listed("") == ids[::-1]
    assert listed("receipt=DS-1") == [ids[3], ids[1]]
    assert listed("count=2&skip=1") == [ids[3], ids[2]]
    assert listed("authorized=1") == [ids[0]]
    assert listed("authorized=0") == ids[:0:-1]
    now = int(time.time())
    assert listed(f"from={now - 60}&to={now + 60}") == ids[::-1]
    assert listed(f"from={now + 60}") == []
    assert listed(f"to={now - 60}") == []
    expanded = simulator.api("GET", "/orders?expand[]=payments&authorized=1").json["items"][0]["payments"]
    assert (expanded["entity"], expanded["count"]) == ("collection", 1)
    assert simulator.api("GET", f"/payments?from={now - 60}&to={now + 60}&count=100").json["count"] == 1
    for query in ("count=101", "count=0", "count=x", "skip=-1", "from=-1", "expand[]=offers", "authorized=2"):
        refusal(simulator.api("GET", f"/orders?{query}"))


def test_only_notes_can_be_updated(client: razorpay.Client, simulator: Running) -> None:
    order = simulator.order()
    assert order["notes"] == []
    assert client.order.edit(order["id"], {"notes": {"k": "v"}})["notes"] == {"k": "v"}
    assert refusal(simulator.api("PATCH", f"/orders/{order['id']}", {"amount": 1}))["reason"] == "extra_field_sent"


def test_refunds_are_limited_to_what_was_captured(simulator: Running) -> None:
    order = simulator.order(5000)
    failed = simulator.pay(order["id"], "failure")["razorpay_payment_id"]
    payment_id = simulator.pay(order["id"])["razorpay_payment_id"]
    path = f"/payments/{payment_id}/refund"
    assert "should be captured" in refusal(simulator.api("POST", f"/payments/{failed}/refund", {}))["description"]
    assert "greater than amount captured" in refusal(simulator.api("POST", path, {"amount": 5001}))["description"]
    assert "at least INR 1.00" in refusal(simulator.api("POST", path, {"amount": 99}))["description"]
    assert simulator.api("POST", path, {"amount": 3000}).status == 200
    assert "greater than amount captured" in refusal(simulator.api("POST", path, {"amount": 2001}))["description"]
    assert simulator.api("POST", path, {}).json["amount"] == 2000
    assert "fully refunded" in refusal(simulator.api("POST", path, {}))["description"]


@pytest.mark.covers("M5")
def test_a_refund_key_is_used_once(simulator: Running) -> None:
    payment_id = simulator.pay(simulator.order(5000)["id"])["razorpay_payment_id"]
    path, key = f"/payments/{payment_id}/refund", {"X_Refund_Idempotency": "refund_DS-000123"}
    first = simulator.api("POST", path, {"amount": 1000}, **key)
    again = simulator.api("POST", path, {"amount": 1000}, **key)
    assert first.json == again.json
    different = refusal(simulator.api("POST", path, {"amount": 1001}, **key))
    assert different["description"].startswith("Different request with the same idempotency key")
    assert simulator.api("GET", f"/payments/{payment_id}").json["amount_refunded"] == 1000
    refusal(simulator.api("POST", path, {"amount": 1000}, X_Refund_Idempotency="too short"))
    assert simulator.api("POST", path, {"amount": 1000}, X_Refund_Idempotency="another_key").json != first.json


@pytest.mark.parametrize(("amount", "speed"), [(2468, "normal"), (2469, "instant")])
def test_one_instant_refund_falls_back_to_normal(simulator: Running, amount: int, speed: str) -> None:
    payment_id = simulator.pay(simulator.order(5000)["id"])["razorpay_payment_id"]
    refund = simulator.api("POST", f"/payments/{payment_id}/refund", {"amount": amount, "speed": "optimum"}).json
    assert (refund["speed_requested"], refund["speed_processed"]) == ("optimum", speed)


def test_requests_too_large_are_refused(simulator: Running) -> None:
    assert simulator.api("POST", "/orders", b" " * (1024 * 1024 + 1)).status == 413


def test_the_control_room_is_closed_to_other_sites(simulator: Running) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        assert simulator.call("POST", "/_simulator/reset", {}, **headers).status == 403
    page = simulator.call("GET", "/_simulator/")
    assert b"Test mode: no money moves" in page.body
    assert KEY_SECRET.encode() not in page.body


def test_the_control_page_escapes_what_shops_send(simulator: Running) -> None:
    simulator.order(receipt="<script>alert(1)</script>")
    assert b"<script>alert" not in simulator.call("GET", "/_simulator/").body


def test_a_form_of_the_control_page_leads_back_to_it(simulator: Running) -> None:
    answer = simulator.call(
        "POST", "/_simulator/webhooks", b"delay_seconds=0", Content_Type="application/x-www-form-urlencoded"
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/_simulator/")
