"""The only door to the Razorpay SDK.

The SDK has no timeouts, follows redirects, prints, and throws away everything of an error but its text. So it is given
the session of `checkout.transport`, which raises `GatewayError` before the SDK sees a failure.
"""

import hashlib
import hmac
import re
import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

import razorpay
from django.conf import settings

from checkout.facts import (
    BadFacts,
    DisputeFacts,
    OrderFacts,
    Page,
    PaymentFacts,
    RefundFacts,
    dispute_facts,
    is_dispute_id,
    is_order_id,
    is_payment_id,
    is_refund_id,
    order_facts,
    payment_facts,
    read_page,
    refund_facts,
)
from checkout.transport import WRONG_ANSWER as WRONG_ANSWER
from checkout.transport import GatewayError as GatewayError
from checkout.transport import Session

HEX_SHA256 = re.compile(r"[0-9a-f]{64}")
_local = threading.local()
Facts = TypeVar("Facts")


class Unreadable(GatewayError):
    """A list of payments of which only a part can be read: that part is `readable`."""

    def __init__(self, page: Page[PaymentFacts]) -> None:
        detail = "; ".join(f"{name}: {reason}" for name, reason in page.unreadable.items())
        super().__init__(detail, status=200, code=WRONG_ANSWER)
        self.readable = page.found


def create_order(*, amount: int, receipt: str, notes: Mapping[str, str]) -> OrderFacts:
    """Create a Razorpay order of `amount` paise in INR that captures by itself. Raises GatewayError.

    Not safe to repeat after an unknown answer: look the receipt up first (https://razorpay.com/docs/api/orders/create/).
    """
    if not (len(receipt) <= 40 and len(notes) <= 15 and all(len(value) <= 256 for value in notes.values())):
        raise ValueError("A receipt has at most 40 characters, notes at most 15 values of 256.")
    data = {
        "amount": amount,
        "currency": "INR",
        "receipt": receipt,
        "notes": dict(notes),
        "payment_capture": 1,
    }
    return _read(order_facts, _client().order.create(data))


def fetch_order(order_id: str) -> OrderFacts:
    """Fetch one Razorpay order. Raises GatewayError."""
    _require(is_order_id(order_id))
    return _read(order_facts, _client().order.fetch(order_id))


def find_orders(receipt: str) -> list[OrderFacts]:
    """Return the Razorpay orders with exactly this receipt. Raises GatewayError."""
    answer = _client().order.all({"receipt": receipt, "count": 100})
    found = [_read(order_facts, item) for item in _items(answer)]
    return [facts for facts in found if facts.receipt == receipt]


def fetch_order_payments(order_id: str) -> list[PaymentFacts]:
    """Return every payment attempt on a Razorpay order, failed ones too.

    Raises GatewayError, and as Unreadable when some of them cannot be read.
    """
    _require(is_order_id(order_id))
    page = read_page(payment_facts, _items(_client().order.payments(order_id)))
    if page.unreadable:
        raise Unreadable(page)
    return page.found


def fetch_payment(payment_id: str) -> PaymentFacts:
    """Fetch one payment. Raises GatewayError."""
    _require(is_payment_id(payment_id))
    return _read(payment_facts, _client().payment.fetch(payment_id))


def list_payments(*, since: int, until: int, skip: int = 0) -> Page[PaymentFacts]:
    """Return up to 100 payments created between two Unix times. Raises GatewayError."""
    answer = _client().payment.all({"from": since, "to": until, "count": 100, "skip": skip})
    return read_page(payment_facts, _items(answer))


def refund(payment_id: str, *, amount: int, key: str, notes: Mapping[str, str]) -> RefundFacts:
    """Refund `amount` paise of a captured payment. Raises GatewayError.

    Safe to repeat with the same `key` and the same amount and notes: Razorpay then answers with the same refund
    (https://razorpay.com/docs/api/refunds/normal-refunds-idempotent/).
    """
    _require(is_payment_id(payment_id))
    data = {"amount": amount, "speed": "normal", "notes": dict(notes), "receipt": key[:40]}
    headers = {"X-Refund-Idempotency": key}
    return _read(refund_facts, _client().payment.refund(payment_id, data, headers=headers))


def fetch_refund(refund_id: str) -> RefundFacts:
    """Fetch one refund. Raises GatewayError."""
    _require(is_refund_id(refund_id))
    return _read(refund_facts, _client().refund.fetch(refund_id))


def fetch_payment_refunds(payment_id: str) -> list[RefundFacts]:
    """Return the refunds of one payment, whoever asked for them. Raises GatewayError."""
    _require(is_payment_id(payment_id))
    answer = _client().payment.fetch_multiple_refund(payment_id, {"count": 100})
    return [_read(refund_facts, item) for item in _items(answer)]


