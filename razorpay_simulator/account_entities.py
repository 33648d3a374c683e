"""The JSON of what happens around payments: disputes, outages, settlements, payment links. Amounts are paise."""

from typing import Any

from razorpay_simulator.entities import card_of
from razorpay_simulator.ids import new_id

CARD_COLUMNS = ("card_network", "card_issuer", "card_type")


def new_dispute(payment: dict[str, Any], proofs: tuple[str, ...], details: dict[str, Any], now: int) -> dict[str, Any]:
    """Return an open dispute; `details`: amount (paise), phase, reason_code, respond_by (Unix seconds)."""
    evidence = {"amount": details["amount"], "summary": None, **dict.fromkeys(proofs), "submitted_at": None}
    return {
        "id": new_id("disp"),
        "entity": "dispute",
        "payment_id": payment["id"],
        "amount": details["amount"],
        "currency": payment["currency"],
        "amount_deducted": 0,
        "reason_code": details["reason_code"],
        "respond_by": details["respond_by"],
        "status": "open",
        "phase": details["phase"],
        "created_at": now,
        "evidence": evidence,
    }


def new_downtime(method: str, instrument: dict[str, str], severity: str, scheduled: bool, now: int) -> dict[str, Any]:
    """Return an outage of a method of payment that has just begun."""
    return {
        "id": new_id("down"),
        "entity": "payment.downtime",
        "method": method,
        "begin": now,
        "end": None,
        "status": "started",
        "scheduled": scheduled,
        "severity": severity,
        "instrument": instrument,
        "instrument_schema": list(instrument),
        "created_at": now,
        "updated_at": now,
    }


def new_settlement(amount: int, utr: str, now: int) -> dict[str, Any]:
    """Return a pay-out of `amount` paise; fees and tax were taken from each payment already."""
    return {
        "id": new_id("setl"),
        "entity": "settlement",
        "amount": amount,
        "status": "processed",
        "fees": 0,
        "tax": 0,
        "utr": utr,
        "created_at": now,
    }


def settled_row(payment: Any, net: int, receipt: str | None) -> dict[str, Any]:
    """Return the report's row of a payment's record: `net` paise are credited, or debited when negative."""
    doc = payment.doc
    card = card_of(doc, payment.private.get("card", {})) if doc["card_id"] else {}
    return {
        "entity_id": payment.id,
        "type": "payment",
        "debit": max(-net, 0),
        "credit": max(net, 0),
        "amount": doc["amount"],
        "currency": doc["currency"],
        "fee": 0,
        "tax": 0,
        "on_hold": False,
        "settled": True,
        "created_at": doc["created_at"],
        "posted_at": None,
        "credit_type": "default",
        "description": doc["description"],
        "notes": doc["notes"],
        "payment_id": None,
        "order_id": doc["order_id"],
        "order_receipt": receipt,
        "method": doc["method"],
        **dict(zip(CARD_COLUMNS, (card.get("network"), card.get("issuer"), card.get("type")), strict=True)),
        "dispute_id": None,
    }


def new_payment_link(order: dict[str, Any], now: int) -> dict[str, Any]:
    """Return the payment link behind a paid order that the shop did not make."""
    return {
        "accept_partial": False,
        "amount": order["amount"],
        "amount_paid": order["amount_paid"],
        "cancelled_at": 0,
        "created_at": now,
        "currency": order["currency"],
        "customer": {"contact": "+919999999999", "email": "void@razorpay.com"},
        "description": "Payment link",
        "expire_by": 0,
        "expired_at": 0,
        "first_min_partial_amount": 0,
        "id": new_id("plink"),
        "notes": None,
        "notify": {"email": False, "sms": False, "whatsapp": False},
        "order_id": order["id"],
        "reference_id": order["receipt"] or "",
        "reminder_enable": False,
        "reminders": {"status": "failed"},
        "short_url": "https://rzp.io/rzp/simulated",
        "status": "paid",
        "updated_at": now,
        "upi_link": False,
        "user_id": "Simulator00001",
        "whatsapp_link": False,
    }
