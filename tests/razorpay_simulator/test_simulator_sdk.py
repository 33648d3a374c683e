"""Razorpay's own SDK, as it comes, makes every call that the shop makes, and believes the simulator's signatures.

Controls, as they were seen: a call taken out of `CALLS` fails the first test; a simulator that signs with another hash
fails the last two.
"""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import razorpay

from tests.razorpay_simulator.harness import WEBHOOK_SECRET, Receiver, Running, wait_until

GATEWAY = Path(__file__).parents[2] / "checkout" / "gateway.py"
RECEIPT = "CG-7-1"
World = dict[str, Any]

# Each call, and what must be true of the answer in the world below.
CALLS: dict[str, tuple[Callable[[razorpay.Client, World], Any], Callable[[Any, World], bool]]] = {
    "order.create": (
        lambda sdk, _world: sdk.order.create({"amount": 500, "currency": "INR", "receipt": "CG-8-1", "notes": {}}),
        lambda order, _world: (order["amount"], order["status"]) == (500, "created"),
    ),
    "order.fetch": (
        lambda sdk, world: sdk.order.fetch(world["order"]),
        lambda order, world: (order["id"], order["status"], order["amount_due"]) == (world["order"], "paid", 0),
    ),
    "order.all": (
        lambda sdk, _world: sdk.order.all({"receipt": RECEIPT, "count": 100}),
        lambda page, world: [order["id"] for order in page["items"]] == [world["order"]],
    ),
    "order.payments": (
        lambda sdk, world: sdk.order.payments(world["order"]),
        lambda page, world: [payment["id"] for payment in page["items"]] == [world["payment"]],
    ),
    "payment.fetch": (
        lambda sdk, world: sdk.payment.fetch(world["payment"]),
        lambda payment, world: (payment["status"], payment["order_id"]) == ("captured", world["order"]),
    ),
    "payment.all": (
        lambda sdk, _world: sdk.payment.all({"from": 1, "to": 2_000_000_000, "count": 100, "skip": 0}),
        lambda page, world: {world["payment"], world["authorized"]} <= {payment["id"] for payment in page["items"]},
    ),
    "payment.capture": (
        lambda sdk, world: sdk.payment.capture(world["authorized"], 100_000, {"currency": "INR"}),
        lambda payment, world: (payment["id"], payment["status"]) == (world["authorized"], "captured"),
    ),
    "payment.refund": (
        lambda sdk, world: sdk.payment.refund(world["payment"], {"amount": 300, "speed": "normal", "receipt": "r-1"}),
        lambda refund, world: (refund["payment_id"], refund["amount"]) == (world["payment"], 300),
    ),
    "payment.edit": (
        lambda sdk, world: sdk.payment.edit(world["payment"], {"notes": {"seen": "yes"}}),
        lambda payment, _world: payment["notes"] == {"seen": "yes"},
    ),
    "payment.fetch_multiple_refund": (
        lambda sdk, world: sdk.payment.fetch_multiple_refund(world["payment"], {"count": 100}),
        lambda page, world: world["refund"] in {refund["id"] for refund in page["items"]},
    ),
    "payment.fetchDownTime": (
        lambda sdk, _world: sdk.payment.fetchDownTime(),
        lambda page, _world: page["items"] == [],
    ),
    "refund.fetch": (
        lambda sdk, world: sdk.refund.fetch(world["refund"]),
        lambda refund, _world: (refund["amount"], refund["status"]) == (700, "processed"),
    ),
    "refund.all": (
        lambda sdk, _world: sdk.refund.all({"from": 1, "to": 2_000_000_000, "count": 100, "skip": 0}),
        lambda page, world: world["refund"] in {refund["id"] for refund in page["items"]},
    ),
    "dispute.all": (
        lambda sdk, world: sdk.dispute.all({"count": 10}),
        lambda found, world: [dispute["id"] for dispute in found["items"]] == [world["dispute"]],
    ),
    "dispute.fetch": (
        lambda sdk, world: sdk.dispute.fetch(world["dispute"]),
        lambda dispute, world: (dispute["payment_id"], dispute["amount"]) == (world["payment"], 200),
    ),
    "settlement.report": (
        lambda sdk, _world: sdk.settlement.report({"year": 2027, "month": 1, "day": 15, "count": 100, "skip": 0}),
        lambda page, world: world["payment"] in {row["entity_id"] for row in page["items"]},
    ),
}
# Not the shop, but people with its account use these.
BESIDE = {"payment.edit", "payment.fetchDownTime"}


