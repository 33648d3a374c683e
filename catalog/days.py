"""Days as people read them."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def span(first: date | None, last: date | None) -> str:
    """Return two days in words, such as 14–17 Oct or 30 Oct to 3 Nov; an empty text when one of them is unknown."""
    if first is None or last is None:
        return ""
    until = date_format(last, "j M")
    if first == last:
        return until
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{until}"
    return _("%(first)s to %(last)s") % {"first": date_format(first, "j M"), "last": until}
