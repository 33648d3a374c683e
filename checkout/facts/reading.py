"""Reading one value of an entity: it has the documented shape, or nobody believes the entity."""

import re
from typing import Any

MAX_PAISE = 10**15
# The year 9999: beyond it Python knows no date.
MAX_TIME = 253_370_764_800


class BadFacts(ValueError):
    """An entity that does not have the shape that Razorpay documents."""


def entity(value: object, kind: str) -> dict[str, Any]:
    """Return an entity that says of itself that it is of this kind. Raises BadFacts."""
    if not isinstance(value, dict) or value.get("entity", kind) != kind:
        raise BadFacts(f"not a Razorpay {kind}")
    return value


def paise(data: dict[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number of paise, from 0 on. Raises BadFacts."""
    value = data.get(name)
    if value is None:
        value = default
    # JSON's true is an int in Python and must not become one paisa.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_PAISE:
        raise BadFacts(f"{name} is not a whole number of paise")
    return value


def optional_paise(data: dict[str, Any], name: str) -> int | None:
    """Return a number of paise that Razorpay may not know yet. Raises BadFacts."""
    return None if data.get(name) is None else paise(data, name)


def currency(data: dict[str, Any]) -> str:
    """Return a currency of three capital letters. Raises BadFacts."""
    value = data.get("currency")
    if not isinstance(value, str) or re.fullmatch(r"[A-Z]{3}", value) is None:
        raise BadFacts("currency is malformed")
    return value


def text(data: dict[str, Any], name: str, length: int) -> str:
    """Return a text, cut to what a database stores; anything else is an empty one."""
    value = data.get(name)
    if not isinstance(value, str):
        return ""
    # PostgreSQL stores neither NUL nor lone surrogates.
    clean = value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return clean[:length]


def unix_time(data: dict[str, Any], name: str) -> int | None:
    """Return a Unix time of an entity, or None when there is none that a clock could show. Raises BadFacts."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_TIME:
        raise BadFacts(f"{name} is not a time")
    return value
