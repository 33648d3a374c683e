"""How an API call goes wrong: instead of the effect, or after it and only in the answer."""

import json
from collections.abc import Callable

from razorpay_simulator.errors import refused, server_error
from razorpay_simulator.faults import Fault
from razorpay_simulator.wire import Response, error_response, json_response

AFTER = "_after"
DONE_FIRST = {"truncated", "wrong_schema", "slow", "delay"}
# What the socket does with an answer, by the kind of fault.
MANNERS = {"timeout": "hang", "reset": "reset", "truncated": "truncate", "slow": "drip", "delay": "wait"}
BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>\r\n"
)
LOGIN_PAGE = (
    b"<!doctype html><html><head><title>Welcome</title></head><body>Please sign in to this network.</body></html>"
)
TOO_MANY = "Request failed. Please try after sometime."
IN_PROGRESS = "Request failed because another request is in progress. Please try again."
REDIRECTED = "/v1/redirected"


def answer(fault: Fault | None, act: Callable[[], Response]) -> Response:
    """Answer as a fault wants it; `act` does what was asked for and gives the right answer."""
    if fault is None:
        return act()
    base = fault.kind.removesuffix(AFTER).removesuffix("_before")
    right = act() if fault.kind.endswith(AFTER) or base in DONE_FIRST else None
    response = _wrong(base, right)
    response.manner = MANNERS.get(base, "")
    response.seconds = fault.seconds
    return response


def _wrong(base: str, right: Response | None) -> Response:
    if base in REFUSALS:
        return REFUSALS[base]()
    if base == "wrong_schema" and right is not None:
        return json_response({"success": True, "data": json.loads(right.body)}, right.status)
    return right or error_response(server_error())


def _redirect() -> Response:
    return Response(302, b"", "text/html", {"Location": REDIRECTED})


REFUSALS: dict[str, Callable[[], Response]] = {
    "rate_limited": lambda: error_response(refused(TOO_MANY, status=429)),
    "conflict": lambda: error_response(refused(IN_PROGRESS, status=409)),
    "server_error": lambda: error_response(server_error()),
    "bad_gateway": lambda: Response(502, BAD_GATEWAY, "text/html"),
    "empty": lambda: Response(500, b"", "application/json"),
    "html": lambda: Response(200, LOGIN_PAGE, "text/html; charset=utf-8"),
    "redirect": _redirect,
}
