"""Reading a paper as a person does: its text, and the amounts in it."""

import re
from io import BytesIO

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """Return the whole text with single spaces."""
    return " ".join(" ".join(pages(pdf)).split())


def amounts(words: str) -> list[int]:
    """Return every amount of rupees in a text, in paise."""
    found = re.findall(r"₹([0-9,]+)\.([0-9]{2})", words)
    return [int(whole.replace(",", "") + rest) for whole, rest in found]
