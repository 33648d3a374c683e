"""The pages of one order, found by its unguessable token. Only POSTs ask Razorpay."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import pictures
from catalog.models import ShopSettings
from checkout import attempts, attention, cancelling, downtimes, holding, reconciliation, tracker
from checkout import cart as carts
from checkout.attempts import NotPayable
from checkout.gateway import GatewayError
from checkout.models import Order
from checkout.status import OrderStatus
from checkout.views.answers import (
    for_the_buyer,
    keep_private,
    keep_unlisted,
    order_status,
    payable,
    razorpay_options,
    see_other,
    tell_refusal,
    wants_json,
)

CHECK_PAUSE = timedelta(seconds=4)


@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to its buyer."""
    order = find(token)
    state = tracker.payment_state(order)
    is_pending = order.status == OrderStatus.PENDING
    # pay.js adds the word when the window reported a payment and the network kept it from telling the shop.
    is_waiting = is_pending and (state == "confirming" or "confirming" in request.GET)
    context = {
        "order": order,
        **_goods(order),
        "shop": ShopSettings.for_request(request),
        "timeline": tracker.steps(order),
        "headline": _("Confirming your payment") if is_waiting else tracker.headline(order),
        "payment": state,
        "failure": tracker.failure(order) if state == "failed" else "",
        "polling": is_waiting,
        "pay_url": _url("order_pay", order) if is_pending and not is_waiting else "",
        "cancel_url": _url("order_cancel", order) if may_cancel(order) and not is_waiting else "",
        "may_change": not is_waiting and _may_change(request, order),
        "hold": holding.tell(order, now=timezone.now()),
        "refunds": tracker.refunds_in(order),
        "came_back": tracker.came_back(order),
        "paid_twice": tracker.paid_twice(order),
        "invoice_url": order.get_invoice_url() if order.invoice_number else "",
        "notes": order.notes.filter(for_buyer=True),
        "set_aside": tracker.set_aside(order),
        "check_url": _url("order_check", order),
        "status_url": _url("order_status", order),
    }
    return for_the_buyer(TemplateResponse(request, "checkout/order.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page that opens Razorpay's window; a POST gives time for it and sees to the Razorpay order.

    A script reads as JSON what opens the window: nothing when there is nothing to pay or no Razorpay order yet.
    """
    order = find(token)
    if request.method == "POST":
        return _open(request, order)
    if wants_json(request):
        return _pay_options(request, order)
    return _pay_page(request, order) if _is_payable(order) else see_other(order.get_absolute_url())


@require_safe
def status(request: HttpRequest, token: str) -> JsonResponse:
    """Tell the state of an order as JSON. Only reads."""
    response = JsonResponse(order_status(find(token)))
    keep_private(response)
    return response


@require_POST
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Ask Razorpay about this order now, at most once in a few seconds, and answer like `status/`."""
    order = find(token)
    before = timezone.now() - CHECK_PAUSE
    # A question in the future was asked before the clock was set back.
    is_due = Q(checked_at=None) | Q(checked_at__lt=before) | Q(checked_at__gt=timezone.now() + CHECK_PAUSE)
    is_due |= Q(pk=None if settings.RATELIMIT_ENABLE else order.pk)
    if Order.objects.filter(is_due, pk=order.pk).update(checked_at=timezone.now()):
        try:
            reconciliation.settle(order)
        except GatewayError:
            messages.info(request, _("We could not reach Razorpay just now. We keep asking; you need not pay again."))
    if request.accepts("text/html") and "text/html" in request.headers.get("Accept", ""):
        return see_other(order.get_absolute_url())
    return keep_private(JsonResponse(order_status(find(token))))


def find(token: str) -> Order:
    """Return the order with this token and what its pages tell of it. Raises Http404."""
    return get_object_or_404(Order.objects.prefetch_related("payments__refunds", "events"), token=token)


def may_cancel(order: Order) -> bool:
    """Tell whether the buyer is offered to cancel: the parcel is here, and no payment is on its way."""
    return order.status in cancelling.BOUGHT_AND_HERE or _is_payable(order)


def _may_change(request: HttpRequest, order: Order) -> bool:
    """Tell whether the checkout of this browser, sent again, changes this order: its cart is that of the order."""
    cart = carts.find(request) if _is_payable(order) else None
    if cart is None or cart.pk != order.cart_id:
        return False
    return set(cart.lines.values_list("variant", "quantity")) == set(order.lines.values_list("variant", "quantity"))


def _goods(order: Order) -> dict[str, Any]:
    lines = list(order.lines.select_related("image"))
    pictures.prefetch(line.image for line in lines)
    return {"lines": lines, "gst_included": tracker.gst_included(order, lines)}


def _is_payable(order: Order) -> bool:
    return order.status == OrderStatus.PENDING and tracker.payment_state(order) != "confirming"


def _open(request: HttpRequest, order: Order) -> HttpResponse:
    """Give the buyer time to pay, see to the Razorpay order, and lead back to what opens the window."""
    if _is_payable(order):
        holding.extend(order, now=timezone.now())
        try:
            attempts.open_payment(order)
        except NotPayable:
            order = find(order.token)
        except GatewayError as error:
            tell_refusal(request, error)
    if wants_json(request) or _is_payable(order):
        return see_other(_url("order_pay", order))
    return see_other(order.get_absolute_url())


def _pay_options(request: HttpRequest, order: Order) -> HttpResponse:
    attempt = attempts.current(order) if _is_payable(order) else None
    body = payable(order, attempt, ShopSettings.for_request(request))
    state = {"payment": tracker.payment_state(order), "hold": holding.tell(order, now=timezone.now())}
    return keep_private(JsonResponse({**body, **state}))


def _pay_page(request: HttpRequest, order: Order) -> HttpResponse:
    shop = ShopSettings.for_request(request)
    attempt = attempts.current(order)
    context = {
        "order": order,
        **_goods(order),
        "shop": shop,
        "ready": attempt is not None,
        "trouble": "" if attempt else _trouble(order),
        "razorpay": razorpay_options(order, attempt, shop) if attempt else None,
        "checkout_js_url": settings.RAZORPAY_CHECKOUT_JS_URL,
        "hosted_url": f"{settings.RAZORPAY_API_URL}/v1/checkout/embedded",
        "verify_url": reverse("webhooks:verify"),
        "status_url": _url("order_status", order),
        "order_url": order.get_absolute_url(),
        "cancel_url": _url("order_cancel", order),
        "may_change": _may_change(request, order),
        "return_url": settings.SITE_URL + _url("order_pay", order),
        "failure": tracker.failure(order),
        "downtimes": downtimes.current(),
        "hold": holding.tell(order, now=timezone.now()),
        "may_extend": order.expires_at < timezone.now() + holding.extension() and not order.extended_at,
        "pay_url": _url("order_pay", order),
    }
    return _for_razorpay(TemplateResponse(request, "checkout/pay.html", context))


def _trouble(order: Order) -> str:
    """Return why an order cannot be paid just now: nobody can, this one was refused, or nothing is known."""
    if attention.nobody_can_pay():
        return "everybody"
    return "refused" if attention.is_refused(order) else ""


def _for_razorpay(response: HttpResponse) -> HttpResponse:
    # Razorpay refuses payments from a site that it cannot name, and its bank pop-ups need their opener.
    response["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return keep_unlisted(response)


def _url(name: str, order: Order) -> str:
    return reverse(f"checkout:{name}", args=[order.token])
