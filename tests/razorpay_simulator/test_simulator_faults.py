"""Calls that go wrong on purpose, as Razorpay's SDK meets them.

Control: with `_use` of faults.py not deleting its row, the second call fails too and every test here does.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
import razorpay
import requests

from tests.razorpay_simulator.harness import Running

ORDER = {"amount": 189900, "currency": "INR", "receipt": "DS-7-1"}
BAD, SERVER = razorpay.errors.BadRequestError, razorpay.errors.ServerError
NO_JSON = requests.exceptions.JSONDecodeError
LOST = requests.exceptions.RequestException


def create(client: razorpay.Client, timeout: float = 5) -> Any:
    return client.order.create(dict(ORDER), timeout=timeout, allow_redirects=False)


def orders(client: razorpay.Client) -> int:
    return int(client.order.all({"receipt": "DS-7-1"})["count"])


@pytest.mark.covers("M6")
@pytest.mark.parametrize(
    ("kind", "error", "made"),
    [
        ("timeout_before", requests.exceptions.ReadTimeout, 0),
        ("timeout_after", requests.exceptions.ReadTimeout, 1),
        ("reset_before", requests.exceptions.ConnectionError, 0),
        ("reset_after", requests.exceptions.ConnectionError, 1),
        ("rate_limited", BAD, 0),
        ("conflict", BAD, 0),
        ("server_error", SERVER, 0),
        ("server_error_after", SERVER, 1),
        ("bad_gateway", NO_JSON, 0),
        ("bad_gateway_after", NO_JSON, 1),
        ("empty", NO_JSON, 0),
        ("empty_after", NO_JSON, 1),
        ("html", NO_JSON, 0),
        ("html_after", NO_JSON, 1),
        ("truncated", LOST, 1),
    ],
)
def test_a_call_goes_wrong_before_or_after_its_effect(
    fresh: Running, client: razorpay.Client, kind: str, error: type[Exception], made: int
) -> None:
    fresh.control("faults", on="POST /v1/orders", kind=kind)
    with pytest.raises(error):
        create(client, timeout=0.4)
    assert orders(client) == made
    assert create(client)["status"] == "created"
    faults = [(call["call"], call["fault"]) for call in fresh.calls()]
    assert faults == [("POST /v1/orders", kind), ("GET /v1/orders", None), ("POST /v1/orders", None)]


@pytest.mark.covers("M6")
@pytest.mark.parametrize(
    ("kind", "status", "content_type", "body"),
    [
        ("rate_limited", 429, "application/json", b'"code":"BAD_REQUEST_ERROR"'),
        ("conflict", 409, "application/json", b"in progress"),
        ("server_error", 500, "application/json", b'"code":"SERVER_ERROR"'),
        ("bad_gateway", 502, "text/html", b"<h1>502 Bad Gateway</h1>"),
        ("empty", 500, "application/json", b""),
        ("html", 200, "text/html; charset=utf-8", b"<!doctype html>"),
        ("redirect", 302, "text/html", b""),
        ("wrong_schema", 200, "application/json", b'{"success":true,"data":{"id":"order_'),
    ],
)
def test_wrong_answers_look_as_they_should(
    fresh: Running, kind: str, status: int, content_type: str, body: bytes
) -> None:
    fresh.control("faults", on="POST /v1/orders", kind=kind)
    answer = fresh.api("POST", "/orders", ORDER)
    assert (answer.status, answer.headers["Content-Type"]) == (status, content_type)
    assert body in answer.body
    assert (answer.headers["Location"] == "/v1/redirected") == (kind == "redirect")


@pytest.mark.covers("M6")
def test_a_client_that_follows_redirects_is_seen(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("faults", on="POST /v1/orders", kind="redirect")
    with pytest.raises(BAD, match="not found"):
        client.order.create(dict(ORDER))
    assert [call["call"] for call in fresh.calls()] == ["POST /v1/orders", "GET /v1/redirected"]


@pytest.mark.covers("M6")
def test_slow_bytes_are_each_in_time_and_all_of_them_are_not(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("faults", on="GET /v1/orders", kind="slow", seconds=0.001)
    assert client.order.all()["count"] == 0
    fresh.control("faults", on="GET /v1/orders", kind="slow", seconds=0.05)
    with requests.get(f"{fresh.url}/v1/orders", auth=client.auth, timeout=2, stream=True) as response:
        assert next(response.iter_content(1)) == b"{"
    fresh.control("faults", on="GET /v1/orders", kind="delay", seconds=0.01)
    assert client.order.all()["count"] == 0


@pytest.mark.covers("M6")
def test_a_fault_meets_only_the_calls_that_it_names(fresh: Running, client: razorpay.Client) -> None:
    order_id = create(client)["id"]
    fresh.control("faults", on="GET /v1/orders/:id", kind="server_error", times=2)
    assert client.order.all()["count"] == 1
    assert client.order.payments(order_id)["count"] == 0
    for _ in range(2):
        with pytest.raises(SERVER):
            client.order.fetch(order_id)
    assert client.order.fetch(order_id)["id"] == order_id
    fresh.control("faults", on="* /v1/orders*", kind="bad_gateway", times=0)
    for call in (client.order.all, lambda: client.order.fetch(order_id), lambda: create(client)):
        with pytest.raises(NO_JSON):
            call()
    assert client.payment.all()["count"] == 0
    fresh.control("clear_faults")
    assert client.order.all()["count"] == 1


@pytest.mark.covers("M6", "M11")
def test_chance_repeats_itself_by_its_seed(fresh: Running) -> None:
    def played(seed: int) -> list[str | None]:
        fresh.control("reset")
        kinds = ["server_error", "bad_gateway", "reset_after"]
        fresh.control("faults", on="* *", kind=kinds, times=0, probability=0.4, seed=seed)
        for _ in range(30):
            try:
                fresh.api("GET", "/orders")
            except ConnectionError:
                continue
        return [call["fault"] for call in fresh.calls()]

    first = played(7)
    assert first == played(7)
    assert first != played(8)
    assert set(first) == {None, "server_error", "bad_gateway", "reset_after"}
    assert 5 < first.count(None) < 27


@pytest.mark.covers("M6")
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonsense"},
        {"kind": []},
        {"kind": "drop", "on": "POST /v1/orders"},
        {"kind": "server_error", "on": "WEBHOOK payment.captured"},
        {"kind": "server_error", "on": "orders"},
        {"kind": "server_error", "times": -1},
        {"kind": "server_error", "probability": 2},
        {"kind": "server_error", "seconds": "x"},
        {"kind": "server_error", "colour": "red"},
    ],
)
def test_misspelt_faults_are_refused(fresh: Running, wrong: dict[str, Any]) -> None:
    assert fresh.call("POST", "/_simulator/faults", wrong).status == 400
    assert fresh.call("GET", "/_simulator/faults").json["items"] == []


@pytest.mark.covers("M6")
def test_lists_lag_behind(fresh: Running, client: razorpay.Client) -> None:
    fresh.control("clock", at=1_800_000_000)
    fresh.control("switches", list_lag_seconds=5)
    order = create(client)
    payment_id = fresh.pay(order["id"])["razorpay_payment_id"]

    def listed() -> list[int]:
        found = (client.order.all(), client.payment.all(), client.order.payments(order["id"]))
        return [collection["count"] for collection in found]

    assert client.order.fetch(order["id"])["status"] == "paid"
    assert client.payment.fetch(payment_id)["status"] == "captured"
    assert listed() == [0, 0, 0]
    fresh.control("clock", advance=5)
    assert listed() == [0, 0, 0]
    fresh.control("clock", advance=1)
    assert listed() == [1, 1, 1]
    assert client.order.all({"to": 1_799_999_999})["count"] == 0


@pytest.mark.covers("M6")
def test_a_kill_forgets_no_fault_and_no_time(start: Callable[..., Running]) -> None:
    simulator = start("--no-webhooks")
    simulator.control("clock", at="2026-04-01T00:00:00+05:30")
    simulator.control("faults", kind="server_error", times=3)
    simulator.control("switches", receipts="refused")
    assert simulator.api("GET", "/orders").status == 500
    simulator.kill()
    simulator.start()
    assert [simulator.api("GET", "/orders").status for _ in range(3)] == [500, 500, 200]
    assert simulator.order()["created_at"] == 1774981800
    assert simulator.call("GET", "/_simulator/switches").json["receipts"] == "refused"


@pytest.mark.covers("M4")
@pytest.mark.parametrize("policy", ["allowed", "refused", "same"])
def test_what_becomes_of_a_known_receipt(fresh: Running, client: razorpay.Client, policy: str) -> None:
    fresh.control("switches", receipts=policy)
    first = create(client)
    without = {"amount": 100, "currency": "INR"}
    assert client.order.create(dict(without))["id"] != client.order.create(dict(without))["id"]
    if policy == "refused":
        error = fresh.api("POST", "/orders", ORDER).json["error"]
        assert error["description"] == "Order receipt should be unique."
        assert error["metadata"] == {"order_id": first["id"]}
    else:
        assert (create(client)["id"] == first["id"]) == (policy == "same")
    assert orders(client) == (2 if policy == "allowed" else 1)
    answer = fresh.api("POST", "/orders", {**ORDER, "receipt": "DS-8-1", "unique_receipt": True})
    assert answer.status == (200 if policy == "same" else 400)
    assert policy == "same" or json.loads(answer.body)["error"]["reason"] == "extra_field_sent"


@pytest.mark.covers("M6", "M7")
def test_faults_of_calls_and_of_webhooks_keep_apart(fresh: Running, client: razorpay.Client) -> None:
    order = create(client)
    fresh.control("faults", on="* *", kind="server_error")
    fresh.control("faults", on="WEBHOOK *", kind="drop")
    fresh.pay(order["id"], "failure")
    with pytest.raises(SERVER):
        client.order.fetch(order["id"])
    assert client.order.fetch(order["id"])["status"] == "attempted"
    assert fresh.call("GET", "/_simulator/faults").json["items"] == []