def list_refunds(*, since: int, until: int, skip: int = 0) -> Page[RefundFacts]:
    """Return up to 100 refunds made between two Unix times. Raises GatewayError."""
    answer = _client().refund.all({"from": since, "to": until, "count": 100, "skip": skip})
    return read_page(refund_facts, _items(answer))


def fetch_dispute(dispute_id: str) -> DisputeFacts:
    """Fetch one dispute. Raises GatewayError."""
    _require(is_dispute_id(dispute_id))
    return _read(dispute_facts, _client().dispute.fetch(dispute_id))


def list_disputes(*, since: int, until: int, skip: int = 0) -> Page[DisputeFacts]:
    """Return up to 100 disputes opened between two Unix times. Raises GatewayError."""
    answer = _client().dispute.all({"from": since, "to": until, "count": 100, "skip": skip})
    return read_page(dispute_facts, _items(answer))


def settlement_report(day: date) -> list[dict[str, Any]]:
    """Return the rows of Razorpay's settlement report of a day. Raises GatewayError."""
    rows: list[dict[str, Any]] = []
    while True:
        query = {"year": day.year, "month": day.month, "day": day.day, "count": 100, "skip": len(rows)}
        page = _items(_client().settlement.report(query))
        rows += [row for row in page if isinstance(row, dict)]
        if len(page) < 100:
            return rows


def capture(payment_id: str, *, amount: int, currency: str) -> PaymentFacts:
    """Capture an authorized payment of `amount` paise. On any error the payment is fetched and its status believed."""
    _require(is_payment_id(payment_id))
    try:
        # A fresh dict each time: the SDK writes the amount into the dict that it is given.
        data = {"currency": currency}
        return _read(payment_facts, _client().payment.capture(payment_id, amount, data))
    except GatewayError:
        return fetch_payment(payment_id)


def check_key() -> None:
    """Ask Razorpay for one order, whichever it is: an answer means that key id and secret work. Raises GatewayError."""
    _items(_client().order.all({"count": 1}))


def checkout_signature_is_valid(*, order_id: str, payment_id: str, signature: object, key_id: str) -> bool:
    """Check the signature that Razorpay's window hands to the browser, with the secret of the order's own key.

    https://razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps/
    """
    if not (is_order_id(order_id) and is_payment_id(payment_id)):
        return False
    secret = secrets_by_key().get(key_id, "")
    return _hmac_matches(f"{order_id}|{payment_id}".encode(), signature, secret)


def webhook_signature_is_valid(body: bytes, signature: object) -> bool:
    """Check a webhook's signature over its raw bytes with the current and the previous secrets.

    https://razorpay.com/docs/webhooks/validate-test/
    """
    matches = [_hmac_matches(body, signature, secret) for secret in settings.RAZORPAY_WEBHOOK_SECRETS]
    return any(matches)


def secrets_by_key() -> dict[str, str]:
    """Return the secret of each key id that the shop knows, the current and the previous ones."""
    return {**settings.RAZORPAY_PREVIOUS_KEYS, settings.RAZORPAY_KEY_ID: settings.RAZORPAY_KEY_SECRET}


def _hmac_matches(message: bytes, signature: object, secret: str) -> bool:
    # An empty secret would let anybody sign, and compare_digest raises on text that is not ASCII.
    if not secret or not isinstance(signature, str) or HEX_SHA256.fullmatch(signature) is None:
        return False
    expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _client() -> Any:
    # The SDK's client shares one session and some default dicts, which is why each thread has its own.
    identity = (settings.RAZORPAY_API_URL, settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET)
    if not all(identity):
        raise GatewayError(detail="RAZORPAY_KEY_ID or RAZORPAY_KEY_SECRET is not set", status=401)
    if getattr(_local, "identity", None) != identity:
        url, key_id, secret = identity
        _local.client = razorpay.Client(session=Session(), auth=(key_id, secret), base_url=url)
        _local.identity = identity
    return _local.client


def _require(is_valid: bool) -> None:
    if not is_valid:
        raise GatewayError(detail="malformed id", status=400)


def _read(facts: Callable[[object], Facts], entity: object) -> Facts:
    try:
        return facts(entity)
    except BadFacts as error:
        raise GatewayError(detail=str(error), status=200, code=WRONG_ANSWER) from error


def _items(answer: Any) -> list[Any]:
    items = answer.get("items")
    if not isinstance(items, list):
        raise GatewayError(detail="the answer has no list of items", status=200, code=WRONG_ANSWER)
    return items
