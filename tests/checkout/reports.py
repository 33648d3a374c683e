"""What Razorpay reports, made up and signed as it would: webhook bodies, headers, and the window's three values."""

import hashlib
import hmac
import json
import os
from typing import Any

from django.test import Client

from checkout.models import RazorpayOrder
from tests.programs import Simulator

KEY_SECRET = os.environ["RAZORPAY_KEY_SECRET"]
WEBHOOK_SECRET = os.environ["RAZORPAY_WEBHOOK_SECRET"]
PAYMENT_ID = "pay_Aa1Bb2Cc3Dd4Ee"


def payment_entity(attempt: RazorpayOrder, *, status: str = "captured", **changes: Any) -> dict[str, Any]:
    """Return a payment of the whole amount of an attempt, with the keys that Razorpay's payments have."""
    return {
        "id": PAYMENT_ID,
        "entity": "payment",
        "amount": attempt.amount,
        "currency": "INR",
        "status": status,
        "order_id": attempt.razorpay_order_id,
        "method": "upi",
        "amount_refunded": 0,
        "captured": status == "captured",
        "vpa": "asha@okaxis",
        "email": "asha@example.in",
        "contact": "+919876543210",
        "notes": [],
        "fee": None,
        "tax": None,
        "error_code": None,
        "error_description": None,
        "error_reason": None,
        "created_at": 1_795_400_000,
        **changes,
    }


def order_entity(attempt: RazorpayOrder, *, status: str = "paid", **changes: Any) -> dict[str, Any]:
    """Return the Razorpay order of an attempt."""
    paid = attempt.amount if status == "paid" else 0
    return {
        "id": attempt.razorpay_order_id,
        "entity": "order",
        "amount": attempt.amount,
        "amount_paid": paid,
        "amount_due": attempt.amount - paid,
        "currency": "INR",
        "receipt": attempt.receipt,
        "status": status,
        "attempts": 1,
        "notes": [],
        "created_at": 1_795_400_000,
        **changes,
    }


def refund_entity(payment_id: str, *, amount: int, status: str = "processed", **changes: Any) -> dict[str, Any]:
    """Return a refund of `amount` paise of a payment."""
    return {
        "id": "rfnd_Aa1Bb2Cc3Dd4Ee",
        "entity": "refund",
        "amount": amount,
        "currency": "INR",
        "payment_id": payment_id,
        "notes": [],
        "receipt": None,
        "acquirer_data": {"arn": None},
        "created_at": 1_795_400_100,
        "batch_id": None,
        "status": status,
        "speed_processed": "normal",
        "speed_requested": "normal",
        **changes,
    }


def dispute_entity(payment_id: str, *, status: str = "open", amount: int = 39_000, **changes: Any) -> dict[str, Any]:
    """Return a dispute of a payment."""
    return {
        "id": "disp_Aa1Bb2Cc3Dd4Ee",
        "entity": "dispute",
        "payment_id": payment_id,
        "amount": amount,
        "currency": "INR",
        "amount_deducted": amount if status == "lost" else 0,
        "reason_code": "goods_not_received",
        "respond_by": 1_796_000_000,
        "status": status,
        "phase": "chargeback",
        "created_at": 1_795_500_000,
        "evidence": {},
        **changes,
    }


def event(name: str, /, **entities: dict[str, Any]) -> bytes:
    """Return the body of a webhook."""
    return json.dumps(
        {
            "entity": "event",
            "account_id": "acc_Simulator00001",
            "event": name,
            "contains": list(entities),
            "payload": {kind: {"entity": entity} for kind, entity in entities.items()},
            "created_at": 1_795_400_001,
        }
    ).encode()


def signature(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    """Sign a webhook."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def deliver(
    body: bytes, *, client: Client | None = None, event_id: str = "evt1", headers: dict[str, str] | None = None
) -> int:
    """Post a webhook as Razorpay does and return the status; `headers` replace or add to its own."""
    sent = {"X-Razorpay-Signature": signature(body), "X-Razorpay-Event-Id": event_id, **(headers or {})}
    response = (client or Client(enforce_csrf_checks=True)).post(
        "/webhooks/razorpay/", body, content_type="application/json", headers=sent
    )
    return int(response.status_code)


def triple(order_id: str, payment_id: str = PAYMENT_ID, secret: str = KEY_SECRET) -> dict[str, str]:
    """Return the three values that the window hands to the browser."""
    signed = hmac.new(secret.encode(), f"{order_id}|{payment_id}".encode(), hashlib.sha256).hexdigest()
    return {"razorpay_order_id": order_id, "razorpay_payment_id": payment_id, "razorpay_signature": signed}


def pay(simulator: Simulator, order_id: str, outcome: str = "success") -> dict[str, str]:
    """Pay at the pretend Razorpay and return the three values that its window hands to the browser."""
    answer = simulator.control("pay", order_id=order_id, outcome=outcome)
    return {name: answer[name] for name in ("razorpay_order_id", "razorpay_payment_id", "razorpay_signature")}
