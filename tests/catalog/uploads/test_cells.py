"""What people mean by what they type."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from catalog.uploads import cells

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.rupees, "1899", 189_900),
        (cells.rupees, "1,29,900.00", 12_990_000),
        (cells.rupees, "₹ 1,299/-", 129_900),
        (cells.rupees, "Rs. 99.5", 9_950),
        (cells.whole, "1,200", 1_200),
        (cells.whole, "300 g", 300),
        (cells.whole, "98mm", 98),
        (cells.yes_or_no, "Yes", True),
        (cells.yes_or_no, "नहीं", False),
        (cells.scale, "1:43", "1:43"),
        (cells.scale, "1/18", "1:18"),
        (cells.scale, "43", "1:43"),
        (cells.scale, "1 : 64", "1:64"),
        (cells.scale, "2:04", "1:64"),
        (cells.scale, "02:27:00", "1:87"),
        (cells.day, "2026-03-15", date(2026, 3, 15)),
        (cells.day, "03/04/2026", date(2026, 4, 3)),
        (cells.day, "March 2026", date(2026, 3, 1)),
        (cells.day, "Mar-26", date(2026, 3, 1)),
        (cells.line, " two \n lines ", "two lines"),
        (cells.paragraphs, "One.\n\n<b>Two</b>", "<p>One.</p><p>&lt;b&gt;Two&lt;/b&gt;</p>"),
    ],
)
def test_what_is_meant(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (cells.rupees, "-5"),
        (cells.rupees, "1.899,50"),
        (cells.rupees, "1e3"),
        (cells.rupees, "12.345"),
        (cells.whole, "1.5"),
        (cells.whole, "9" * 400),
        (cells.whole, "²"),
        (cells.yes_or_no, "perhaps"),
        (cells.scale, "1:44"),
        (cells.scale, "big"),
        (cells.day, "31/02/2026"),
        (cells.day, "soon"),
        (cells.condition, "fine"),
    ],
)
def test_what_cannot_be_meant_is_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"Enter|number|large"):
        read(text)
