"""Turns text into the words that are indexed and searched, so that both databases only compare what is equal.

Case, accents and the dots of Hindi letters do not matter, digits are the same in every script, and a scale is one word.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_LENGTH = 40
"""Characters of a word; what is longer is cut."""
LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "×": "x"}
    # A chandrabindu is written as an anusvara by many; nukta, joiners, apostrophes and variation selectors say nothing.
    | {"ँ": "ं"}
    | dict.fromkeys([chr(0x93C), chr(0x200C), chr(0x200D), "'", "’", "‘", "`", *map(chr, range(0xFE00, 0xFE10))])
    | dict.fromkeys(map(chr, range(0x300, 0x370)))
)
SCALE = re.compile(r"(?<!\d)1 ?[:/] ?(\d{1,3})(?!\d)")


def split(text: str) -> list[str]:
    """Return the words of a text in their order: "Mumbai’s CAFÉ-racer, 1/43" is mumbais, cafe, racer, 1s43."""
    return [word[:MAX_LENGTH] for word in _spaced(text).split() if _says_something(word)]


def split_for_index(text: str) -> list[str]:
    """Return the words of a text and, of those that hyphens link, what they make without: kaali, peeli, kaalipeeli."""
    found = []
    for piece in text.split():
        parts = split(piece)
        found += [*parts, "".join(parts)[:MAX_LENGTH]] if len(parts) > 1 else parts
    return found


def respelled(text: str, changes: dict[str, str]) -> str:
    """Return a text with some of its words replaced; the rest stays as it was typed."""
    pieces = []
    for piece in text.split():
        parts = split(piece)
        pieces.append(" ".join(changes.get(part, part) for part in parts) if changes.keys() & set(parts) else piece)
    return " ".join(pieces)


def _spaced(text: str) -> str:
    """Return a text folded, with a space for everything that is neither letter, digit nor part of a letter."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKD", folded).translate(LETTERS)
    return "".join(_spelled(SCALE.sub(r" 1s\1 ", folded)))


def _spelled(text: str) -> Iterator[str]:
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Nd":
            yield str(unicodedata.decimal(char))
        elif kind[0] in "LN" or kind in ("Mn", "Mc"):
            yield char
        else:
            yield " "


def _says_something(word: str) -> bool:
    return any(unicodedata.category(char)[0] in "LN" for char in word)
