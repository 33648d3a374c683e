"""The one place where each API call passes: keys, path, effect, answer."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from razorpay_simulator import (
    api_disputes,
    api_orders,
    api_payments,
    api_refunds,
    api_settlements,
    faults,
    misbehaving,
    timers,
)
from razorpay_simulator.errors import ApiError, method_not_allowed, not_found, unauthorized
from razorpay_simulator.wire import Request, Response, error_response, json_response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

Action = Callable[..., dict[str, Any]]

ROUTES: tuple[tuple[str, str, Action], ...] = (
    ("POST", "/v1/orders", api_orders.create),
    ("GET", "/v1/orders", api_orders.fetch_all),
    ("GET", "/v1/orders/:id", api_orders.fetch),
    ("PATCH", "/v1/orders/:id", api_orders.update),
    ("GET", "/v1/orders/:id/payments", api_orders.payments),
    ("GET", "/v1/payments", api_payments.fetch_all),
    ("GET", "/v1/payments/downtimes", api_settlements.downtimes),
    ("GET", "/v1/payments/downtimes/:id", api_settlements.downtime),
    ("GET", "/v1/payments/:id", api_payments.fetch),
    ("PATCH", "/v1/payments/:id", api_payments.update),
    ("POST", "/v1/payments/:id/capture", api_payments.capture),
    ("POST", "/v1/payments/:id/refund", api_refunds.create),
    ("GET", "/v1/payments/:id/refunds", api_refunds.for_payment),
    ("GET", "/v1/payments/:id/refunds/:id", api_refunds.fetch_for_payment),
    ("POST", "/v1/refunds", api_refunds.create_by_body),
    ("GET", "/v1/refunds", api_refunds.fetch_all),
    ("GET", "/v1/refunds/:id", api_refunds.fetch),
    ("PATCH", "/v1/refunds/:id", api_refunds.update),
    ("GET", "/v1/settlements", api_settlements.fetch_all),
    ("GET", "/v1/settlements/recon/combined", api_settlements.report),
    ("GET", "/v1/settlements/:id", api_settlements.fetch),
    ("GET", "/v1/disputes", api_disputes.fetch_all),
    ("GET", "/v1/disputes/:id", api_disputes.fetch),
    ("POST", "/v1/disputes/:id/accept", api_disputes.accept),
    ("PATCH", "/v1/disputes/:id/contest", api_disputes.contest),
)
PATTERNS = tuple((method, re.compile(path.replace(":id", "([^/]+)")), action) for method, path, action in ROUTES)


def answer(simulator: "Simulator", request: Request) -> Response:
    """Answer one API call, or let it go wrong as a fault wants it."""
    timers.run_due(simulator)
    call = f"{request.method} {request.path.rstrip('/')}"
    with simulator.store.transaction() as transaction:
        fault = faults.take(transaction, call)
    response = misbehaving.answer(fault, lambda: act(simulator, request))
    kind = fault.kind if fault else None
    simulator.calls.append({"call": call, "at": simulator.now(), "status": response.status, "fault": kind})
    if request.method != "GET":
        simulator.courier.wake()
    return response


def act(simulator: "Simulator", request: Request) -> Response:
    """Do what a call asks for, and answer rightly."""
    try:
        authenticate(simulator, request)
        action, ids = find(request)
        return json_response(action(simulator, request, *ids))
    except ApiError as error:
        return error_response(error)


def authenticate(simulator: "Simulator", request: Request) -> None:
    """Check HTTP Basic: the key id is the user, the key secret the password."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise unauthorized() from None
    expected = f"{simulator.config.key_id}:{simulator.config.key_secret}".encode()
    if scheme.lower() != "basic" or not hmac.compare_digest(given, expected):
        raise unauthorized()


def find(request: Request) -> tuple[Action, tuple[str, ...]]:
    """Return what a path stands for and the ids in it."""
    wrong_method = False
    for method, pattern, action in PATTERNS:
        match = pattern.fullmatch(request.path.rstrip("/"))
        if match and method == request.method:
            return action, match.groups()
        wrong_method = wrong_method or match is not None
    raise method_not_allowed() if wrong_method else not_found()
