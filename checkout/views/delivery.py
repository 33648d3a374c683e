"""What delivery to a PIN code costs and when it arrives, for the cart or for one model."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.models import ShopSettings, Variant
from catalog.money import rupees
from checkout import cart as carts
from checkout import shipping, throttle
from checkout.cart_view import CartView
from checkout.forms import PinForm
from checkout.views.answers import errors, keep_private, retry_after, see_other, wants_json


@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: HttpRequest) -> HttpResponse:
    """Answer for the PIN code that was asked, or the one that this browser knows. A POST lets the browser keep it."""
    asked = request.POST if request.method == "POST" else request.GET
    sku = asked.get("sku", "")
    variant = get_object_or_404(Variant, sku=sku, is_active=True, page__live=True) if sku else None
    form = PinForm({"postcode": asked.get("postcode", carts.pin_code(request))})
    if seconds := throttle.wait(throttle.DELIVERY, throttle.client_address(request)):
        form.add_error("postcode", throttle.text(seconds))
        return retry_after(_page(request, form, variant, status=429), seconds)
    if request.method != "POST" and "postcode" not in asked and not carts.pin_code(request):
        return _page(request, PinForm(), variant)
    if not form.is_valid():
        return _page(request, form, variant, status=400)
    if request.method != "POST":
        return _page(request, form, variant)
    return carts.remember_pin(_after_asking(request, form, variant), form.cleaned_data["postcode"])


def _after_asking(request: HttpRequest, form: PinForm, variant: Variant | None) -> HttpResponse:
    if wants_json(request):
        return _page(request, form, variant)
    if variant is None:
        return see_other(reverse("checkout:cart"))
    return see_other(f"{reverse('checkout:delivery')}?sku={variant.sku}")


def _page(request: HttpRequest, form: PinForm, variant: Variant | None, status: int = 200) -> HttpResponse:
    postcode = form.cleaned_data.get("postcode", "") if form.is_bound else ""
    shop = ShopSettings.for_request(request)
    cart = None if variant else carts.view(carts.find(request), shop, postcode=postcode, with_pictures=False)
    quote = cart.delivery if cart else _quote(postcode, variant, shop)
    if wants_json(request):
        if status != 200:
            return errors(status, postcode=[str(text) for text in form.errors["postcode"]])
        return keep_private(JsonResponse(_as_json(quote, cart)))
    context = {"form": form, "variant": variant, "quote": quote, "asked": form.is_bound and status == 200}
    return keep_private(TemplateResponse(request, "checkout/delivery.html", context, status=status))


def _quote(postcode: str, variant: Variant | None, shop: ShopSettings) -> shipping.Quote:
    grams, subtotal = (variant.weight_grams, variant.price) if variant else (0, 0)
    return shipping.quote(postcode, grams=grams, subtotal=subtotal, shop=shop)


def _as_json(quote: shipping.Quote, cart: CartView | None) -> dict[str, Any]:
    """Return fee and dates, and `words` for a script to show; with a cart its total too. Amounts are paise."""
    words = {"label": quote.label, "cost": quote.cost, "promise": quote.promise, "sentence": quote.sentence}
    found = {"postcode": quote.postcode, "fee": quote.fee, "from": quote.first, "to": quote.last, "words": words}
    if cart and cart.lines:
        found["total"] = cart.total
        words["total"] = rupees(cart.total)
        words["due"] = _("The total is %(total)s.") % {"total": words["total"]}
    return found
