"""Cells of the admin's tables."""

from dataclasses import dataclass
from typing import Any

from wagtail.admin.ui.tables import Column

from catalog.money import rupees


@dataclass(frozen=True)
class Shown:
    """A state in words, with the tone of its dot."""

    tone: str
    words: str


class RupeesColumn(Column):
    """Paise as rupees, always with paise, aligned to the right."""

    def get_value(self, instance: Any) -> str:
        """Return the amount as text; nothing for None."""
        paise = super().get_value(instance)
        return "" if paise is None else rupees(paise, always_paise=True)


class PricesColumn(RupeesColumn):
    """The lowest price of a product, and the highest where they differ."""

    def get_value(self, instance: Any) -> str:
        """Return one amount, or both."""
        lowest = super().get_value(instance)
        if instance.highest_price in (None, instance.lowest_price):
            return lowest
        return f"{lowest} – {rupees(instance.highest_price, always_paise=True)}"


class PictureColumn(Column):
    """The picture that leads."""

    cell_template_name = "catalog/admin/parts/picture_cell.html"


class StateColumn(Column):
    """A coloured dot and the words: the accessor gives `Shown`."""

    cell_template_name = "catalog/admin/parts/state_cell.html"
