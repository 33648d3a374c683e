"""What a buyer is told about an order: the state of its payment and the steps on its way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.tax import included_tax
from checkout.models import Order, OrderLine
from checkout.status import OrderStatus


@dataclass(frozen=True)
class Step:
    """One step of the tracker. `state` is done, now or next."""

    label: str
    detail: str
    at: datetime | None
    state: str


def refunded(order: Order) -> int:
    """Return how many paise of the order's payment have gone back to the buyer."""
    return sum(payment.amount_refunded for payment in order.payments.all() if payment.fulfils)


def gst_included(lines: Iterable[OrderLine]) -> int:
    """Return how many paise of these lines are GST."""
    return sum(included_tax(line.total, line.gst_rate) for line in lines)


def payment_state(order: Order) -> str:
    """Return none, confirming, paid, failed, refunded or partially_refunded."""
    payments = list(order.payments.all())
    if order.is_bought:
        back = refunded(order)
        if not back:
            return "paid"
        return "refunded" if back >= sum(p.amount for p in payments if p.fulfils) else "partially_refunded"
    if order.status == OrderStatus.ON_HOLD:
        return "paid"
    states = {payment.status for payment in payments}
    if states & {"created", "authorized", "captured"}:
        return "confirming"
    return "failed" if "failed" in states else "none"


def failure(order: Order) -> str:
    """Return Razorpay's words for the last failed attempt, or an empty text."""
    failed = [payment for payment in order.payments.all() if payment.status == "failed"]
    return failed[-1].error_description if failed else ""


def headline(order: Order) -> str:
    """Return the heading of the order's page."""
    if order.status == OrderStatus.PENDING:
        return {
            "confirming": _("Confirming your payment"),
            "failed": _("The payment did not go through"),
        }.get(payment_state(order), _("Not paid yet"))
    return {
        OrderStatus.PAID: _("Paid. We’re packing it."),
        OrderStatus.PACKED: _("Packed and ready to go"),
        OrderStatus.SHIPPED: _("On the road"),
        OrderStatus.DELIVERED: _("Parked at your place"),
        OrderStatus.CANCELLED: _("This order is cancelled"),
        OrderStatus.EXPIRED: _("This order has expired"),
        OrderStatus.ON_HOLD: _("We are looking into your payment"),
    }[OrderStatus(order.status)]


def steps(order: Order) -> list[Step]:
    """Return the way of an order as an ordered list, with real times for what has happened."""
    if not order.is_bought:
        return []
    times = {event.status: event.at for event in order.events.all() if event.status}
    parcel = " ".join(part for part in (order.carrier, order.tracking_number) if part)
    way = [
        (OrderStatus.PAID, _("Payment received"), ""),
        (OrderStatus.PACKED, _("Packing"), _("Double-boxed by hand")),
        (OrderStatus.SHIPPED, _("On the road"), parcel or _("We email the tracking number")),
        (OrderStatus.DELIVERED, _("Delivered"), ""),
    ]
    reached = [status for status, _label, _detail in way].index(OrderStatus(order.status))
    found = []
    for place, (status, label, detail) in enumerate(way):
        is_done = place <= reached
        state = "done" if is_done else "now" if place == reached + 1 else "next"
        found.append(Step(label=label, detail=detail, at=times.get(status) if is_done else None, state=state))
    return found