def calls_of_the_shop() -> list[str]:
    """Return every call of the SDK in the only module that makes any, and fail on one of another form."""
    found, clients = [], 0
    for node in ast.walk(ast.parse(GATEWAY.read_text())):
        match node:
            case ast.Attribute(ast.Attribute(ast.Call(ast.Name("_client")), resource), verb):
                found.append(f"{resource}.{verb}")
            case ast.Call(ast.Name("_client")):
                clients += 1
    assert len(found) == clients
    return found


def test_the_witness_leaves_out_no_call_of_the_shop() -> None:
    assert set(CALLS) - BESIDE == set(calls_of_the_shop())


@pytest.fixture(scope="module")
def world(simulator: Running) -> World:
    """An order that was paid, refunded in part, disputed and paid out, and a payment that nobody has captured."""
    simulator.control("reset")
    simulator.control("clock", at="2027-01-15T12:00:00+05:30")
    order = simulator.order(100_000, receipt=RECEIPT)
    payment = simulator.pay(order["id"])["razorpay_payment_id"]
    refund = simulator.api("POST", f"/payments/{payment}/refund", {"amount": 700}).json
    dispute = simulator.control("dispute", payment_id=payment, amount=200)
    authorized = simulator.pay(simulator.order(100_000)["id"], "authorized")["razorpay_payment_id"]
    simulator.control("settle")
    return {
        "order": order["id"],
        "payment": payment,
        "refund": refund["id"],
        "dispute": dispute["id"],
        "authorized": authorized,
    }


@pytest.mark.covers("M2")
@pytest.mark.parametrize("name", CALLS)
def test_the_sdk_makes_the_calls_of_the_shop(name: str, client: razorpay.Client, world: World) -> None:
    call, is_right = CALLS[name]
    answer = call(client, world)
    assert is_right(answer, world), answer


@pytest.mark.covers("M2", "D1")
def test_the_sdk_believes_the_signature_of_the_window(client: razorpay.Client, simulator: Running) -> None:
    paid = simulator.pay(simulator.order()["id"])
    names = ("razorpay_order_id", "razorpay_payment_id", "razorpay_signature")
    triple = {name: paid[name] for name in names}
    assert client.utility.verify_payment_signature(triple)
    for wrong in ({"razorpay_order_id": simulator.order()["id"]}, {"razorpay_signature": "0" * 64}):
        with pytest.raises(razorpay.errors.SignatureVerificationError):
            client.utility.verify_payment_signature({**triple, **wrong})


@pytest.mark.covers("M2", "E1")
def test_the_sdk_believes_the_signatures_of_webhooks(
    client: razorpay.Client, start: Callable[..., Running], receiver: Receiver
) -> None:
    running = start("--webhook-url", receiver.url)
    order = running.order()
    payment = running.pay(order["id"])["razorpay_payment_id"]
    running.api("POST", f"/payments/{payment}/refund", {"amount": 700})
    running.control("dispute", payment_id=payment, amount=100)
    wanted = {"payment.captured", "order.paid", "refund.processed", "payment.dispute.created"}
    wait_until(lambda: wanted <= set(receiver.names()))
    for entry in receiver.received:
        client.utility.verify_webhook_signature(entry.body.decode(), entry.signature, WEBHOOK_SECRET)
        with pytest.raises(razorpay.errors.SignatureVerificationError):
            client.utility.verify_webhook_signature(entry.body.decode() + " ", entry.signature, WEBHOOK_SECRET)
