"""The time that a report is about: whole days of the shop."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from catalog import shop_time

# A year is what one page may have to add up.
LONGEST = timedelta(days=366)
NAMED = [
    ("today", "Today"),
    ("week", "Last 7 days"),
    ("month", "This month"),
    ("last_month", "Last month"),
    ("quarter", "This quarter"),
    ("year", "This financial year"),
]


class TooLong(ValueError):
    """A report of more than a year was asked for."""


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included, in the shop's time zone."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last - self.first >= LONGEST:
            raise TooLong("A report covers at most 366 days. Choose a shorter time.")

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return _midnight(self.last + timedelta(days=1))

    def of(self, field: str) -> dict[str, datetime]:
        """Return what a query of a time field is to be filtered by."""
        return {f"{field}__gte": self.begin, f"{field}__lt": self.end}

    def days(self) -> Iterator[date]:
        """Yield each day, the first one first."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def __str__(self) -> str:
        return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}"


def named(name: str, today: date | None = None) -> Period:
    """Return one of the `NAMED` periods; each but the last month ends today. Raises ValueError for another name."""
    today = today or shop_time.day()
    month = today.replace(day=1)
    if name == "last_month":
        last = month - timedelta(days=1)
        return Period(last.replace(day=1), last)
    april = today.replace(month=4, day=1)
    firsts = {
        "today": today,
        "week": today - timedelta(days=6),
        "month": month,
        # The quarters of the financial year begin in April, July, October and January.
        "quarter": month.replace(month=(today.month - 1) // 3 * 3 + 1),
        "year": april if today >= april else april.replace(year=today.year - 1),
    }
    if name not in firsts:
        raise ValueError(f"No period is called {name!r}.")
    return Period(firsts[name], today)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
