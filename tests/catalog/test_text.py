"""What is kept of a text, and what nobody would see of it."""

import pytest

from catalog.text import visible


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("live \u202eevil", "live evil"),
        ("Pune\x07", "Pune "),
        ("two\r\n\tlines", "two\r\n\tlines"),
        ("a\x00b\x85c\x7fd", "a b c d"),
        ("\u2066\u200f\u00ad\u200b\ufeff\ue000", ""),
        ("क्\u200dष श्री\u200cमान 日本 🚕", "क्\u200dष श्री\u200cमान 日本 🚕"),
    ],
)
def test_what_cannot_be_seen_is_left_out(typed: str, kept: str) -> None:
    assert visible(typed) == kept
