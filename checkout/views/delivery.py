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
    is_post = request.method == "POST"
    asked = request.POST if is_post else request.GET
    sku, postcode = asked.get("sku", ""), asked.get("postcode", carts.pin_code(request))
    variant = get_object_or_404(Variant, sku=sku, is_active=True, page__live=True) if sku else None
    form = PinForm({"postcode": postcode} if is_post or postcode or "postcode" in asked else None)
    if seconds := throttle.wait(throttle.DELIVERY, throttle.client_address(request)):
        return retry_after(_refuse(request, 429, form, variant, throttle.text(seconds)), seconds)
    cart, quote = _look(request, variant, form.cleaned_data["postcode"] if form.is_valid() else "")
    if form.errors or quote.refusal:
        return _refuse(request, 400, form, variant, quote.refusal)
    if wants_json(request):
        response: HttpResponse = keep_private(JsonResponse(_as_json(quote, cart)))
    elif is_post:
        response = see_other(_address(variant))
    else:
        response = _page(request, form, variant, quote=quote if form.is_bound else None)
    return carts.remember_pin(response, quote.postcode) if is_post else response


def _look(request: HttpRequest, variant: Variant | None, postcode: str) -> tuple[CartView | None, shipping.Quote]:
    shop = ShopSettings.for_request(request)
    if variant:
        return None, shipping.quote(postcode, grams=variant.weight_grams, subtotal=variant.price, shop=shop)
    cart = carts.view(carts.find(request), shop, postcode=postcode, with_pictures=False)
    return cart, cart.delivery


def _address(variant: Variant | None) -> str:
    """Return where a browser without script reads the answer."""
    return f"{reverse('checkout:delivery')}?sku={variant.sku}" if variant else reverse("checkout:cart")


def _refuse(request: HttpRequest, status: int, form: PinForm, variant: Variant | None, text: str) -> HttpResponse:
    texts = [text] if text else [str(error) for error in form.errors["postcode"]]
    if wants_json(request):
        return errors(status, postcode=texts)
    if not form.errors:
        form = form if form.is_bound else PinForm({"postcode": ""})
        form.full_clean()
        form.errors["postcode"] = form.error_class(texts)
    return _page(request, form, variant, status=status)


def _page(
    request: HttpRequest,
    form: PinForm,
    variant: Variant | None,
    *,
    quote: shipping.Quote | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "variant": variant, "quote": quote}
    return keep_private(TemplateResponse(request, "checkout/delivery.html", context, status=status))


def _as_json(quote: shipping.Quote, cart: CartView | None) -> dict[str, Any]:
    """Return fee and dates, and `words` for a script to show; with a cart its total too. Amounts are paise."""
    words = {"label": quote.label, "cost": quote.cost, "promise": quote.promise, "sentence": quote.sentence}
    found = {"postcode": quote.postcode, "fee": quote.fee, "from": quote.first, "to": quote.last, "words": words}
    if cart and cart.lines:
        found["total"] = cart.total
        words |= {"total": rupees(cart.total), "action": cart.action, "follows": cart.follows}
        words["due"] = _("The total is %(total)s.") % {"total": words["total"]}
    return found
