"""What a pass over a table says of each of its rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Outcome(models.TextChoices):
    """What became, or would become, of a row."""

    NEW = "new", gettext_lazy("New")
    CHANGED = "changed", gettext_lazy("Changed")
    UNCHANGED = "unchanged", gettext_lazy("Unchanged")
    BAD = "bad", gettext_lazy("Not imported")


@dataclass(frozen=True)
class Note:
    """One remark: the column that it is about, or none, and what is to be said."""

    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.column}: {self.text}" if self.column else self.text


class RowError(Exception):
    """A row that cannot be carried out; nothing of it may stay."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.notes = list(notes)
        super().__init__("; ".join(map(str, self.notes)))


@dataclass
class Line:
    """A row of the report. `difference` is the pieces by which a count differs from the stock book."""

    number: int
    sku: str = ""
    title: str = ""
    outcome: str = Outcome.UNCHANGED
    notes: list[Note] = field(default_factory=list)
    difference: int = 0

    @property
    def is_bad(self) -> bool:
        """Whether nothing of the row was done."""
        return self.outcome == Outcome.BAD

    def __str__(self) -> str:
        what = "; ".join(map(str, self.notes))
        return _("Row %(number)s (%(sku)s): %(what)s") % {
            "number": self.number,
            "sku": self.sku or _("no SKU"),
            "what": what,
        }


def summary(counts: Counter[str]) -> str:
    """Return how many rows came to which end, in words."""
    return ", ".join(f"{counts[value]} {str(label).lower()}" for value, label in Outcome.choices)
