"""A page of one of Razorpay's lists, of which some entities may not be readable."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from checkout.facts.reading import BadFacts, text

Facts = TypeVar("Facts")


class Page(NamedTuple, Generic[Facts]):
    """What could be read, whether more follow, and why the others could not, by their ids."""

    found: list[Facts]
    has_more: bool
    unreadable: dict[str, str]


def read_page(facts: Callable[[object], Facts], items: list[object], size: int = 100) -> Page[Facts]:
    """Read what can be read of a page of up to `size` entities."""
    found, unreadable = [], {}
    for item in items:
        try:
            found.append(facts(item))
        except BadFacts as error:
            unreadable[text(item, "id", 40) if isinstance(item, dict) else ""] = str(error)
    return Page(found, len(items) == size, unreadable)
