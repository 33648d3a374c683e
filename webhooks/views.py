"""Where browser and Razorpay report payments. The signature is the proof: no session, no CSRF token, no cookie."""

import json
import logging
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from checkout import gateway, payments, throttle
from checkout.facts import is_order_id
from checkout.models import Order, RazorpayOrder
from checkout.views.answers import retry_after, see_other
from webhooks import inbox, posted
from webhooks.posted import FIELDS

logger = logging.getLogger(__name__)

MAX_BODY = 1_000_000


@csrf_exempt
@require_POST
def verify(request: HttpRequest) -> JsonResponse:
    """Take the three values that Razorpay's window gave to the browser."""
    values = posted.proof(request)
    try:
        order = _verified(values)
    except payments.BadSignature:
        if seconds := _wait(request, values[FIELDS[0]]):
            error = {"code": "too_many_tries", "message": throttle.text(seconds)}
            return retry_after(JsonResponse({"error": error}, status=429), seconds)
        text = _("This payment could not be verified. If money left your account, we will find it.")
        return JsonResponse({"error": {"code": "bad_signature", "message": text}}, status=400)
    state = "paid" if order.is_bought else "confirming"
    return JsonResponse({"status": state, "redirect": order.get_absolute_url()})


@csrf_exempt
@require_POST
def callback(request: HttpRequest) -> HttpResponse:
    """Take Razorpay's form POST of a payment or of a failure, and send the browser to the order."""
    form = posted.form(request)
    if FIELDS[2] not in form and (url := _failed_order(form)):
        return see_other(url)
    values = posted.proof(request)
    try:
        order = _verified(values)
    except payments.BadSignature:
        if seconds := _wait(request, values[FIELDS[0]]):
            return retry_after(render(request, "429.html", {"text": throttle.text(seconds)}, status=429), seconds)
        return render(request, "400.html", status=400)
    return see_other(order.get_absolute_url())


@csrf_exempt
@require_POST
def razorpay(request: HttpRequest) -> HttpResponse:
    """Store a signed event durably, answer 200, and apply it. Makes no call out."""
    body = posted.read(request, MAX_BODY)
    if body is None:
        return HttpResponse(status=413)
    # A flood of unsigned posts is refused before anything is parsed or written.
    if not gateway.webhook_signature_is_valid(body, request.headers.get("X-Razorpay-Signature")):
        return _refuse_unsigned(request)
    try:
        with inbox.short_waits():
            event, is_new = inbox.store(body, request.headers.get("X-Razorpay-Event-Id", ""))
            if is_new:
                inbox.apply(event)
    except Error:
        logger.exception("An event could not be stored")
        return HttpResponse(status=503)
    return HttpResponse(status=200)


def _verified(values: dict[str, Any]) -> Order:
    return payments.verify(order_id=values[FIELDS[0]], payment_id=values[FIELDS[1]], signature=values[FIELDS[2]])


def _refuse_unsigned(request: HttpRequest) -> HttpResponse:
    """Answer 400, and 429 to a flood. Looks at this process's memory only; a true signature never gets here."""
    address = throttle.client_address(request)
    if seconds := throttle.wait(throttle.BAD_WEBHOOK, address, at_home=True):
        return retry_after(HttpResponse(status=429), seconds)
    logger.warning("A webhook without a true signature came from %s", address)
    return HttpResponse(status=400)


def _wait(request: HttpRequest, order_id: object) -> int:
    """Count a proof of payment that proves nothing; return how many seconds to wait when there were too many."""
    seconds = throttle.wait(throttle.BAD_PAYMENT, throttle.client_address(request))
    if not seconds and isinstance(order_id, str) and is_order_id(order_id):
        seconds = throttle.wait(throttle.BAD_PAYMENT_OF_ORDER, order_id)
    return seconds


def _failed_order(form: QueryDict) -> str | None:
    """Return the page of the order that a failure POST names. A failure moves nothing: anybody can post one."""
    try:
        metadata = json.loads(form.get("error[metadata]", ""))
    except (ValueError, RecursionError):
        return None
    order_id = metadata.get("order_id") if isinstance(metadata, dict) else None
    if not (isinstance(order_id, str) and is_order_id(order_id)):
        return None
    attempt = RazorpayOrder.objects.filter(razorpay_order_id=order_id).select_related("order").first()
    return attempt.order.get_absolute_url() if attempt else None
