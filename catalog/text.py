"""What people type, without what nobody can see."""

import unicodedata
from collections.abc import Iterator

JOINERS = "\u200c\u200d"
"""Scripts of India write some letters with them."""
KEPT = f"{JOINERS}\t\n\r"


def visible(text: str) -> str:
    """Return a text without characters that show nothing, or turn the order of others round (U+202E and its like).

    A control character becomes a blank, so that it parts words as a line break does. Tabs and line breaks stay.
    """
    return "".join(_seen(text))


def _seen(text: str) -> Iterator[str]:
    for char in text:
        kind = unicodedata.category(char)
        if kind[0] != "C" or kind == "Cn" or char in KEPT:
            yield char
        elif kind == "Cc":
            yield " "
