"""Checks of what the shop sends, with Razorpay's texts (API pages of orders, payments, refunds; error index)."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from razorpay_simulator.errors import invalid
from razorpay_simulator.store import Page

MAX_NOTES = 15
MAX_NOTE_LENGTH = 256
MAX_RECEIPT_LENGTH = 40
MAX_COUNT = 100
MIN_INR_PAISE = 100
CURRENCIES = frozenset({"INR", "USD", "EUR", "GBP", "SGD", "AED", "AUD", "CAD", "JPY", "KWD", "BHD", "OMR"})
THREE_DECIMALS = frozenset({"KWD", "BHD", "OMR"})


def refuse_extra_fields(sent: Collection[str], known: Collection[str]) -> None:
    """Razorpay refuses what it does not know (error index: extra_field_sent)."""
    extra = [name for name in sent if name not in known]
    if extra:
        text = f"{', '.join(extra)} is/are not required and should not be sent"
        raise invalid(text, reason="extra_field_sent", field=extra[0])


def integer(data: Mapping[str, Any], name: str) -> int:
    """Return a required whole number; digits in a string count, as they do at Razorpay."""
    value = data.get(name)
    if value is None or value == "":
        raise invalid(f"The {name} field is required.", field=name)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value, re.ASCII):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(f"The {name} must be an integer.", field=name)
    return value


def money(data: Mapping[str, Any], currency: str, maximum: int) -> int:
    """Return the amount in the smallest unit (paise); `maximum` is in paise too."""
    amount = integer(data, "amount")
    if amount < (MIN_INR_PAISE if currency == "INR" else 1):
        raise invalid(f"The amount must be at least {currency} 1.00", field="amount")
    if amount > maximum:
        raise invalid("Amount exceeds maximum amount allowed.", field="amount")
    if currency in THREE_DECIMALS and amount % 10:
        raise invalid("The amount must end in 0 for a currency with three decimals.", field="amount")
    return amount


def currency_code(data: Mapping[str, Any], default: str | None = None) -> str:
    """Return the ISO 4217 code."""
    value = data.get("currency", default)
    if value is None or value == "":
        raise invalid("The currency field is required.", field="currency")
    if not isinstance(value, str) or value not in CURRENCIES:
        raise invalid("Currency is not supported", field="currency")
    return value


def receipt_text(data: Mapping[str, Any]) -> str | None:
    """Return the receipt, at most 40 characters."""
    value = data.get("receipt")
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise invalid("The receipt must be a string.", field="receipt")
    if len(value) > MAX_RECEIPT_LENGTH:
        raise invalid(f"The receipt may not be greater than {MAX_RECEIPT_LENGTH} characters.", field="receipt")
    return value


def notes_object(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notes: at most 15 pairs, each value at most 256 characters."""
    value = data.get("notes")
    if value is None or value == [] or value == {}:
        return {}
    if not isinstance(value, dict):
        raise invalid("The notes must be an array.", field="notes")
    if len(value) > MAX_NOTES:
        text = f"The number of fields in notes should be less than or equal to {MAX_NOTES}"
        raise invalid(text, field="notes")
    for name, text in value.items():
        _check_note(name, text)
    return value


def _check_note(name: str, value: Any) -> None:
    if value is not None and not isinstance(value, str | int | float):
        raise invalid("Notes values should be strings or numbers.", field="notes")
    if len(name) > MAX_NOTE_LENGTH or len(str(value)) > MAX_NOTE_LENGTH:
        raise invalid(f"Notes value cannot be longer than {MAX_NOTE_LENGTH} characters.", field="notes")


def required_notes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notes of an update, the one thing that an update can change."""
    refuse_extra_fields(data, {"notes"})
    if "notes" not in data:
        raise invalid("The notes field is required.", field="notes")
    return notes_object(data)


def page_of(parameters: Mapping[str, list[str]]) -> Page:
    """Return which part of a list is asked for: from, to (Unix seconds), count (1 to 100, default 10) and skip."""
    flat = {name: values[-1] for name, values in parameters.items()}
    count = integer(flat, "count") if "count" in flat else 10
    skip = integer(flat, "skip") if "skip" in flat else 0
    if not 1 <= count <= MAX_COUNT:
        bound = "at least 1" if count < 1 else f"less than or equal to {MAX_COUNT}"
        raise invalid(f"The count must be {bound}.", field="count")
    if not 0 <= skip < 2**62:
        raise invalid("The skip must be at least 0.", field="skip")
    times = [integer(flat, name) if name in flat else None for name in ("from", "to")]
    for name, time in zip(("from", "to"), times, strict=True):
        if time is not None and not 0 <= time <= 4765046400:
            raise invalid(f"{name} must be between 946684800 and 4765046400", field=name)
    return Page(times[0], times[1], count, skip)


def expansions(parameters: Mapping[str, list[str]], known: Collection[str]) -> set[str]:
    """Return what expand[] asks for."""
    wanted = set(parameters.get("expand[]", []) + parameters.get("expand", []))
    for name in wanted:
        if name not in known:
            raise invalid(f"{name} is not a valid expand value.", field="expand")
    return wanted
