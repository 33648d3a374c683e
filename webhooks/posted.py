"""What a browser posts about a payment, read so that nothing a stranger makes up ends in anything but 400."""

import json
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

FIELDS = ("razorpay_order_id", "razorpay_payment_id", "razorpay_signature")
# Three short values and an error message of Razorpay's fit many times.
MAX_POSTED = 100_000
MAX_DISCARDED = 8_000_000


def proof(request: HttpRequest) -> dict[str, Any]:
    """Return order id, payment id and signature as they were posted, form or JSON; what is not there once is None."""
    if request.content_type == "application/json":
        values = _from_json(request)
    else:
        posted = form(request)
        values = {name: posted.get(name) for name in FIELDS if len(posted.getlist(name)) == 1}
    return {name: values.get(name) for name in FIELDS}


def form(request: HttpRequest) -> QueryDict:
    """Return the fields of a posted form, and none when it is too large or broken."""
    if _is_too_large(request):
        return QueryDict()
    try:
        return request.POST
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return QueryDict()


def read(request: HttpRequest, limit: int) -> bytes | None:
    """Return the raw body, or None above the limit. More is read and discarded, so that the sender gets the answer."""
    body = request.read(limit + 1)
    if len(body) <= limit:
        return body
    left = MAX_DISCARDED - len(body)
    while left > 0 and (chunk := request.read(min(left, 65_536))):
        left -= len(chunk)
    return None


def _is_too_large(request: HttpRequest) -> bool:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and int(length) <= MAX_POSTED:
        return False
    read(request, MAX_POSTED)
    return True


def _from_json(request: HttpRequest) -> dict[str, Any]:
    body = read(request, MAX_POSTED)
    try:
        values = json.loads(body or b"", object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name twice")
    return values
