"""A language that nobody speaks: each text that can be translated stands between ⟦ and ⟧.

What a page shows outside of them is data, or a text that no translator will ever see.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, Doctype, NavigableString, PageElement
from django.apps import apps
from django.db.models import CharField, TextField
from django.utils.translation import trans_real
from wagtail.blocks.stream_block import StreamValue
from wagtail.fields import StreamField

BEGIN, END = "⟦", "⟧"
TYPED = (CharField, TextField, StreamField)
OURS = {"catalog", "checkout", "home", "wagtailcore", "wagtailimages"}
# What people read or hear of a tag besides its text.
ATTRIBUTES = ("alt", "title", "aria-label", "aria-description", "placeholder", "label")
SILENT = {"script", "style", "template"}
# Names and units that are written the same in every language of India.
NAMES = ("Razorpay", "GSTIN", "GST", "HSN", "SKU", "PDF", "UPI", "MRP", "CSS", "JavaScript", "RSS")


class Pseudo(trans_real.DjangoTranslation):
    """English, with marks around every text."""

    def gettext(self, message: str) -> str:
        """Return a text between marks, without its context."""
        return self._mark(super().gettext(message).rpartition("\x04")[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the singular or the plural between marks."""
        return self._mark(super().ngettext(msgid1, msgid2, n).rpartition("\x04")[2])

    def _mark(self, text: str) -> str:
        return f"{BEGIN}{text}{END}" if text else ""


@contextmanager
def speaking() -> Iterator[None]:
    """Let this thread speak that language."""
    before = getattr(trans_real._active, "value", None)  # type: ignore[attr-defined]
    trans_real._active.value = Pseudo("en")  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if before is None:
            del trans_real._active.value  # type: ignore[attr-defined]
        else:
            trans_real._active.value = before  # type: ignore[attr-defined]


def bare(pages: Iterable[str], data: Iterable[str] = ()) -> list[str]:
    """Return the texts of HTML pages, or of plain mails, that stand outside of the marks and are no data."""
    longest_first = sorted({*NAMES, *data, *stored()}, key=len, reverse=True)
    known = re.compile("|".join([r"https?://\S+", *(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest_first)]))
    found = {text for page in pages for text in (_texts(page) if "<" in page else [_outside(page)])}
    return sorted({" ".join(text.split()) for text in found if re.search(r"[^\W\d_]{2,}", known.sub(" ", text))})


def stored() -> set[str]:
    """Return all texts that the database holds: what people typed."""
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            names = [f.attname for f in model._meta.concrete_fields if isinstance(f, TYPED)]
            for row in model._default_manager.values_list(*names) if names else ():
                found.update(text for value in row if value for text in _typed(value))
    return {text for text in found if len(text) > 1}


def _typed(value: Any) -> Iterator[str]:
    """Yield the texts of a field, or of all blocks in it."""
    if isinstance(value, StreamValue):
        yield from _typed(value.get_prep_value())
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _typed(each)
    else:
        yield BeautifulSoup(str(value), "html.parser").get_text() if "<" in str(value) else str(value)


def _texts(page: str) -> Iterator[str]:
    depth = 0
    soup = BeautifulSoup(page, "html.parser")
    for node in soup.descendants:
        if isinstance(node, Tag):
            yield from (_outside(text) for text in _read_aloud(node))
        elif _is_read(node):
            outside = _outside(str(node), depth)
            depth += str(node).count(BEGIN) - str(node).count(END)
            yield outside
    assert depth == 0, "a text lost one of its marks: it was cut or put together"


def _read_aloud(tag: Tag) -> Iterator[str]:
    yield from (str(tag[name]) for name in ATTRIBUTES if tag.has_attr(name))
    if tag.name == "input" and tag.get("type") in ("submit", "button"):
        yield str(tag.get("value", ""))
    if tag.name == "meta" and tag.get("name") == "description":
        yield str(tag.get("content", ""))


def _is_read(node: PageElement) -> bool:
    is_text = isinstance(node, NavigableString) and not isinstance(node, Comment | Doctype)
    return is_text and not any(parent.name in SILENT for parent in node.parents)


def _outside(text: str, depth: int = 0) -> str:
    """Return what of a text stands outside of the marks, which may have begun before it."""
    found: list[str] = []
    for character in text:
        if character == BEGIN:
            depth += 1
        elif character == END:
            depth -= 1
        elif depth == 0:
            found.append(character)
    return "".join(found)


def words(message: Any) -> list[str]:
    """Return the subject and the bodies of a mail."""
    return [message.subject, message.body, *(body for body, _kind in getattr(message, "alternatives", []))]
