"""What the control room is told: JSON has types, forms have text, and an empty field of a form is none."""

import math
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from razorpay_simulator.errors import invalid

LONGEST_SECONDS = 366 * 86400.0


def given(data: Mapping[str, Any], name: str) -> bool:
    """Return whether a field says anything."""
    return data.get(name) not in (None, "")


def refuse_unknown(data: Mapping[str, Any], known: Collection[str]) -> None:
    """Tell a misspelt field instead of doing nothing."""
    for name in data:
        if name not in known:
            raise invalid(f"{name} is none of {', '.join(known)}.", field=name)


def text(data: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return a text."""
    return str(data[name]).strip() if given(data, name) else default


def choice(data: Mapping[str, Any], name: str, choices: Collection[str], default: str | None = None) -> str:
    """Return one of the choices."""
    found = text(data, name, default or "")
    if found not in choices:
        raise invalid(f"{name} is one of {', '.join(choices)}.", field=name)
    return found


def flag(data: Mapping[str, Any], name: str) -> bool:
    """Return whether something is on."""
    return text(data, name).lower() in {"true", "1", "on", "yes"}


def number(data: Mapping[str, Any], name: str, low: float, high: float, default: float | None = None) -> float:
    """Return a number between two others, both included."""
    try:
        found = float(data[name]) if given(data, name) or default is None else default
    except (KeyError, TypeError, ValueError):
        found = math.nan
    if not low <= found <= high:
        raise invalid(f"{name} is a number from {low:g} to {high:g}.", field=name)
    return found


def seconds(data: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """Return a time from 0 seconds to a year."""
    return number(data, name, 0, LONGEST_SECONDS, default)


def paise(data: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number of paise, at least 0."""
    if not given(data, name) and default is not None:
        return default
    value = data.get(name)
    if isinstance(value, bool) or not str(value).isdecimal() or len(str(value)) > 15:
        raise invalid(f"{name} is a whole number of paise.", field=name)
    return int(str(value))


def paise_or_none(data: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of paise, or None when nothing is given."""
    return paise(data, name) if given(data, name) else None


def moment(data: Mapping[str, Any], name: str) -> float:
    """Return a moment in Unix seconds from Unix seconds or from ISO 8601 with its offset from UTC."""
    value = text(data, name)
    try:
        found = float(value) if value.replace(".", "", 1).isdecimal() else _iso(value)
    except ValueError:
        found = -1.0
    if not 946684800 <= found <= 4765046400:
        raise invalid(f"{name} is Unix seconds or a time such as 2026-04-01T10:00:00+05:30.", field=name)
    return found


def _iso(value: str) -> float:
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        raise ValueError("a time without its offset means another moment on another machine")
    return parsed.timestamp()
