"""Razorpay's identifiers: a prefix and 14 case-sensitive alphanumerics."""

import random
import re
import string

from razorpay_simulator.errors import invalid

ALPHABET = string.ascii_letters + string.digits
LENGTH = 14


class Source:
    """Where ids come from: the system's randomness, or a seed that gives the same ones in every run."""

    def __init__(self) -> None:
        self._random: random.Random = random.SystemRandom()

    def seed(self, value: str | None) -> None:
        """Begin a known sequence of ids, or go back to ones that nobody can know."""
        self._random = random.SystemRandom() if value is None else random.Random(value)

    def text(self, alphabet: str, count: int) -> str:
        """Return so many characters."""
        return "".join(self._random.choice(alphabet) for _ in range(count))


SOURCE = Source()


def random_part() -> str:
    """Return 14 alphanumerics: the id of an event, or what follows a prefix."""
    return SOURCE.text(ALPHABET, LENGTH)


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
    return SOURCE.text("123456789", 1) + SOURCE.text(string.digits, count - 1)
