"""Razorpay's error bodies (razorpay.com/docs/errors and the error samples of each API page)."""

from typing import Any


class ApiError(Exception):
    """An answer that is not 2xx; `body` is the JSON object that Razorpay would send."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(error["description"])
        self.status = status
        self.error = error

    @property
    def body(self) -> dict[str, Any]:
        """The whole JSON object."""
        return {"error": self.error}


def invalid(
    description: str,
    *,
    field: str | None = None,
    reason: str = "input_validation_failed",
    metadata: dict[str, str] | None = None,
) -> ApiError:
    """Return the 400 for input that Razorpay does not accept."""
    error: dict[str, Any] = {
        "code": "BAD_REQUEST_ERROR",
        "description": description,
        "source": "business",
        "step": "payment_initiation",
        "reason": reason,
        "metadata": metadata or {},
    }
    if field:
        error["field"] = field
    return ApiError(400, error)


def refused(description: str, *, status: int = 400, code: str = "BAD_REQUEST_ERROR") -> ApiError:
    """Return an error that names no step of a payment: Razorpay fills the other fields with "NA"."""
    return ApiError(
        status,
        {"code": code, "description": description, "source": "NA", "step": "NA", "reason": "NA", "metadata": {}},
    )


def bank_refused(description: str) -> ApiError:
    """Return the 400 for what a bank does not do: here Razorpay leaves the other fields null."""
    more: dict[str, Any] = {"source": None, "step": None, "reason": None, "metadata": {}}
    return ApiError(400, {"code": "BAD_REQUEST_ERROR", "description": description, **more})


def unauthorized() -> ApiError:
    """Return the 401 for wrong keys."""
    return refused("Authentication failed", status=401)


def unknown_id() -> ApiError:
    """Return the 400 for a well-formed id of nothing."""
    return invalid("The id provided does not exist")


def not_found() -> ApiError:
    """Return the 404 for a path that does not exist."""
    return refused("The requested URL was not found on the server.", status=404)


def method_not_allowed() -> ApiError:
    """Return the 405 for a path that exists under another method."""
    return refused("The HTTP method used is not allowed on the requested URL.", status=405)


def server_error() -> ApiError:
    """Return the 500 with which Razorpay hides its own trouble."""
    text = "We are facing some trouble completing your request at the moment. Please try again shortly."
    return refused(text, status=500, code="SERVER_ERROR")
