"""The wire to Razorpay: every call ends in time, goes nowhere else, and fails as one kind of error."""

import time
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from checkout.facts import is_order_id

CONNECT_TIMEOUT = 3.05


@dataclass(eq=False)
class GatewayError(Exception):
    """A call to Razorpay that did not give a usable answer.

    `status` is the HTTP status (0 when there was none); `code`, `reason` and `field` are Razorpay's. `str()` is for
    the log, `customer_text` for the shopper. `ambiguous` tells that the call may have had its effect all the same.
    """

    detail: str
    status: int = 0
    code: str = ""
    reason: str = ""
    field: str = ""
    order_id: str = ""

    def __str__(self) -> str:
        parts = [self.detail, self.code, self.reason, self.field]
        return f"Razorpay {self.status or 'unreachable'}: " + ", ".join(part for part in parts if part)

    @property
    def ambiguous(self) -> bool:
        """Whether the call may have worked although no answer says so."""
        return self.status == 0 or self.status >= 500 or 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether Razorpay understood and said no, so that the same call will fail again."""
        return 400 <= self.status < 500 and self.status not in (401, 403, 408, 409, 429)

    @property
    def customer_text(self) -> str:
        """What the shopper is told."""
        if self.is_refusal:
            return _("Razorpay did not accept this order. Your cars are still held; please contact us.")
        return _("We cannot reach our payment partner right now. Your order is saved: please try again in a minute.")


class Session(requests.Session):
    """A `requests` session that never hangs, never follows a redirect and only returns a JSON object of a success."""

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request. Raises GatewayError."""
        kwargs["timeout"] = kwargs.get("timeout") or (CONNECT_TIMEOUT, settings.RAZORPAY_TIMEOUT)
        kwargs.update(allow_redirects=False, stream=True)
        deadline = time.monotonic() + sum(kwargs["timeout"])
        try:
            response = super().request(method, url, *args, **kwargs)
            response._content = _read(response, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise GatewayError(detail=type(error).__name__) from error
        if not 200 <= response.status_code < 300:
            raise _refusal(response)
        if not isinstance(_json(response), dict):
            raise GatewayError(detail="the answer is not a JSON object", status=response.status_code)
        return response


def _read(response: requests.Response, deadline: float) -> bytes:
    # The timeout counts anew for each read: a body that comes one byte at a time would hold the thread for ever.
    parts = []
    while part := response.raw.read1(65_536, decode_content=True):
        parts.append(part)
        if time.monotonic() > deadline:
            response.close()
            raise requests.ReadTimeout("the answer did not end in time")
    return b"".join(parts)


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _refusal(response: requests.Response) -> GatewayError:
    body = _json(response)
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    metadata = error.get("metadata")
    order_id = metadata.get("order_id") if isinstance(metadata, dict) else None
    return GatewayError(
        detail=str(error.get("description") or "no description")[:200],
        status=response.status_code,
        code=str(error.get("code") or "")[:40],
        reason=str(error.get("reason") or "")[:80],
        field=str(error.get("field") or "")[:80],
        order_id=order_id if isinstance(order_id, str) and is_order_id(order_id) else "",
    )
