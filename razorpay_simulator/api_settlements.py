"""Razorpay's Settlements and Downtimes APIs (razorpay.com/docs/api/settlements, .../payments/downtime)."""

import calendar
from typing import TYPE_CHECKING, Any

from razorpay_simulator import entities, settling, switches, validation
from razorpay_simulator.errors import invalid
from razorpay_simulator.ids import check_id
from razorpay_simulator.wire import Request

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

LIST_FIELDS = ("from", "to", "count", "skip")
REPORT_FIELDS = ("year", "month", "day", "count", "skip")
MOST_ROWS = 1000


def fetch(simulator: "Simulator", request: Request, settlement_id: str) -> dict[str, Any]:
    """GET /settlements/:id."""
    check_id("setl", settlement_id)
    with simulator.store.transaction() as transaction:
        return transaction.must_get("settlement", settlement_id).doc


def fetch_all(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /settlements: newest first."""
    validation.refuse_extra_fields(request.parameters, LIST_FIELDS)
    page = validation.page_of(request.parameters)
    with simulator.store.transaction() as transaction:
        page = switches.listed(transaction, simulator.now(), page)
        return entities.collection([found.doc for found in transaction.page("settlement", page)])


def report(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /settlements/recon/combined: every payment, refund and adjustment settled in a month or on a day."""
    parameters = {name: values[-1] for name, values in request.parameters.items()}
    validation.refuse_extra_fields(parameters, REPORT_FIELDS)
    year, month = validation.integer(parameters, "year"), validation.integer(parameters, "month")
    day = validation.integer(parameters, "day") if "day" in parameters else None
    if not 2000 <= year <= 2100:
        raise invalid("The year is not a valid year.", field="year")
    if not 1 <= month <= 12:
        raise invalid("The month is not a valid month.", field="month")
    if day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise invalid("The day is not a valid day.", field="day")
    count = validation.integer(parameters, "count") if "count" in parameters else MOST_ROWS
    skip = validation.integer(parameters, "skip") if "skip" in parameters else 0
    if not 1 <= count <= MOST_ROWS or skip < 0:
        raise invalid(f"The count must be between 1 and {MOST_ROWS}.", field="count")
    with simulator.store.transaction() as transaction:
        return entities.collection(settling.report(transaction, (year, month, day))[skip : skip + count])


def downtime(simulator: "Simulator", request: Request, downtime_id: str) -> dict[str, Any]:
    """GET /payments/downtimes/:id."""
    check_id("down", downtime_id)
    with simulator.store.transaction() as transaction:
        return transaction.must_get("payment.downtime", downtime_id).doc


def downtimes(simulator: "Simulator", request: Request) -> dict[str, Any]:
    """GET /payments/downtimes: those that are not over."""
    with simulator.store.transaction() as transaction:
        found = [record.doc for record in transaction.all("payment.downtime")]
    return entities.collection([doc for doc in found if doc["status"] != "resolved"])
