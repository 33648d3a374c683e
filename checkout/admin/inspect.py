"""The page of one order for staff: what was bought, what was paid, what happened, where it goes, what to do next."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views import snippets

from catalog.states import state_name
from checkout import billing, pieces, tracker
from checkout.admin import money, policy, queue, timeline
from checkout.admin.acts import open_acts
from checkout.admin.bulk import PrintInBulk, PrintLabels, PrintSlips
from checkout.admin.edit import AddressView, address_url, may_correct
from checkout.admin.export import spaced_phone
from checkout.models import AttentionCase, LedgerEntry, Order, OrderEvent, OrderLine, OrderNote
from checkout.status import OrderStatus

# Of the same buyer, as many as are looked at.
OTHERS = 10
RELATED = (
    Prefetch("lines", pieces.count(OrderLine.objects.all())),
    "razorpay_orders",
    "emails",
    "payments__refunds__requested_by",
    "payments__disputes",
    "payments__entries__user",
    Prefetch("notes", OrderNote.objects.select_related("user")),
    Prefetch("events", OrderEvent.objects.select_related("user")),
    Prefetch("cases", AttentionCase.objects.select_related("payment", "closed_by")),
)


class OrderInspectView(snippets.InspectView):
    """Reads everything about an order in a fixed number of queries."""

    page_title = "Order"
    template_name = "checkout/admin/inspect.html"

    def get_object(self, queryset: Any = None) -> Order:
        """Return the order with its records, but look for none when the person may not see orders."""
        if not self.permission_policy.user_has_any_permission(self.request.user, policy.LOOK):
            raise PermissionDenied
        return get_object_or_404(Order.objects.prefetch_related(*RELATED), pk=self.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the list that was looked at."""
        back = {"url": queue.way_back(self.request), "label": "Orders"}
        return [*self.breadcrumbs_items, back, {"url": "", "label": self.object.number}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page shows."""
        order: Order = self.object
        return {
            **super().get_context_data(**kwargs),
            "order": order,
            "back_url": queue.way_back(self.request),
            "phone": spaced_phone(order),
            "bill_to": _bill_to(order),
            "lines": order.lines.all(),
            "gst_included": tracker.gst_included(order, order.lines.all()),
            "payments": order.payments.all(),
            "ledger": _ledger(order),
            "attempts": order.razorpay_orders.all(),
            "entries": timeline.tell(order),
            "left_at": next((event.at for event in order.events.all() if event.status == OrderStatus.SHIPPED), None),
            "open_cases": [case for case in order.cases.all() if not case.closed_at],
            "may_see_cases": policy.CASES.user_has_any_permission(self.request.user, policy.LOOK),
            "may_change": policy.ORDERS.user_has_permission(self.request.user, "change"),
            "others": _others(order),
            "invoice_url": order.get_invoice_url(),
            "buyer_url": settings.SITE_URL + order.get_absolute_url(),
        }

    @cached_property
    def header_buttons(self) -> list[Any]:
        """Offer what this person can do with the order now."""
        order, user = self.object, self.request.user
        found = [(act.label, act.url(order), act.icon) for act in open_acts(order, user)]
        if may_correct(order, user):
            found.append((AddressView.page_title, address_url(order), "home"))
        return [
            HeaderButton(label, url=url, icon_name=icon, priority=place)
            for place, (label, url, icon) in enumerate([*found, *money.buttons(order, user)])
        ]

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Offer the form, the page that the buyer sees, and what goes with the parcel."""
        url = settings.SITE_URL + self.object.get_absolute_url()
        buyer = Button("What the buyer sees", url=url, icon_name="view", priority=30)
        return [*super().header_more_buttons, buyer, *self._prints()]

    def _prints(self) -> list[Button]:
        if not (self.object.is_bought and policy.ORDERS.user_has_permission(self.request.user, "ship")):
            return []
        return [
            Button(action.display_name, url=f"{_bulk(action)}?id={self.object.pk}", icon_name="download", priority=40)
            for action in (PrintSlips, PrintLabels)
        ]


def _others(order: Order) -> list[Order]:
    """Return the newest other orders of the same address, mobile number or account."""
    if not order.email:
        return []
    same = Q(lowered=order.email.lower()) | Q(phone=order.phone)
    if order.account_id:
        same |= Q(account=order.account_id)
    known = Order.objects.alias(lowered=Lower("email")).filter(same).exclude(pk=order.pk)
    return list(known[:OTHERS])


def _bulk(action: type[PrintInBulk]) -> str:
    return reverse("wagtail_bulk_action", args=["checkout", "order", action.action_type])


def _bill_to(order: Order) -> dict[str, str] | None:
    """Return whom the bill names, when that is not simply the buyer."""
    found = billing.bill_to(order)
    return {**found, "state_name": state_name(found["state"])} if order.billing else None


def _ledger(order: Order) -> list[LedgerEntry]:
    entries = [entry for payment in order.payments.all() for entry in payment.entries.all()]
    return sorted(entries, key=lambda entry: entry.pk)
