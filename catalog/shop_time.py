"""The shop's own time, India's: what is numbered or counted by the day goes by it, whatever zone staff read in."""

from datetime import date, datetime

from django.utils import timezone


def local(moment: datetime | None = None) -> datetime:
    """Return a moment, now by default, in the shop's time zone."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def day(moment: datetime | None = None) -> date:
    """Return the shop's day of a moment, today by default."""
    return local(moment).date()
