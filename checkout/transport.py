"""The wire to Razorpay: every call ends in time, goes nowhere else, and fails as one kind of error.

However badly Razorpay answers, some threads of each web process stay free for the shop's pages.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from checkout.facts import is_order_id

CONNECT_TIMEOUT = 3.05
# The code of an answer that is JSON and yet not what was asked for.
WRONG_ANSWER = "WRONG_ANSWER"
# What Razorpay's answers never reach.
MAX_ANSWER = 10_000_000
# Calls take a moment. Nobody queues behind one that has taken longer already.
LATE = 1.5
# With less time than this no answer is worth waiting for.
LEAST = 0.1
_local = threading.local()


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
        return 400 <= self.status < 500 and not self.is_about_our_key and self.status not in (408, 409, 429)

    @property
    def is_about_our_key(self) -> bool:
        """Whether Razorpay does not let the shop in, so that no call of anybody works."""
        return self.status in (401, 403)

    @property
    def is_known_receipt(self) -> bool:
        """Whether Razorpay refuses to make a second order with a receipt, which some accounts do."""
        return self.status == 400 and bool(self.order_id or "receipt" in self.detail.lower())

    @property
    def customer_text(self) -> str:
        """What the shopper is told."""
        if self.is_about_our_key:
            return _(
                "Payments are out of order right now. Your order is saved and we have been told: please come back."
            )
        if self.is_refusal and self.field == "amount":
            return _("Our payment partner does not take an amount like this in one payment. Please contact us.")
        if self.is_refusal:
            return _("Razorpay did not accept this order. Your cars are still held; please contact us.")
        return _("We cannot reach our payment partner right now. Your order is saved: please try again in a minute.")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give all calls of the block, and of what it calls, so many seconds together; a block inside cannot give more.

    A call for which no time is left raises GatewayError and is not made.
    """
    before = getattr(_local, "deadline", math.inf)
    _local.deadline = min(before, time.monotonic() + seconds)
    try:
        yield
    finally:
        _local.deadline = before


def seconds_left() -> float:
    """Return how many seconds this thread may still spend on Razorpay."""
    left: float = getattr(_local, "deadline", math.inf) - time.monotonic()
    return left


class Places:
    """How many threads of this process may wait for Razorpay at once; a thread that takes two has one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._since: dict[int, float] = {}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a place while the block lasts. Raises GatewayError when all are held by calls that are late."""
        me = threading.get_ident()
        if me in self._since:
            yield
            return
        self._take(me)
        try:
            yield
        finally:
            with self._changed:
                del self._since[me]
                self._changed.notify()

    def _take(self, me: int) -> None:
        with self._changed:
            while len(self._since) >= settings.RAZORPAY_PLACES:
                left = min(min(self._since.values()) + LATE - time.monotonic(), seconds_left())
                if left <= 0:
                    raise _busy("too many calls are waiting for Razorpay")
                self._changed.wait(left)
            self._since[me] = time.monotonic()


places = Places()


class Session(requests.Session):
    """A `requests` session that never hangs, never follows a redirect and only returns a JSON object of a success."""

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request, with at most `RAZORPAY_TIMEOUT` seconds for all of it. Raises GatewayError."""
        try:
            with places.taken():
                seconds = min(settings.RAZORPAY_TIMEOUT, seconds_left())
                if seconds < LEAST:
                    raise _busy("no time is left for this call")
                response = _in_time(seconds, lambda: self._send_and_read(seconds, method, url, *args, **kwargs))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise GatewayError(detail=type(error).__name__) from error
        if not 200 <= response.status_code < 300:
            raise _refusal(response)
        if not isinstance(_json(response), dict):
            raise GatewayError(detail="the answer is not a JSON object", status=response.status_code)
        return response

    def _send_and_read(self, seconds: float, *args: Any, **kwargs: Any) -> requests.Response:
        deadline = time.monotonic() + seconds
        kwargs.update(allow_redirects=False, stream=True, timeout=(min(CONNECT_TIMEOUT, seconds), seconds))
        response = super().request(*args, **kwargs)
        response._content = _read(response, deadline)
        return response


def _in_time(seconds: float, call: Callable[[], requests.Response]) -> requests.Response:
    """Make a call in a thread of its own: looking a name up and reading headers have no end that could be set."""
    outcome: Future[requests.Response] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        # Whatever it is, it belongs to the thread that waits.
        except BaseException as error:  # noqa: BLE001 (see above)
            outcome.set_exception(error)

    threading.Thread(target=run, name="razorpay", daemon=True).start()
    try:
        return outcome.result(seconds)
    except TimeoutError as error:
        raise requests.Timeout from error


def _read(response: requests.Response, deadline: float) -> bytes:
    # The timeout counts anew for each read: a body that comes one byte at a time would go on for ever.
    parts = []
    left = MAX_ANSWER
    while part := response.raw.read1(65_536, decode_content=True):
        parts.append(part)
        left -= len(part)
        if time.monotonic() > deadline or left < 0:
            response.close()
            raise requests.ReadTimeout("the answer did not end")
    return b"".join(parts)


def _busy(detail: str) -> GatewayError:
    return GatewayError(detail=detail, status=429, code="SHOP_BUSY")


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
