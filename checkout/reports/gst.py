"""The tax of a time, as the monthly return (GSTR-1) asks for it. Amounts are paise; credit notes are taken off."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from catalog.money import percent
from catalog.states import state_name
from catalog.tax import split
from checkout.papers.sums import Row
from checkout.reports import papers
from checkout.reports.papers import Paper
from checkout.reports.period import Period


@dataclass
class Tax:
    """Value and tax of what has one rate. `rate` is basis points."""

    rate: int
    taxable: int = 0
    cgst: int = 0
    sgst: int = 0
    igst: int = 0
    total: int = 0
    numbers: set[str] = field(default_factory=set, repr=False)

    @property
    def papers(self) -> int:
        """How many invoices and credit notes it is from."""
        return len(self.numbers)

    @property
    def percent(self) -> str:
        """The rate as people read it: 5 %, 0.25 %."""
        return percent(self.rate)

    def add(self, paper: Paper, row: Row) -> None:
        """Add a row of an invoice, or take off one of a credit note."""
        heads = split(row.tax, paper.seller_state, paper.supply_state)
        self.taxable += paper.sign * row.taxable
        self.cgst += paper.sign * heads.cgst
        self.sgst += paper.sign * heads.sgst
        self.igst += paper.sign * heads.igst
        self.total += paper.sign * row.total
        self.numbers.add(f"{paper.sign}{paper.number}")


@dataclass
class StateTax(Tax):
    """Of one kind of paper and buyer, in one state."""

    paper: str = ""
    buyer: str = ""
    state: str = ""


@dataclass
class HsnTax(Tax):
    """Of one HSN code. `quantity` is pieces; a delivery is part of what it brings and counts none."""

    hsn: str = ""
    quantity: int = 0

    def add(self, paper: Paper, row: Row) -> None:
        """Count the pieces too."""
        super().add(paper, row)
        if row.sku and paper.names_pieces:
            self.quantity += paper.sign * row.quantity


Kind = TypeVar("Kind", bound=Tax)


def by_state(period: Period) -> list[StateTax]:
    """Return a row for each rate and place of supply, invoices and credit notes, businesses and consumers apart."""

    def describe(paper: Paper, row: Row) -> dict[str, Any]:
        return {
            "paper": "Invoices" if paper.sign > 0 else "Credit notes",
            "buyer": "Business (B2B)" if paper.is_business else "Consumer (B2C)",
            "state": f"{paper.supply_state} {state_name(paper.supply_state)}",
            "rate": row.rate,
        }

    return sorted(
        _summed(period, StateTax, describe), key=lambda tax: (tax.paper != "Invoices", tax.buyer, tax.state, tax.rate)
    )


def by_hsn(period: Period) -> list[HsnTax]:
    """Return a row for each HSN code and rate."""
    rows = _summed(period, HsnTax, lambda _paper, row: {"hsn": row.hsn, "rate": row.rate})
    return sorted(rows, key=lambda tax: (tax.hsn, tax.rate))


def _summed(period: Period, kind: type[Kind], describe: Callable[[Paper, Row], dict[str, Any]]) -> list[Kind]:
    rows: dict[tuple[Any, ...], Kind] = {}
    for paper in papers.of(period):
        for row in paper.rows:
            about = describe(paper, row)
            key = tuple(about.values())
            rows[key] = rows.get(key) or kind(**about)
            rows[key].add(paper, row)
    return list(rows.values())
