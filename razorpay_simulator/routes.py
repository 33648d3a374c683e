"""Which part of the program answers which address."""

from importlib import resources
from typing import TYPE_CHECKING

from razorpay_simulator import checkout, control, gate, hosted
from razorpay_simulator.errors import ApiError, not_found
from razorpay_simulator.wire import Request, Response, error_response, see_other

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

ASSETS = resources.files("razorpay_simulator") / "assets"
SCRIPT = "text/javascript; charset=utf-8"
STATIC = {
    "/v1/checkout.js": ("checkout.js", SCRIPT),
    "/v1/checkout/assets/window.js": ("window.js", SCRIPT),
    "/v1/checkout/assets/submit.js": ("submit.js", SCRIPT),
    "/v1/checkout/assets/window.css": ("window.css", "text/css; charset=utf-8"),
    "/_simulator/control.css": ("control.css", "text/css; charset=utf-8"),
}


def answer(simulator: "Simulator", request: Request) -> Response:
    """Answer any request."""
    path = request.path
    if path in STATIC and request.method == "GET":
        return static(*STATIC[path])
    if path == "/":
        return see_other("/_simulator/")
    try:
        if path.startswith("/_simulator/"):
            return control.answer(simulator, request)
        if path.startswith("/v1/checkout/embedded"):
            return hosted.answer(simulator, request)
        if path.startswith("/v1/checkout/"):
            return checkout.answer(simulator, request)
        if path.startswith("/v1/"):
            return gate.answer(simulator, request)
        raise not_found()
    except ApiError as error:
        return error_response(error)


def static(name: str, content_type: str) -> Response:
    """Answer with a file of the program; any site may load it."""
    headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
    headers["Access-Control-Allow-Origin"] = "*"
    return Response(200, (ASSETS / name).read_bytes(), content_type, headers)
