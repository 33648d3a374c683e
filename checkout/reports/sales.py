"""What was sold: by product, by maker, by state and by day. Amounts are paise, taxes and discounts included."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from catalog.states import state_name
from checkout.models import OrderLine
from checkout.papers.sums import Row
from checkout.reports import papers
from checkout.reports.papers import Paper
from checkout.reports.period import Period

DELIVERY = "Delivery"
NO_MAKER = "No maker"


@dataclass
class Sales:
    """Sales of one thing. `returned` pieces and `credited` are of the time's credit notes, whenever it was sold."""

    name: str
    sku: str = ""
    pieces: int = 0
    sold: int = 0
    returned: int = 0
    credited: int = 0
    tax: int = 0
    numbers: set[str] = field(default_factory=set, repr=False)

    @property
    def orders(self) -> int:
        """How many orders have it."""
        return len(self.numbers)

    @property
    def net(self) -> int:
        """What was sold less what was credited."""
        return self.sold - self.credited

    def add(self, paper: Paper, row: Row) -> None:
        """Add a row of an invoice, or take off one of a credit note. Pieces are those of goods."""
        pieces = row.quantity if row.sku else 0
        self.tax += paper.sign * row.tax
        if paper.sign < 0:
            self.returned += pieces if paper.names_pieces else 0
            self.credited += row.total
            return
        self.pieces += pieces
        self.sold += row.total
        self.numbers.add(paper.order.number)


def by_product(period: Period) -> list[Sales]:
    """Return a row for each SKU, and one for deliveries, best sold first."""
    return _summed(papers.of(period), lambda _paper, row: (row.sku, row.title if row.sku else DELIVERY))


def by_maker(period: Period) -> list[Sales]:
    """Return a row for each maker, and one for deliveries, best sold first."""
    pairs = OrderLine.objects.values_list("sku", "variant__page__brand__name").distinct()
    makers = {sku: maker or NO_MAKER for sku, maker in pairs}

    def key(_paper: Paper, row: Row) -> tuple[str, str]:
        return "", makers.get(row.sku, NO_MAKER) if row.sku else DELIVERY

    return _summed(papers.of(period), key)


def by_state(period: Period) -> list[Sales]:
    """Return a row for each state that parcels went to, best sold first."""
    return _summed(papers.of(period), lambda paper, _row: ("", state_name(paper.sent_to)))


def by_day(period: Period) -> dict[date, int]:
    """Return what was paid on each day of the shop, in one query; days without sales are 0."""
    paid = papers.invoices(period).order_by().values(day=TruncDate("paid_at", tzinfo=timezone.get_default_timezone()))
    sums = dict(paid.annotate(sum=Sum("total")).values_list("day", "sum"))
    return {day: sums.get(day, 0) for day in period.days()}


def _summed(found: Iterable[Paper], key: Callable[[Paper, Row], tuple[str, str]]) -> list[Sales]:
    rows: dict[tuple[str, str], Sales] = defaultdict(lambda: Sales(""))
    for paper in found:
        for row in paper.rows:
            sku, name = key(paper, row)
            # A product that was renamed is one product: its SKU tells, if it has one.
            sales = rows[sku, "" if sku else name]
            sales.sku, sales.name = sku, name
            sales.add(paper, row)
    return sorted(rows.values(), key=lambda sales: (-sales.net, sales.name))
