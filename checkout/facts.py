"""What Razorpay says of an order or a payment, checked before anyone believes it.

Fetched entities and webhook payloads come through the same two parsers, so that both can only ever tell the same story.
"""

import re
from dataclasses import dataclass
from typing import Any

from checkout.status import PaymentStatus

# Razorpay's ids are a prefix and 14 case-sensitive alphanumerics. The SDK puts ids into URLs as they are, so that
# nothing else may pass (https://razorpay.com/docs/api/understand/).
ORDER_ID = re.compile(r"order_[A-Za-z0-9]{14}")
PAYMENT_ID = re.compile(r"pay_[A-Za-z0-9]{14}")
MAX_PAISE = 10**15


class BadFacts(ValueError):
    """An entity that does not have the shape that Razorpay documents."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """A Razorpay order. Amounts are paise."""

    order_id: str
    amount: int
    currency: str
    status: str
    amount_paid: int
    amount_due: int
    receipt: str

    @property
    def is_settled(self) -> bool:
        """Whether Razorpay holds the whole amount of this order."""
        return self.status == "paid" and self.amount_due == 0


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment at Razorpay. Amounts are paise. `order_id` is empty for a payment that was made without an order."""

    payment_id: str
    order_id: str
    status: PaymentStatus
    amount: int
    currency: str
    method: str = ""
    fee: int | None = None
    tax: int | None = None
    amount_refunded: int = 0
    error_reason: str = ""
    error_description: str = ""


def is_order_id(value: object) -> bool:
    """Tell whether `value` looks like the id of a Razorpay order."""
    return isinstance(value, str) and ORDER_ID.fullmatch(value) is not None


def is_payment_id(value: object) -> bool:
    """Tell whether `value` looks like the id of a Razorpay payment."""
    return isinstance(value, str) and PAYMENT_ID.fullmatch(value) is not None


def order_facts(entity: object) -> OrderFacts:
    """Read a Razorpay order entity. Raises BadFacts."""
    data = _entity(entity, "order")
    if not is_order_id(data.get("id")):
        raise BadFacts("order id is malformed")
    return OrderFacts(
        order_id=data["id"],
        amount=_paise(data, "amount"),
        currency=_currency(data),
        status=_text(data, "status", 20),
        amount_paid=_paise(data, "amount_paid", default=0),
        amount_due=_paise(data, "amount_due", default=0),
        receipt=_text(data, "receipt", 40),
    )


def payment_facts(entity: object) -> PaymentFacts:
    """Read a Razorpay payment entity. Raises BadFacts. `captured` is not read: samples have it true on failed ones."""
    data = _entity(entity, "payment")
    if not is_payment_id(data.get("id")):
        raise BadFacts("payment id is malformed")
    order_id = data.get("order_id") or ""
    if order_id and not is_order_id(order_id):
        raise BadFacts("order id of the payment is malformed")
    status = data.get("status")
    if status not in PaymentStatus.values:
        raise BadFacts("payment status is unknown")
    amount = _paise(data, "amount")
    amount_refunded = _paise(data, "amount_refunded", default=0)
    if amount_refunded > amount:
        raise BadFacts("more refunded than paid")
    return PaymentFacts(
        payment_id=data["id"],
        order_id=order_id,
        status=PaymentStatus(status),
        amount=amount,
        currency=_currency(data),
        method=_text(data, "method", 20),
        fee=_optional_paise(data, "fee"),
        tax=_optional_paise(data, "tax"),
        amount_refunded=amount_refunded,
        error_reason=_text(data, "error_reason", 80),
        error_description=_text(data, "error_description", 255),
    )


def _entity(value: object, kind: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("entity", kind) != kind:
        raise BadFacts(f"not a Razorpay {kind}")
    return value


def _paise(data: dict[str, Any], name: str, default: int | None = None) -> int:
    value = data.get(name, default)
    if value is None and default is not None:
        value = default
    # JSON's true is an int in Python and must not become one paisa.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_PAISE:
        raise BadFacts(f"{name} is not a whole number of paise")
    return value


def _optional_paise(data: dict[str, Any], name: str) -> int | None:
    return None if data.get(name) is None else _paise(data, name)


def _currency(data: dict[str, Any]) -> str:
    value = data.get("currency")
    if not isinstance(value, str) or re.fullmatch(r"[A-Z]{3}", value) is None:
        raise BadFacts("currency is malformed")
    return value


def _text(data: dict[str, Any], name: str, length: int) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        return ""
    # PostgreSQL stores neither NUL nor lone surrogates.
    clean = value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return clean[:length]
