"""Disputes from both sides. Control: with `must_be_open` empty, a decided dispute can be accepted again."""

from typing import Any

import pytest
import razorpay

from tests.razorpay_simulator.harness import Running

BAD = razorpay.errors.BadRequestError
PROOF = {"shipping_proof": ["doc_EFtmUsbwpXwBH9"]}


@pytest.fixture
def dispute(fresh: Running) -> dict[str, Any]:
    fresh.control("clock", at=1_800_000_000)
    payment_id = fresh.pay(fresh.order(50000)["id"])["razorpay_payment_id"]
    return fresh.control("dispute", payment_id=payment_id, amount=39000, respond_in_seconds=86400)


@pytest.mark.covers("M2", "M8")
def test_a_dispute_is_found_and_accepted(fresh: Running, client: razorpay.Client, dispute: dict[str, Any]) -> None:
    assert fresh.told()[-1] == "payment.dispute.created"
    assert client.dispute.fetch(dispute["id"]) == dispute
    assert client.dispute.all()["items"] == [dispute]
    assert (dispute["status"], dispute["amount_deducted"], dispute["respond_by"]) == ("open", 0, 1_800_086_400)
    fresh.control("switches", balance=100000)
    accepted = client.dispute.accept(dispute["id"])
    assert (accepted["status"], accepted["amount_deducted"]) == ("lost", 39000)
    assert fresh.told()[-1] == "payment.dispute.lost"
    assert fresh.call("GET", "/_simulator/switches").json["balance"] == 61000
    with pytest.raises(BAD, match="not allowed when dispute is in lost status"):
        client.dispute.accept(dispute["id"])


@pytest.mark.covers("M2", "M8")
def test_a_dispute_is_contested_and_won(fresh: Running, client: razorpay.Client, dispute: dict[str, Any]) -> None:
    draft = client.dispute.contest(dispute["id"], {"summary": "delivered", "amount": 30000, "action": "draft"})
    assert (draft["status"], draft["evidence"]["amount"], draft["evidence"]["submitted_at"]) == ("open", 30000, None)
    with pytest.raises(BAD, match="At least one document"):
        client.dispute.contest(dispute["id"], {"action": "submit"})
    sent = client.dispute.contest(dispute["id"], {"action": "submit", **PROOF})
    assert (sent["status"], sent["evidence"]["submitted_at"]) == ("under_review", 1_800_000_000)
    assert (sent["evidence"]["summary"], sent["evidence"]["shipping_proof"]) == ("delivered", PROOF["shipping_proof"])
    with pytest.raises(BAD, match="under_review status"):
        client.dispute.contest(dispute["id"], {"action": "submit", **PROOF})
    fresh.control("move_dispute", dispute_id=dispute["id"], status="won")
    won = client.dispute.fetch(dispute["id"])
    assert (won["status"], won["amount_deducted"]) == ("won", 0)
    assert fresh.told()[-2:] == ["payment.dispute.under_review", "payment.dispute.won"]


@pytest.mark.covers("M8")
@pytest.mark.parametrize("wrong", [{"amount": 39001}, {"action": "burn"}, {"summary": "x" * 1001}, {"colour": 1}])
def test_wrong_contests_are_refused(client: razorpay.Client, dispute: dict[str, Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(BAD):
        client.dispute.contest(dispute["id"], wrong)
    assert client.dispute.fetch(dispute["id"]) == dispute


@pytest.mark.covers("M8", "M11")
def test_nothing_is_accepted_after_the_deadline(
    fresh: Running, client: razorpay.Client, dispute: dict[str, Any]
) -> None:
    fresh.control("clock", advance=86401)
    for call in (client.dispute.accept, client.dispute.contest):
        with pytest.raises(BAD, match="deadline to respond has elapsed"):
            call(dispute["id"])


@pytest.mark.covers("M8")
@pytest.mark.parametrize(
    ("happening", "status", "deducted"),
    [
        ("action_required", "open", 0),
        ("under_review", "under_review", 0),
        ("won", "won", 0),
        ("lost", "lost", 39000),
        ("closed", "closed", 0),
    ],
)
def test_each_event_of_a_dispute_can_be_played(
    fresh: Running, client: razorpay.Client, dispute: dict[str, Any], happening: str, status: str, deducted: int
) -> None:
    fresh.control("move_dispute", dispute_id=dispute["id"], status=happening)
    found = client.dispute.fetch(dispute["id"])
    assert (found["status"], found["amount_deducted"]) == (status, deducted)
    event = fresh.events()[-1]["body"]
    assert (event["event"], event["contains"]) == (f"payment.dispute.{happening}", ["payment", "dispute"])
    assert event["payload"]["dispute"]["entity"] == found
    assert client.payment.fetch(dispute["payment_id"])["status"] == "captured"


@pytest.mark.covers("M8")
@pytest.mark.parametrize("wrong", [{"amount": 50001}, {"amount": 0}, {"phase": "x"}, {"payment_id": "pay_x"}])
def test_disputes_about_nothing_are_refused(fresh: Running, dispute: dict[str, Any], wrong: dict[str, Any]) -> None:
    data = {"payment_id": dispute["payment_id"], **wrong}
    assert fresh.call("POST", "/_simulator/dispute", data).status == 400
