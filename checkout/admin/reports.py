"""Which reports there are, with their columns. `report_views.py` shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from wagtail.permission_policies import ModelPermissionPolicy

from catalog.models import EmptySearch, Stock
from checkout.admin.report_fields import Field, amount, count
from checkout.models import LedgerEntry
from checkout.reports import goods, gst, money, sales
from checkout.reports.period import Period


@dataclass(frozen=True)
class Report:
    """A report: `rows` gives what it lists for a time. People who may view `model` may read it."""

    slug: str
    title: str
    about: str
    icon: str
    model: type[Model]
    rows: Callable[[Period], Sequence[Any] | QuerySet[Any]]
    fields: Sequence[Field]
    has_period: bool = True

    @property
    def policy(self) -> ModelPermissionPolicy:
        """Who may read it."""
        return ModelPermissionPolicy(self.model)

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(f"shop_report_{self.slug}")


SOLD = (
    count("pieces", "Pieces sold"),
    amount("sold", "Sold"),
    count("returned", "Pieces refunded"),
    amount("credited", "Credited"),
    amount("net", "Net"),
    amount("tax", "GST in it"),
)
TAXED = (
    Field("percent", "Rate"),
    count("papers", "Papers", is_summed=False),
    amount("taxable", "Taxable value"),
    amount("cgst", "CGST"),
    amount("sgst", "SGST/UTGST"),
    amount("igst", "IGST"),
    amount("total", "Total"),
)
ORDERS = count("orders", "Orders", is_summed=False)
NET = "What invoices of this time say, less what its credit notes say. Discounts are taken off and taxes included."
REPORTS = [
    Report(
        "products",
        "Sales by product",
        NET,
        "clipboard-list",
        LedgerEntry,
        sales.by_product,
        [Field("name", "Product"), Field("sku", "SKU"), ORDERS, *SOLD],
    ),
    Report(
        "makers",
        "Sales by maker",
        NET,
        "tag",
        LedgerEntry,
        sales.by_maker,
        [Field("name", "Maker"), ORDERS, *SOLD],
    ),
    Report(
        "states",
        "Sales by state",
        NET,
        "globe",
        LedgerEntry,
        sales.by_state,
        [Field("name", "State"), ORDERS, *SOLD],
    ),
    Report(
        "gst",
        "GST by rate and state",
        "Value and tax of the invoices of this time by place of supply, and of its credit notes, which are taken off.",
        "table",
        LedgerEntry,
        gst.by_state,
        [Field("paper", "Paper"), Field("buyer", "Buyer"), Field("state", "Place of supply"), *TAXED],
    ),
    Report(
        "hsn",
        "GST by HSN code",
        "Invoices less credit notes by HSN code, as the summary of the monthly return asks for.",
        "table",
        LedgerEntry,
        gst.by_hsn,
        [Field("hsn", "HSN"), count("quantity", "Pieces"), *TAXED],
    ),
    Report(
        "razorpay",
        "Razorpay by day",
        "What moved at Razorpay on each day, and what it paid to the bank. Fees include their GST.",
        "calendar",
        LedgerEntry,
        money.by_day,
        [
            Field("day", "Day", "time"),
            count("payments", "Payments"),
            amount("captured", "Captured"),
            amount("fees", "Fees"),
            amount("refunded", "Refunded"),
            amount("disputed", "Lost in disputes"),
            amount("net", "Net"),
            amount("settled", "Paid to the bank"),
        ],
    ),
    Report(
        "refunds",
        "Refunds",
        "Refunds that were asked for in this time, by staff, the shop itself, or in Razorpay’s dashboard.",
        "rotate",
        LedgerEntry,
        money.refunds,
        [
            Field("created_at", "Asked for", "time"),
            Field("payment.order", "Order"),
            Field("amount", "Amount", "rupees"),
            Field("get_status_display", "State"),
            Field("reason", "Reason"),
            Field("get_origin_display", "By"),
            Field("requested_by", "Person"),
            Field("processed_at", "Done", "time"),
            Field("credit_note_number", "Credit note"),
            Field("razorpay_refund_id", "Razorpay refund", "id"),
        ],
    ),
    Report(
        "coupons",
        "Coupon use",
        "Codes in orders that were paid in this time, what they took off, and what these orders came to.",
        "tag",
        LedgerEntry,
        money.coupons,
        [Field("code", "Code"), count("orders", "Orders"), amount("given", "Taken off"), amount("sold", "Sold")],
    ),
    Report(
        "stock-value",
        "Stock value",
        "Pieces on hand at today’s selling price, taxes included.",
        "list-ul",
        Stock,
        lambda _period: goods.stock_value(),
        [
            Field("title", "Product"),
            Field("sku", "SKU"),
            count("on_hand", "On hand"),
            count("reserved", "Reserved"),
            count("free", "Free"),
            Field("price", "Price", "rupees"),
            amount("value", "Value"),
        ],
        has_period=False,
    ),
    Report(
        "searches",
        "Searched in vain",
        "What shoppers looked for and the shop did not have.",
        "search",
        EmptySearch,
        goods.searched_in_vain,
        [Field("text", "Text"), count("times", "Times"), Field("last", "Last on", "time")],
    ),
]
