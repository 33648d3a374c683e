"""Razorpay's identifiers: a prefix and 14 case-sensitive alphanumerics."""

import re
import secrets
import string

from razorpay_simulator.errors import invalid

ALPHABET = string.ascii_letters + string.digits
LENGTH = 14


def random_part() -> str:
    """Return 14 alphanumerics: the id of an event, or what follows a prefix."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_id(prefix: str) -> str:
    """Return a new id such as order_RB58MiP5SPFYyM for the prefix "order"."""
    return f"{prefix}_{random_part()}"


def check_id(prefix: str, value: str) -> str:
    """Return the id, or refuse it in Razorpay's words: the prefix is left out of them."""
    if not re.fullmatch(rf"{prefix}_[A-Za-z0-9]{{{LENGTH}}}", value, re.ASCII):
        raise invalid(f"{value.removeprefix(prefix + '_')} is not a valid id")
    return value


def digits(count: int) -> str:
    """Return the kind of number that a bank gives as a reference."""
    return str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(count - 1))
