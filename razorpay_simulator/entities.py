"""The JSON of Razorpay's entities: the same keys and types as the samples of its API pages.

Amounts, fees and taxes are integers in paise; times are Unix seconds. Empty notes are [] as at Razorpay.
"""

from typing import Any

from razorpay_simulator.ids import digits, new_id, random_part

FEE_PERCENT = 2
GST_PERCENT = 18
OFFER_ID = "offer_Simulator00001"
# What stands for the order of a payment that has none.
NO_ORDER: dict[str, Any] = {"id": None, "amount": 0, "currency": "INR", "notes": []}
TEST_CARD = {"last4": "1111", "network": "Visa"}
ORDER_PAID_LEAVES_OUT = ("error_source", "error_step", "error_reason", "acquirer_data", "upi")


def notes_json(notes: dict[str, Any]) -> Any:
    """Return notes as Razorpay shows them: an object, or [] when there are none."""
    return notes or []


def new_order(amount: int, currency: str, receipt: str | None, notes: dict[str, Any], now: int) -> dict[str, Any]:
    """Return an order nobody has tried to pay."""
    return {
        "id": new_id("order"),
        "entity": "order",
        "amount": amount,
        "amount_paid": 0,
        "amount_due": amount,
        "currency": currency,
        "receipt": receipt,
        "offer_id": None,
        "status": "created",
        "attempts": 0,
        "notes": notes_json(notes),
        "created_at": now,
    }


def new_payment(order: dict[str, Any], details: dict[str, Any], now: int) -> dict[str, Any]:
    """Return a payment that the customer has started; `details` say how (method, vpa, bank, ...)."""
    method = details["method"]
    payment = {
        "id": new_id("pay"),
        "entity": "payment",
        "amount": details.get("amount", order["amount"]),
        "currency": order["currency"],
        "status": "created",
        "order_id": order["id"],
        "invoice_id": None,
        "international": False,
        "method": method,
        "amount_refunded": 0,
        "refund_status": None,
        "captured": False,
        "description": details.get("description"),
        "card_id": new_id("card") if method == "card" else None,
        "bank": details.get("bank", "HDFC") if method == "netbanking" else None,
        "wallet": details.get("wallet", "airtelmoney") if method == "wallet" else None,
        "vpa": details.get("vpa", "success@razorpay") if method == "upi" else None,
        "email": details.get("email", "void@razorpay.com"),
        "contact": details.get("contact", "+919999999999"),
        "notes": details.get("notes") or order["notes"],
        "fee": None,
        "tax": None,
        "error_code": None,
        "error_description": None,
        "error_source": None,
        "error_step": None,
        "error_reason": None,
        "acquirer_data": acquirer_data(method, reached_bank=False),
        "created_at": now,
    }
    if method == "upi":
        payment["upi"] = {"payer_account_type": "bank_account", "vpa": payment["vpa"], "flow": "collect"}
    return payment


def acquirer_data(method: str, *, reached_bank: bool) -> dict[str, Any]:
    """Return the bank's references: null until the bank has taken the money."""
    if method == "upi":
        if not reached_bank:
            return {"rrn": None}
        return {"rrn": digits(12), "upi_transaction_id": (random_part() + random_part()).upper()}
    name, length = {"card": ("auth_code", 6), "netbanking": ("bank_transaction_id", 7)}.get(
        method, ("transaction_id", 0)
    )
    return {name: digits(length) if reached_bank and length else None}


def card_of(payment: dict[str, Any], card: dict[str, str]) -> dict[str, Any]:
    """Return the card behind a payment: never more than the last four digits."""
    return {
        "id": payment["card_id"],
        "entity": "card",
        "name": "",
        "last4": card.get("last4", TEST_CARD["last4"]),
        "network": card.get("network", TEST_CARD["network"]),
        "type": "debit",
        "issuer": None,
        "international": False,
        "emi": False,
        "sub_type": "consumer",
        "token_iin": None,
    }


def with_card(payment: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    """Return a payment with its card inside, next to card_id, if it was made by card."""
    if payment["card_id"] is None:
        return payment
    expanded: dict[str, Any] = {}
    for name, value in payment.items():
        expanded[name] = value
        if name == "card_id":
            expanded["card"] = card_of(payment, private.get("card", {}))
    return expanded


def fee_and_tax(amount: int) -> tuple[int, int]:
    """Return Razorpay's fee (tax included) and the tax in it, both in paise."""
    fee = -(-amount * FEE_PERCENT // 100)
    tax = fee * GST_PERCENT // 100
    return fee + tax, tax


def new_refund(payment: dict[str, Any], amount: int, details: dict[str, Any], now: int) -> dict[str, Any]:
    """Return a refund of `amount` paise that the bank has taken on but not yet numbered (ARN)."""
    return {
        "id": new_id("rfnd"),
        "entity": "refund",
        "amount": amount,
        "currency": payment["currency"],
        "payment_id": payment["id"],
        "notes": notes_json(details.get("notes") or {}),
        "receipt": details.get("receipt"),
        "acquirer_data": {"arn": None},
        "created_at": now,
        "batch_id": None,
        "status": "processed",
        "speed_processed": "normal",
        "speed_requested": details.get("speed", "normal"),
    }


def refund_reference(method: str) -> dict[str, Any]:
    """Return the number by which the customer's bank knows a refund: Razorpay calls each an ARN, also UPI's RRN."""
    return {"arn": digits(12 if method == "upi" else 23)}


def collection(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a list as Razorpay shows it."""
    return {"entity": "collection", "count": len(items), "items": items}


def payment_in_event(event: str, payment: dict[str, Any], private: dict[str, Any]) -> dict[str, Any]:
    """Return a payment as the samples of that event show it: order.paid tells less, money events tell more."""
    shown = payment if event.startswith("payment.dispute.") else with_card(payment, private)
    if event == "order.paid":
        return {name: value for name, value in shown.items() if name not in ORDER_PAID_LEAVES_OUT}
    if event in {"payment.authorized", "payment.failed"}:
        return shown
    expanded: dict[str, Any] = {}
    for name, value in shown.items():
        expanded[name] = value
        if name == "currency":
            expanded["base_amount"] = payment["amount"]
        if name == "amount_refunded":
            expanded["amount_transferred"] = 0
    return expanded
