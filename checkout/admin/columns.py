"""Cells of the admin's tables."""

from typing import Any

from wagtail.admin.ui.tables import Column

from catalog.money import exact


class StatusColumn(Column):
    """A coloured dot and the word: `accessor` names the choice field."""

    cell_template_name = "checkout/admin/parts/status_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """Add the words of the status."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["words"] = getattr(instance, f"get_{self.accessor}_display")()
        return context


class OrderStatusColumn(StatusColumn):
    """The same, and a mark on orders that are late."""

    cell_template_name = "checkout/admin/parts/order_status_cell.html"


class PaymentColumn(Column):
    """The amount of a payment in the currency that it came in."""

    def get_value(self, instance: Any) -> str:
        """Return the amount as text; nothing without a payment."""
        payment = super().get_value(instance)
        return exact(payment.amount, payment.currency) if payment else ""


class LinkColumn(Column):
    """Text that links somewhere. `get_url` may return None."""

    cell_template_name = "checkout/admin/parts/link_cell.html"

    def __init__(self, name: str, *, get_url: Any, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.get_url = get_url

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """Add the address."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["url"] = self.get_url(instance)
        return context
