"""What a buyer is told about an order: the state of its payment and the steps on its way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.money import rupees
from checkout import taxation
from checkout.models import Order, OrderLine, Payment, Refund
from checkout.models.refund import RefundOrigin
from checkout.status import OrderStatus, PaymentStatus, RefundStatus


@dataclass(frozen=True)
class Step:
    """One step of the tracker. `state` is done, now or next."""

    label: str
    detail: str
    at: datetime | None
    state: str


def money(order: Order) -> list[Payment]:
    """Return the payments whose money the order has or had: the one that paid it, or else all that were captured."""
    payments = list(order.payments.all())
    return [payment for payment in payments if payment.fulfils] or [
        payment for payment in payments if payment.status == PaymentStatus.CAPTURED or refunds_of(payment)
    ]


def refunds_of(payment: Payment) -> list[Refund]:
    """Return the refunds of captured money; what Razorpay returns uncaptured is none of the order's."""
    return [refund for refund in payment.refunds.all() if refund.origin != RefundOrigin.AUTO]


def refunded(order: Order) -> int:
    """Return how many paise of the order's money have gone back to the buyer; money in another currency is no paise."""
    return sum(_gone_back(payment) for payment in money(order) if payment.currency == order.currency)


def refunds_in(order: Order) -> list[Refund]:
    """Return the refunds of the order's money, oldest first."""
    return [refund for payment in money(order) for refund in refunds_of(payment)]


def came_back(order: Order) -> list[Refund]:
    """Return the refunds that the buyer's bank sent back and that were not made anew: this money is still here."""
    refunds = [refund for payment in order.payments.all() for refund in refunds_of(payment)]
    sent_back = [refund for refund in refunds if refund.status == RefundStatus.FAILED and refund.razorpay_refund_id]
    return [refund for refund in sent_back if not any(_stands_for(refund, other) for other in refunds)]


def _stands_for(refund: Refund, other: Refund) -> bool:
    """Tell whether `other` was made after a refund that failed, of the same money and for no less."""
    is_later = other.payment_id == refund.payment_id and other.pk > refund.pk
    return is_later and other.status != RefundStatus.FAILED and other.amount >= refund.amount


def paid_twice(order: Order) -> list[Refund]:
    """Return the refunds, none that failed, of money that came beside the payment that paid the order."""
    paid = money(order)
    beside = [payment for payment in order.payments.all() if payment not in paid]
    found = [refund for payment in beside for refund in refunds_of(payment)]
    return [refund for refund in found if refund.status != RefundStatus.FAILED]


def _gone_back(payment: Payment) -> int:
    return sum(refund.amount for refund in refunds_of(payment) if refund.status == RefundStatus.PROCESSED)


def _going_back(payment: Payment) -> int:
    return sum(refund.amount for refund in refunds_of(payment) if refund.status != RefundStatus.FAILED)


def gst_included(order: Order, lines: Iterable[OrderLine]) -> int:
    """Return how many paise of an order with these lines are GST, as its invoice says."""
    return taxation.gst_included(lines, shipping=order.shipping, discount=order.discount)


def payment_state(order: Order) -> str:
    """Return none, confirming, paid, failed, refunded or partially_refunded."""
    taken = money(order)
    if any(map(_gone_back, taken)):
        is_all = all(_gone_back(payment) >= payment.amount for payment in taken)
        return "refunded" if is_all else "partially_refunded"
    if order.is_bought or order.status == OrderStatus.ON_HOLD or (taken and order.status == OrderStatus.CANCELLED):
        return "paid"
    states = {payment.status for payment in order.payments.all()}
    if states & {"created", "authorized", "captured"}:
        return "confirming"
    return "failed" if "failed" in states else "none"


def set_aside(order: Order) -> list[Payment]:
    """Return the payments that banks hold and the shop will not take: Razorpay lets go of them by itself."""
    if order.status == OrderStatus.PENDING:
        return []
    return [payment for payment in order.payments.all() if payment.status == PaymentStatus.AUTHORIZED]


def failure(order: Order) -> str:
    """Return Razorpay's words for the last failed attempt, or an empty text."""
    failed = [payment for payment in order.payments.all() if payment.status == "failed"]
    return failed[-1].error_description if failed else ""


def updated_at(order: Order) -> datetime:
    """Return when what is told of an order last changed: itself, a payment, or a refund that ended."""
    told = (RefundStatus.PROCESSED, RefundStatus.FAILED)
    refunds = [refund.updated_at for refund in refunds_in(order) if refund.status in told]
    return max([order.updated_at, *(payment.updated_at for payment in order.payments.all()), *refunds])


def headline(order: Order) -> str:
    """Return the heading of the order's page."""
    if order.status == OrderStatus.PENDING:
        return {
            "confirming": _("Confirming your payment"),
            "failed": _("The payment did not go through"),
        }.get(payment_state(order), _("Not paid yet"))
    if order.is_bought and payment_state(order) == "refunded":
        return _("All of your money is returned")
    if _is_called_off(order):
        return _("We are returning all of your money")
    return {
        OrderStatus.PAID: _("Paid. We’re packing it.") if order.total else _("Ordered. We’re packing it."),
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
    expected = _("Expected %(dates)s") % {"dates": order.promise} if order.promise else ""
    way = [
        (OrderStatus.PAID, _("Payment received") if order.total else _("Order received"), ""),
        (OrderStatus.PACKED, _("Packing"), _("Double-boxed by hand")),
        (OrderStatus.SHIPPED, _("On the road"), parcel or _("We email the tracking number")),
        (OrderStatus.DELIVERED, _("Delivered"), "" if order.status == OrderStatus.DELIVERED else expected),
    ]
    reached = [status for status, _label, _detail in way].index(OrderStatus(order.status))
    done = [Step(label, detail, times.get(status), "done") for status, label, detail in way[: reached + 1]]
    ahead = [] if _is_called_off(order) else way[reached + 1 :]
    coming = [Step(label, detail, None, "next") for _status, label, detail in ahead]
    return [*_with_refunds(done, order), *(replace(step, state="now") for step in coming[:1]), *coming[1:]]


def _with_refunds(done: list[Step], order: Order) -> list[Step]:
    """Return what has happened with the refunds that came through, each at its time."""
    found = list(done)
    for refund in refunds_in(order):
        if refund.status == RefundStatus.PROCESSED and refund.processed_at:
            later = (place for place, step in enumerate(found) if step.at and step.at > refund.processed_at)
            step = Step(_("Money returned"), rupees(refund.amount), refund.processed_at, "done")
            found.insert(next(later, len(found)), step)
    return found


def _is_called_off(order: Order) -> bool:
    """Tell whether a bought order will not be sent, because all of its money goes back or went back before dispatch."""
    taken = money(order)
    is_here = order.is_bought and order.address_may_change
    return is_here and bool(taken) and all(_going_back(payment) >= payment.amount for payment in taken)
