"""What the text of a cell means. Each function raises ValueError with what is wrong and what to do."""

import re
from collections.abc import Callable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from django.db.models import Model
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from catalog.models import ProductPage
from catalog.money import parse_rupees

YES = {"yes", "y", "true", "1", "x", "हाँ"}
NO = {"no", "n", "false", "0", "नहीं"}
DATES = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
MONTHS = ["%Y-%m", "%m/%Y", "%m-%Y", "%B %Y", "%b %Y", "%b-%y"]
MOST = 2_000_000_000


def line(text: str) -> str:
    """Return a text of one line."""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """Return plain text as paragraphs of rich text; whatever looks like HTML is shown, not obeyed."""
    parts = [line(part) for part in re.split(r"\n\s*\n", text) if part.strip()]
    return str(format_html_join("", "<p>{}</p>", ([part] for part in parts)))


def rupees(text: str) -> int:
    """Return the paise of an amount in rupees: 1899, "1,29,900.00", "₹ 1,299/-"."""
    return parse_rupees(text.removesuffix("/-").removesuffix("/="))


def whole(text: str) -> int:
    """Return a whole number: 24, "1,200", "300 g", "86 mm"."""
    digits = re.sub(r"\s*(g|gm|gms|grams?|mm|pcs|pieces)$", "", text, flags=re.IGNORECASE)
    if not re.fullmatch(r"[0-9]{1,3}(,[0-9]{2,3})+|[0-9]+", digits):
        raise ValueError(_("Enter a whole number, such as 300."))
    number = int(digits.replace(",", "")[:20])
    if number > MOST:
        raise ValueError(_("This number is too large."))
    return number


def yes_or_no(text: str) -> bool:
    """Return what yes and no mean."""
    word = text.casefold()
    if word not in YES | NO:
        raise ValueError(_("Enter yes or no."))
    return word in YES


def scale(text: str) -> str:
    """Return a scale: "1:43", "1/43", "43". A spreadsheet makes a time of 1:64, four minutes past two: it is undone."""
    known = [value.removeprefix("1:") for value in ProductPage.Scale.values]
    compact = re.sub(r"\s", "", text)
    found = re.fullmatch(r"(?:1[:/-])?([0-9]{1,3})", compact)
    clock = re.fullmatch(r"0?([0-9]{1,2}):([0-9]{2})(?::00)?", compact)
    number = found[1] if found else ""
    if clock and number not in known:
        number = str(int(clock[1]) * 60 + int(clock[2]) - 60)
    if number not in known:
        raise ValueError(_("Enter one of the scales %(scales)s.") % {"scales": ", ".join(ProductPage.Scale.values)})
    return f"1:{number}"


def day(text: str) -> date:
    """Return a date; of a month alone its first day. 03/04/2026 is the third of April, as India writes it."""
    for pattern in [*DATES, *MONTHS]:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone.
        except ValueError:
            continue
    raise ValueError(_("Enter a date such as 2026-03-15, 15/03/2026 or March 2026."))


def condition(text: str) -> str:
    """Return the condition that a word names."""
    words = {str(label).casefold(): value for value, label in ProductPage.Condition.choices}
    words |= {value: value for value in ProductPage.Condition.values}
    if text.casefold() not in words:
        options = ", ".join(str(label) for label in ProductPage.Condition.labels)
        raise ValueError(_("Enter one of: %(options)s.") % {"options": options})
    return words[text.casefold()]


def label(model: type[Model], name: str = "name") -> Callable[[str], Any]:
    """Return the reader of a label's name. A name that is not known is told with the closest one."""

    def read(text: str) -> Any:
        found = model._default_manager.filter(**{f"{name}__iexact": line(text)}).first()
        if found is not None:
            return found
        names = [str(value) for value in model._default_manager.values_list(name, flat=True)]
        words = {"name": text[:60], "kind": model._meta.verbose_name_plural}
        if close := get_close_matches(text, names, n=1):
            raise ValueError(_("There is no “%(name)s”. Did you mean “%(close)s”?") % {**words, "close": close[0]})
        raise ValueError(_("There is no “%(name)s” among the %(kind)s. Add it under Labels first.") % words)

    return read
