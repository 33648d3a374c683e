"""The JSON has the keys and types of Razorpay's: always against shapes written down here, and against the sample
bodies of its documentation when RAZORPAY_SAMPLES names a folder that holds them (rest/*.json, webhooks/*.json)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.razorpay_simulator.harness import Running

ORDER = "id entity amount amount_paid amount_due currency receipt offer_id status attempts notes created_at"
PAYMENT = (
    "id entity amount currency status order_id invoice_id international method amount_refunded refund_status captured "
    "description card_id bank wallet vpa email contact notes fee tax error_code error_description error_source "
    "error_step error_reason acquirer_data created_at"
)
CARD = "id entity name last4 network type issuer international emi sub_type token_iin"
REFUND = (
    "id entity amount receipt currency payment_id notes acquirer_data created_at batch_id status speed_processed "
    "speed_requested"
)
SAMPLES = os.environ.get("RAZORPAY_SAMPLES", "")
needs_samples = pytest.mark.skipif(not SAMPLES, reason="RAZORPAY_SAMPLES names no folder of sample bodies")


@pytest.fixture(scope="module")
def shown(simulator: Running) -> dict[str, Any]:
    """What the simulator answers, by the name of the sample that it corresponds to."""
    order = simulator.order(5000, receipt="receipt#1", notes={"key1": "value3", "key2": "value2"})
    plain = simulator.order(5000, receipt="rcptid_11")
    simulator.pay(plain["id"], "failure")
    upi = simulator.pay(plain["id"])["razorpay_payment_id"]
    bank = simulator.pay(simulator.order()["id"], method="netbanking")["razorpay_payment_id"]
    wallet = simulator.pay(simulator.order()["id"], method="wallet")["razorpay_payment_id"]
    card = simulator.pay(simulator.order(notes={"a": "b"})["id"], method="card")["razorpay_payment_id"]
    refund = simulator.api("POST", f"/payments/{bank}/refund", {"amount": 100}).json
    noted = simulator.api("POST", f"/payments/{bank}/refund", {"amount": 100, "notes": {"a": "b"}}).json

    def get(path: str) -> Any:
        return simulator.api("GET", path).json

    return {
        "orders.create.json": order,
        "orders.create_std_checkout.json": plain,
        "orders.fetch_all.json": get("/orders"),
        "orders.payments.json": get(f"/orders/{plain['id']}/payments"),
        "payments.fetch.json": get(f"/payments/{bank}"),
        "payments.fetch__2.json": get(f"/payments/{upi}"),
        "payments.fetch__4.json": get(f"/payments/{wallet}"),
        "payments.for_order.json": {**get("/payments"), "items": [get(f"/payments/{card}?expand[]=card")]},
        "refunds.create_normal.json": refund,
        "refunds.fetch.json": get(f"/refunds/{noted['id']}"),
        "refunds.fetch_all.json": get("/refunds"),
        "orders.create__error.json": simulator.api("POST", "/orders", {"amount": 1, "currency": "INR"}).json,
        "orders.fetch__error.json": get("/orders/order_AAAAAAAAAAAAAA"),
        "payments.for_order__error.json": get("/payments/pay_x48wjYEr2I"),
    }


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("orders.create.json", ORDER),
        ("payments.fetch.json", PAYMENT),
        ("payments.fetch__4.json", PAYMENT),
        ("payments.fetch__2.json", PAYMENT + " upi"),
        ("refunds.create_normal.json", REFUND),
    ],
)
def test_entities_have_exactly_their_keys(shown: dict[str, Any], name: str, keys: str) -> None:
    assert sorted(shown[name]) == sorted(keys.split())


def test_lists_and_cards_have_exactly_their_keys(shown: dict[str, Any]) -> None:
    found = shown["payments.for_order.json"]
    assert set(found) == {"entity", "count", "items"}
    assert sorted(found["items"][0]) == sorted([*PAYMENT.split(), "card"])
    assert sorted(found["items"][0]["card"]) == sorted(CARD.split())


def test_empty_notes_are_a_list(shown: dict[str, Any]) -> None:
    assert shown["orders.create_std_checkout.json"]["notes"] == []


def differences(ours: Any, sample: Any, path: str = "") -> list[str]:
    """Compare keys and types, not values; null stands beside any type, and any two notes are alike."""
    if path.endswith(".notes") or ours is None or sample is None:
        return []
    if isinstance(sample, dict) and isinstance(ours, dict):
        found = [f"{path}.{name} only on one side" for name in ours.keys() ^ sample.keys()]
        for name in ours.keys() & sample.keys():
            found += differences(ours[name], sample[name], f"{path}.{name}")
        return found
    if isinstance(sample, list) and isinstance(ours, list):
        return differences(ours[0], sample[0], f"{path}[]") if ours and sample else []
    return [] if type(ours) is type(sample) else [f"{path}: {type(ours).__name__}, not {type(sample).__name__}"]


# The samples of one entity differ among each other in these.
TOLERATED = {
    "orders.payments.json": {".items[].upi.payer_account_type only on one side", ".items[].upi.flow only on one side"},
    "payments.fetch__2.json": {".acquirer_data.upi_transaction_id only on one side"},
    "payments.for_order.json": {".items[].acquirer_data.authentication_reference_number only on one side"},
    "refunds.fetch_all.json": {".items[].acquirer_data.arn only on one side"},
}


@needs_samples
@pytest.mark.parametrize(
    "name",
    [
        "orders.create.json",
        "orders.create_std_checkout.json",
        "orders.fetch_all.json",
        "orders.payments.json",
        "payments.fetch.json",
        "payments.fetch__2.json",
        "payments.fetch__4.json",
        "payments.for_order.json",
        "refunds.create_normal.json",
        "refunds.fetch.json",
        "refunds.fetch_all.json",
        "orders.create__error.json",
        "orders.fetch__error.json",
        "payments.for_order__error.json",
    ],
)
def test_answers_match_the_samples(shown: dict[str, Any], name: str) -> None:
    ours = shown[name]
    if name == "orders.fetch_all.json":
        ours = {**ours, "items": [item for item in ours["items"] if item["receipt"] == "rcptid_11"]}
    if name == "orders.payments.json":
        assert [item["status"] for item in ours["items"]] == ["failed", "captured"]
    sample = json.loads((Path(SAMPLES) / "rest" / name).read_text("utf-8"))
    assert set(differences(ours, sample)) <= TOLERATED.get(name, set())


@needs_samples
@pytest.mark.parametrize(
    "event",
    ["payment.authorized", "payment.captured", "order.paid", "payment.failed", "refund.created", "refund.processed"],
)
def test_events_match_the_samples(simulator: Running, event: str) -> None:
    order = simulator.order(5000)
    simulator.pay(order["id"], "failure", "netbanking")
    payment_id = simulator.pay(order["id"], method="netbanking")["razorpay_payment_id"]
    simulator.api("POST", f"/payments/{payment_id}/refund", {"amount": 100})
    ours = next(found["body"] for found in reversed(simulator.events()) if found["event"] == event)
    sample = json.loads((Path(SAMPLES) / "webhooks" / f"{event}__1.json").read_text("utf-8"))
    assert differences(ours, sample) == []
    assert ours["contains"] == sample["contains"]
