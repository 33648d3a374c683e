"""Razorpay's Disputes API (razorpay.com/docs/api/disputes)."""

from typing import TYPE_CHECKING, Any

from razorpay_simulator import disputing, entities, switches, validation
from razorpay_simulator.errors import invalid
from razorpay_simulator.ids import check_id
from razorpay_simulator.wire import Request

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

LIST_FIELDS = ("from", "to", "count", "skip")
CONTEST_FIELDS = ("amount", "summary", "action", *disputing.PROOFS)
LONGEST_SUMMARY = 1000


def fetch(simulator: "Simulator", request: Request, dispute_id: str) -> dict[str, Any]:
    """GET /disputes/:id."""
    check_id("disp", dispute_id)
    with simulator.store.transaction() as transaction:
        return transaction.must_get("dispute", dispute_id).doc


def fetch_all(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /disputes: newest first."""
    validation.refuse_extra_fields(request.parameters, LIST_FIELDS)
    page = validation.page_of(request.parameters)
    with simulator.store.transaction() as transaction:
        page = switches.listed(transaction, simulator.now(), page)
        return entities.collection([dispute.doc for dispute in transaction.page("dispute", page)])


def accept(simulator: "Simulator", request: Request, dispute_id: str) -> dict[str, Any]:
    """POST /disputes/:id/accept: the dispute is lost, and that is final."""
    check_id("disp", dispute_id)
    validation.refuse_extra_fields(request.json(), ())
    with simulator.store.transaction() as transaction:
        dispute = transaction.must_get("dispute", dispute_id)
        disputing.must_be_open(simulator, dispute)
        disputing.move(simulator, transaction, dispute, "lost")
        return dispute.doc


def contest(simulator: "Simulator", request: Request, dispute_id: str) -> dict[str, Any]:
    """PATCH /disputes/:id/contest: a draft keeps the evidence, "submit" sends it to the bank."""
    check_id("disp", dispute_id)
    data = request.json()
    validation.refuse_extra_fields(data, CONTEST_FIELDS)
    action = data.get("action", "draft")
    if action not in ("draft", "submit"):
        raise invalid("The selected action is invalid.", field="action")
    with simulator.store.transaction() as transaction:
        dispute = transaction.must_get("dispute", dispute_id)
        disputing.must_be_open(simulator, dispute)
        evidence = dispute.doc["evidence"]
        evidence.update(_evidence(data, dispute.doc["amount"]))
        if action == "draft":
            transaction.update(dispute)
            return dispute.doc
        if not any(evidence[name] for name in disputing.PROOFS):
            raise invalid("At least one document should be provided for contesting a dispute.")
        evidence["submitted_at"] = int(simulator.now())
        disputing.move(simulator, transaction, dispute, "under_review")
        return dispute.doc


def _evidence(data: dict[str, Any], disputed: int) -> dict[str, Any]:
    """Return what a contest says; `disputed` is in paise."""
    given = {name: data[name] for name in disputing.PROOFS if name in data}
    if "amount" in data:
        given["amount"] = validation.integer(data, "amount")
        if not 0 <= given["amount"] <= disputed:
            raise invalid("contest amount cannot be greater than dispute amount.", field="amount")
    if "summary" in data:
        given["summary"] = data["summary"]
        if not isinstance(data["summary"], str) or len(data["summary"]) > LONGEST_SUMMARY:
            raise invalid(f"The summary may not be greater than {LONGEST_SUMMARY} characters.", field="summary")
    for name in disputing.PROOFS:
        if given.get(name) is not None and not isinstance(given[name], list):
            raise invalid(f"The {name.replace('_', ' ')} must be an array.", field=name)
    return given
