"""The JSON has the keys and types of Razorpay's: always against shapes written down here, and against the sample
bodies of its documentation when RAZORPAY_SAMPLES names a folder that holds them (rest/*.json, webhooks/*.json)."""

import json
import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from razorpay_simulator.errors import bank_refused
from tests.razorpay_simulator.harness import Running

ORDER = "id entity amount amount_paid amount_due currency receipt offer_id status attempts notes created_at"
PAYMENT = (
    "id entity amount currency status order_id invoice_id international method amount_refunded refund_status captured "
    "description card_id bank wallet vpa email contact notes fee tax error_code error_description error_source "
    "error_step error_reason acquirer_data created_at"
)
CARD = "id entity name last4 network type issuer international emi sub_type token_iin"
DISPUTE = "id entity payment_id amount currency amount_deducted reason_code respond_by status phase created_at evidence"
SETTLEMENT = "id entity amount status fees tax utr created_at"
REFUND = (
    "id entity amount receipt currency payment_id notes acquirer_data created_at batch_id status speed_processed "
    "speed_requested"
)
pytestmark = pytest.mark.covers("M3")
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

    simulator.control("dispute", payment_id=card)
    dispute = simulator.control("dispute", payment_id=card, phase="pre_arbitration")
    proofs = {"shipping_proof": ["doc_1"], "billing_proof": ["doc_2"]}
    others = [{"type": "receipt_signed_by_customer", "document_ids": ["doc_3"]}]
    contest = {"amount": 100, "summary": "delivered", "others": others, **proofs}
    contested = simulator.api("PATCH", f"/disputes/{dispute['id']}/contest", contest).json
    lost = simulator.control("dispute", payment_id=card, amount=500)
    simulator.api("POST", f"/disputes/{lost['id']}/accept", {})
    settlement = simulator.control("settle")
    offered = simulator.pay(simulator.order()["id"], method="netbanking", discount=100)["razorpay_payment_id"]
    day = datetime.fromtimestamp(settlement["created_at"], UTC).astimezone(timezone(timedelta(hours=5, minutes=30)))
    simulator.control("switches", receipts="refused")
    duplicate = simulator.api("POST", "/orders", {"amount": 5000, "currency": "INR", "receipt": "receipt#1"}).json
    simulator.control("switches", receipts="allowed")

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
        "orders.create__error_duplicate_receipt.json": duplicate,
        "payments.fetch_expand_offers.json": get(f"/payments/{offered}?expand[]=offers"),
        "refunds.error_6_months__error.json": bank_refused("x").body,
        "disputes.entity.json": contested,
        "disputes.fetch.json": get(f"/disputes/{dispute['id']}"),
        "settlements.entity.json": settlement,
        "settlements.fetch.json": get(f"/settlements/{settlement['id']}"),
        "settlements.fetch_all.json": get("/settlements"),
        "settlements.fetch_all__error.json": get("/settlements?count=0"),
        "settlements.recon.json": get(f"/settlements/recon/combined?year={day.year}&month={day.month}&day={day.day}"),
        "settlements.recon__error.json": get("/settlements/recon/combined?year=2026&month=13"),
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
        ("disputes.fetch.json", DISPUTE),
        ("settlements.fetch.json", SETTLEMENT),
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
    "payments.fetch_expand_offers.json": {
        ".customer_id only on one side",
        ".acquirer_data.authentication_reference_number only on one side",
    },
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
        "orders.create__error_duplicate_receipt.json",
        "payments.fetch_expand_offers.json",
        "refunds.error_6_months__error.json",
        "disputes.entity.json",
        "disputes.fetch.json",
        "settlements.entity.json",
        "settlements.fetch.json",
        "settlements.fetch_all.json",
        "settlements.fetch_all__error.json",
        "settlements.recon__error.json",
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
@pytest.mark.parametrize("kind", ["payment", "refund", "adjustment"])
def test_the_rows_of_the_settlement_report_match_the_sample(shown: dict[str, Any], kind: str) -> None:
    sample = json.loads((Path(SAMPLES) / "rest" / "settlements.recon.json").read_text("utf-8"))
    ours, theirs = (
        next(row for row in found["items"] if row["type"] == kind)
        for found in (shown["settlements.recon.json"], sample)
    )
    assert differences(ours, theirs) == []


def told(simulator: Running, event: str) -> dict[str, Any]:
    return next(found["body"] for found in reversed(simulator.events()) if found["event"] == event)


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
    compare(told(simulator, event), event)


@needs_samples
@pytest.mark.parametrize("event", ["refund.failed", "refund.speed_changed"])
def test_events_of_unlucky_refunds_match_the_samples(simulator: Running, event: str) -> None:
    payment_id = simulator.pay(simulator.order(5000)["id"], method="netbanking")["razorpay_payment_id"]
    refund = simulator.api("POST", f"/payments/{payment_id}/refund", {"amount": 2468, "speed": "optimum"}).json
    simulator.control("decide_refund", refund_id=refund["id"], status="failed")
    # The sample of speed_changed is older than these.
    older = {"batch_id", "acquirer_data.arn"} if event == "refund.speed_changed" else set()
    compare(told(simulator, event), event, {f".payload.refund.entity.{name} only on one side" for name in older})


@needs_samples
@pytest.mark.parametrize("happening", ["created", "action_required", "under_review", "won", "lost", "closed"])
def test_events_of_disputes_match_the_samples(simulator: Running, happening: str) -> None:
    payment_id = simulator.pay(simulator.order(5000)["id"], method="card")["razorpay_payment_id"]
    dispute = simulator.control("dispute", payment_id=payment_id)
    if happening != "created":
        simulator.control("move_dispute", dispute_id=dispute["id"], status=happening)
    tolerated = {".payload.payment.entity.acquirer_data only on one side"}
    tolerated |= {".payload.payment.entity.acquirer_data.auth_code only on one side"}
    # One sample has the evidence beside the entity.
    tolerated |= {".payload.dispute.evidence only on one side", ".payload.dispute.entity.evidence only on one side"}
    compare(told(simulator, f"payment.dispute.{happening}"), f"payment.dispute.{happening}", tolerated)


@needs_samples
def test_events_of_the_account_match_the_samples(simulator: Running) -> None:
    downtime = simulator.control("downtime", method="netbanking", instrument="VIJB")
    for status in ("updated", "resolved"):
        simulator.control("move_downtime", downtime_id=downtime["id"], status=status)
    simulator.pay(simulator.order(5000)["id"])
    simulator.control("settle")
    simulator.control("pay", amount=1000, link=True, receipt="23")
    for event in ("payment.downtime.started", "payment.downtime.updated", "payment.downtime.resolved"):
        compare(told(simulator, event), event)
    compare(told(simulator, "settlement.processed"), "settlement.processed")
    paid = told(simulator, "payment_link.paid")
    sample = json.loads((Path(SAMPLES) / "webhooks" / "payment_link.paid__1.json").read_text("utf-8"))
    assert paid["contains"] == sample["contains"]
    assert differences(paid["payload"]["payment_link"], sample["payload"]["payment_link"]) == []


def compare(ours: dict[str, Any], event: str, tolerated: Collection[str] = ()) -> None:
    sample = json.loads((Path(SAMPLES) / "webhooks" / f"{event}__1.json").read_text("utf-8"))
    assert set(differences(ours, sample)) <= set(tolerated)
    assert ours["contains"] == sample["contains"]
