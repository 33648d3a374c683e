"""Razorpay's signatures: lower-case hex HMAC-SHA256 (Razorpay: "Verify payment signature", "Validate webhooks")."""

import hashlib
import hmac


def sign(message: bytes, secret: str) -> str:
    """Return the signature of a message."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def checkout_signature(order_id: str, payment_id: str, key_secret: str) -> str:
    """Return what checkout hands to the shop: proof that this payment belongs to this order."""
    return sign(f"{order_id}|{payment_id}".encode(), key_secret)


def webhook_signature(body: bytes, webhook_secret: str) -> str:
    """Return X-Razorpay-Signature for the raw bytes of a webhook."""
    return sign(body, webhook_secret)
