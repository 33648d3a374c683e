"""What comes in and goes out over HTTP, free of sockets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from razorpay_simulator.errors import ApiError, invalid


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The query parameters."""
        return parse_qs(self.query, keep_blank_values=True)

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON by its own word."""
        return "json" in self.headers.get("content-type", "")

    @property
    def wants_json(self) -> bool:
        """Whether the answer should be JSON."""
        return self.is_json or "json" in self.headers.get("accept", "")

    def json(self) -> dict[str, Any]:
        """Return the JSON object of the body; an empty body is an empty object."""
        if not self.body.strip():
            return {}
        try:
            found = json.loads(self.body)
        except ValueError:
            raise invalid("The request body is not valid JSON.") from None
        if not isinstance(found, dict):
            raise invalid("The request body should be a JSON object.")
        return found

    def form(self) -> dict[str, str]:
        """Return the fields of a form; the first of repeated ones counts."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    def data(self) -> dict[str, Any]:
        """Return the fields of a JSON or form body alike."""
        return self.json() if self.is_json else dict(self.form())


@dataclass(slots=True)
class Response:
    """One HTTP answer; a fault may want it sent in another manner (see sending.py) and with pauses of `seconds`."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = ""
    seconds: float = 0.0


def json_response(content: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(status, body, "application/json", {"Cache-Control": "no-store"})


def error_response(error: ApiError) -> Response:
    """Answer with Razorpay's error body."""
    response = json_response(error.body, error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Razorpay"'
    return response


def see_other(location: str) -> Response:
    """Send a browser to another page after a form."""
    return Response(303, b"", "text/plain", {"Location": location, "Cache-Control": "no-store"})
