"""Invoices and credit notes for whoever holds the order's address, made when they are asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from checkout import papers, throttle
from checkout.models import Order, Refund
from checkout.views.answers import for_the_buyer, retry_after


@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the GST invoice of an order, or with a page that says why there is none yet."""
    order = get_object_or_404(Order.objects.prefetch_related("lines"), token=token)
    if not order.invoice_number:
        return for_the_buyer(render(request, "checkout/no_invoice.html", {"order": order}, status=404))
    if refusal := _too_often(request):
        return refusal
    return _paper(papers.invoice(order), order.invoice_number)


@require_safe
def credit_note(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Answer with the credit note of a refund; hyphens stand for the strokes of its number."""
    found = Refund.objects.select_related("payment__order").filter(payment__order__token=token)
    refund = get_object_or_404(found, credit_note_number=number.replace("-", "/"))
    if refusal := _too_often(request):
        return refusal
    order = Order.objects.prefetch_related("lines").get(token=token)
    return _paper(papers.credit_note(refund, order), str(refund.credit_note_number))


def _too_often(request: HttpRequest) -> HttpResponse | None:
    seconds = throttle.wait(throttle.PAPERS, throttle.client_address(request))
    if not seconds:
        return None
    return retry_after(render(request, "429.html", {"text": throttle.text(seconds)}, status=429), seconds)


def _paper(pdf: bytes, number: str) -> HttpResponse:
    name = f"{number.replace('/', '-')}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return for_the_buyer(HttpResponse(pdf, content_type="application/pdf", headers=headers))
