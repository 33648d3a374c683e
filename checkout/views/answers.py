"""The shapes of answers: JSON as promised to the outside, and the headers of pages that nobody may keep."""

from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseRedirectBase
from django.urls import reverse
from django.utils.cache import patch_cache_control

from catalog.models import ShopSettings
from checkout import tracker
from checkout.gateway import GatewayError
from checkout.models import Order, RazorpayOrder

Response = TypeVar("Response", bound=HttpResponse)


class SeeOther(HttpResponseRedirectBase):
    """A redirect that makes the browser GET what its POST led to (RFC 9110, 15.4.4)."""

    status_code = 303


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the client asked for JSON rather than a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def keep_private(response: HttpResponse) -> HttpResponse:
    """Forbid every cache to store the response: it shows one person's order or cart."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def keep_unlisted(response: Response) -> Response:
    """Keep the response out of search engines, and of every cache."""
    response["X-Robots-Tag"] = "noindex"
    keep_private(response)
    return response


def for_the_buyer(response: Response) -> Response:
    """Keep what only a buyer sees unlisted. Its address is the key to the order, so it may not leak to other sites."""
    response["Referrer-Policy"] = "same-origin"
    return keep_unlisted(response)


def list_errors(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Return (id of the field, text) of every mistake in a form; those of the form as a whole have no id."""
    return [
        (form[name].id_for_label if name in form.fields else "", str(text))
        for name, texts in form.errors.items()
        for text in texts
    ]


def errors(status: int, **texts: list[str]) -> JsonResponse:
    """Answer with `{"errors": {field: [texts]}}`."""
    return JsonResponse({"errors": texts}, status=status)


def retry_after(response: Response, seconds: int) -> Response:
    """Tell whoever tried too often when the next try is allowed."""
    response["Retry-After"] = str(seconds)
    return response


def order_status(order: Order) -> dict[str, Any]:
    """Return what `status/` tells: amounts in paise, times in ISO 8601."""
    return {
        "number": order.number,
        "status": order.status,
        "payment": tracker.payment_state(order),
        "total": order.total,
        "refunded": tracker.refunded(order),
        "updated_at": tracker.updated_at(order).isoformat(),
    }


def placed(order: Order) -> dict[str, Any]:
    """Return the `order` object of the checkout's answer. `total` is paise."""
    return {
        "number": order.number,
        "token": order.token,
        "status": order.status,
        "total": order.total,
        "status_url": reverse("checkout:order_status", args=[order.token]),
        "pay_url": reverse("checkout:order_pay", args=[order.token]),
    }


def payable(order: Order, attempt: RazorpayOrder | None, shop: ShopSettings) -> dict[str, Any]:
    """Return what a script needs to open Razorpay's window; without an attempt there is nothing to pay."""
    return {
        "order": placed(order),
        "verify_url": reverse("webhooks:verify"),
        "razorpay": razorpay_options(order, attempt, shop) if attempt else None,
    }


def razorpay_options(order: Order, attempt: RazorpayOrder, shop: ShopSettings) -> dict[str, Any]:
    """Return the options of Razorpay's window for one attempt. `amount` is paise and only shown; the order decides.

    https://razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps/
    """
    return {
        "key": attempt.key_id,
        "order_id": attempt.razorpay_order_id,
        "amount": attempt.amount,
        "currency": attempt.currency,
        "name": shop.shop_name,
        "description": f"Order {order.number}",
        "prefill": {"name": order.full_name, "email": order.email, "contact": order.phone},
        "theme": {"color": "#E6A800"},
        "callback_url": settings.SITE_URL + reverse("webhooks:callback"),
        "config": {"display": {"sequence": ["upi", "card", "netbanking", "wallet"]}},
    }


def tell_refusal(request: HttpRequest, error: GatewayError) -> None:
    """Say on the next page what Razorpay has refused; that it could not be reached, the pay page says by itself."""
    if error.is_refusal:
        messages.error(request, error.customer_text)


def see_other(url: str) -> HttpResponse:
    """Send the browser to `url` with a GET after its POST; no cache keeps the way."""
    return keep_private(SeeOther(url))
