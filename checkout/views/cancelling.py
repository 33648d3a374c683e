"""Cancelling an order: a page that says what follows, and the POST that does it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.money import rupees
from checkout import cancelling, refunds, tracker
from checkout.gateway import GatewayError
from checkout.models import Order, Payment
from checkout.models.refund import WAYS
from checkout.status import OrderStatus
from checkout.views import orders
from checkout.views.answers import for_the_buyer, see_other


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether an order should be cancelled; a POST cancels it before dispatch.

    Razorpay is asked first about an unpaid one. `was_unpaid` is sent by a page that spoke of no money: it must not give
    back what has come since.
    """
    order = orders.find(token)
    if request.method != "POST":
        return _ask(request, order)
    is_open = order.status == OrderStatus.PENDING
    if "was_unpaid" in request.POST and order.status in cancelling.BOUGHT_AND_HERE:
        messages.warning(request, _just_paid(order))
        return see_other(order.get_absolute_url())
    try:
        if not cancelling.cancel_for_buyer(order):
            messages.error(request, _why_not(orders.find(token), was_open=is_open))
    except GatewayError as error:
        messages.error(request, error.customer_text)
    return see_other(order.get_absolute_url())


def _ask(request: HttpRequest, order: Order) -> HttpResponse:
    if not orders.may_cancel(order):
        return see_other(order.get_absolute_url())
    context: dict[str, Any] = {"order": order, **_money_back(order)}
    return for_the_buyer(TemplateResponse(request, "checkout/cancel.html", context))


def _money_back(order: Order) -> dict[str, Any]:
    """Return how many paise go back when this order is cancelled, and where to."""
    payment = _paid_by(order)
    left = refunds.refundable(payment) if payment else 0
    way = WAYS.get(payment.method, WAYS[""]) if payment else ""
    return {"goes_back": left if left >= refunds.SMALLEST else 0, "way": way}


def _paid_by(order: Order) -> Payment | None:
    return next((payment for payment in tracker.money(order) if payment.fulfils), None)


def _why_not(order: Order, *, was_open: bool) -> str:
    """Return why nothing was cancelled, for the buyer."""
    if was_open and order.status in cancelling.BOUGHT_AND_HERE:
        return _just_paid(order)
    if order.status == OrderStatus.PENDING:
        return _("A payment for this order is on its way, so nothing was cancelled. Wait a minute and look again.")
    return _("This order can no longer be cancelled here. Write to us and we will help.")


def _just_paid(order: Order) -> str:
    amount = rupees(_money_back(order)["goes_back"])
    return _("The payment has just arrived, so nothing was cancelled. You can still cancel: %(amount)s goes back.") % {
        "amount": amount
    }
