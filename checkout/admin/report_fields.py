"""The columns of reports: how a value is shown in the admin, and how it is exported."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from wagtail.admin.ui.tables import Column

from catalog.money import decimal_rupees, rupees
from checkout.admin.export import local
from checkout.models import Order

PAISE = Decimal("0.01")
CLASSES = {"text": "", "id": "shop-id", "time": "shop-time", "count": "shop-amount", "rupees": "shop-amount"}


@dataclass(frozen=True)
class Field:
    """One column: `kind`: shown and exported as text, id, count, rupees or time. `is_summed` adds it up."""

    name: str
    label: str
    kind: str = "text"
    is_summed: bool = False

    def column(self) -> Column:
        """Return it as a column of the admin's tables."""
        return ValueColumn(self, classname=f"shop-value {CLASSES[self.kind]}".strip())

    def shown(self, value: Any) -> str:
        """Return a value as people read it."""
        if value is None or value == "":
            return ""
        if self.kind == "rupees":
            return rupees(value, always_paise=True)
        if self.kind == "count":
            return f"{value:,}"
        if isinstance(value, date) and not isinstance(value, datetime):
            return f"{value:%-d %b %Y}"
        return local(value) if isinstance(value, datetime) else str(value)

    def exported(self, value: Any) -> Any:
        """Return a value for a spreadsheet: rupees with two decimals, times of the shop, the rest as it is."""
        if self.kind == "rupees":
            return decimal_rupees(value).quantize(PAISE)
        if self.kind == "count":
            return value
        return self.shown(value)


def amount(name: str, label: str) -> Field:
    """Return a column of paise that is added up."""
    return Field(name, label, "rupees", is_summed=True)


def count(name: str, label: str, *, is_summed: bool = True) -> Field:
    """Return a column of whole numbers."""
    return Field(name, label, "count", is_summed=is_summed)


class ValueColumn(Column):
    """A cell of a report, which names its column where the table is told row by row: on a telephone."""

    cell_template_name = "checkout/admin/parts/report_cell.html"

    def __init__(self, field: Field, **kwargs: Any) -> None:
        super().__init__(field.name, label=field.label, **kwargs)
        self.field = field

    def get_value(self, instance: Any) -> str:
        """Return the text."""
        return self.field.shown(super().get_value(instance))

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """Add where an order is looked at."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        found = super().get_value(instance)
        context["url"] = reverse("orders:inspect", args=[found.pk]) if isinstance(found, Order) else ""
        return context
