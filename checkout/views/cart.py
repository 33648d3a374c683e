"""The cart's page and its two POSTs, with and without JavaScript."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalog.models import ShopSettings, Variant
from checkout import cart as carts
from checkout import coupons, open_orders, reconciliation, throttle
from checkout.cart_view import CartView
from checkout.forms import CouponForm, QuantityForm
from checkout.models import Cart, Order
from checkout.views.answers import errors, keep_private, retry_after, see_other, wants_json


def _changing(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Take POSTs. A browser that opens the address, in a restored tab or by Enter, comes to the cart."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return view(request)
        if request.method in ("GET", "HEAD") and not wants_json(request):
            return see_other(reverse("checkout:cart"))
        return HttpResponseNotAllowed(["POST"], render_to_string("405.html"))

    return answer


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the cart with today's prices and stock. Writes nothing."""
    shop = ShopSettings.for_request(request)
    return _page(request, carts.find(request), shop)


@_changing
def add(request: HttpRequest) -> HttpResponse:
    """Put a SKU into the cart."""
    return _change(request, QuantityForm(request.POST, least=1), carts.add)


@_changing
def update(request: HttpRequest) -> HttpResponse:
    """Set how many of a SKU are in the cart; 0 removes it."""
    return _change(request, QuantityForm(request.POST, least=0), carts.update)


@_changing
def coupon(request: HttpRequest) -> HttpResponse:
    """Put a code on the cart; an empty one takes it off."""
    who = throttle.client_address(request)
    if seconds := throttle.wait(throttle.BAD_COUPON, who, count=False):
        return retry_after(_refuse(request, 429, [throttle.text(seconds)], "code"), seconds)
    cart = carts.find(request)
    if cart is None:
        return _refuse(request, 400, [_("Your cart is empty.")], "code")
    try:
        code = _usable(request, cart)
    except coupons.NotUsable as refusal:
        throttle.wait(throttle.BAD_COUPON, who)
        return _refuse(request, 400, [refusal.text], "code")
    carts.use_coupon(cart, code)
    text = _("The code %(code)s is on your cart.") % {"code": code} if code else _("The code is taken off.")
    return _tell(request, cart, text)


@require_POST
def order_again(request: HttpRequest, token: str) -> HttpResponse:
    """Put what an order held into the cart of this browser, as far as the shop has it, and say what it has not."""
    order = get_object_or_404(Order, token=token)
    with transaction.atomic():
        cart = carts.find(request) or Cart.objects.create()
        for text in carts.refill(cart, order):
            messages.warning(request, text)
    if count := cart.lines.count():
        text = ngettext("%(count)d model is in your cart.", "%(count)d models are in your cart.", count)
        messages.success(request, text % {"count": count})
    response = see_other(reverse("checkout:cart"))
    carts.remember(response, cart)
    return response


def _usable(request: HttpRequest, cart: Cart) -> str:
    """Return the posted code, which may be none, once it is known to be good for this cart. Raises NotUsable."""
    form = CouponForm(request.POST)
    if not form.is_valid():
        raise coupons.NotUsable(" ".join(map(str, form.errors["code"])))
    if not form.cleaned_data["code"]:
        return ""
    subtotal = carts.view(cart, ShopSettings.for_request(request), with_pictures=False).subtotal
    return coupons.effect(coupons.find(form.cleaned_data["code"]), subtotal, cart=cart).coupon.code


def _change(request: HttpRequest, form: QuantityForm, verb: Any) -> HttpResponse:
    if seconds := throttle.wait(throttle.CART, throttle.client_address(request)):
        return retry_after(_refuse(request, 429, [throttle.text(seconds)], "cart"), seconds)
    if not form.is_valid():
        field, texts = next(iter(form.errors.items()))
        return _refuse(request, 400, [str(text) for text in texts], field)
    sku, quantity = form.cleaned_data["sku"], form.cleaned_data["quantity"]
    variant = Variant.objects.select_related("page", "stock").filter(sku=sku).first()
    if variant is None or (verb is carts.add and not variant.is_for_sale):
        return _refuse(request, 404, [_("We do not know the model %(sku)s.") % {"sku": sku}], "sku")
    try:
        cart = _changed(request, verb, variant, quantity)
    except carts.NotEnough as refusal:
        return _refuse(request, 409, [refusal.text], "quantity")
    return _answer(request, cart, variant, quantity)


def _changed(request: HttpRequest, verb: Any, variant: Variant, quantity: int) -> Cart:
    try:
        return _change_once(request, verb, variant, quantity)
    except carts.NotEnough:
        # Orders whose time is over may only hold these cars because nobody has asked Razorpay about them yet.
        if not (variant.is_for_sale and reconciliation.free_overdue([variant.pk])):
            raise
        return _change_once(request, verb, Variant.objects.select_related("page", "stock").get(pk=variant.pk), quantity)


def _change_once(request: HttpRequest, verb: Any, variant: Variant, quantity: int) -> Cart:
    with transaction.atomic():
        cart = carts.find(request) or Cart.objects.create()
        verb(cart, variant=variant, quantity=quantity)
    return cart


def _answer(request: HttpRequest, cart: Cart, variant: Variant, quantity: int) -> HttpResponse:
    view = _view(request, cart, ShopSettings.for_request(request))
    if quantity:
        text = _("%(title)s is in your cart: %(count)d in all.") % {"title": variant.title, "count": view.count}
    else:
        text = _("%(title)s was removed from your cart.") % {"title": variant.title}
    return _tell(request, cart, text, view)


def _tell(request: HttpRequest, cart: Cart, text: str, view: CartView | None = None) -> HttpResponse:
    view = view or carts.view(cart, ShopSettings.for_request(request))
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"cart": _as_json(view), "message": text})
    else:
        messages.success(request, text)
        response = see_other(reverse("checkout:cart"))
    carts.remember(response, cart)
    return response


def _refuse(request: HttpRequest, status: int, texts: list[str], field: str) -> HttpResponse:
    if wants_json(request):
        return errors(status, **{field: texts})
    more = {"refusal": " ".join(texts)}
    if field == "code":
        more |= {"code_refusal": more["refusal"], "typed_code": request.POST.get("code", "")[:20]}
    return _page(request, carts.find(request), ShopSettings.for_request(request), status=status, **more)


def _page(request: HttpRequest, cart: Cart | None, shop: ShopSettings, status: int = 200, **more: Any) -> HttpResponse:
    context = {"cart": _view(request, cart, shop), "shop": shop, "open_orders": open_orders.of_cart(cart), **more}
    return keep_private(TemplateResponse(request, "checkout/cart.html", context, status=status))


def _view(request: HttpRequest, cart: Cart | None, shop: ShopSettings) -> CartView:
    return carts.view(cart, shop, postcode=carts.pin_code(request))


def _as_json(view: CartView) -> dict[str, Any]:
    return {
        "count": view.count,
        "subtotal": view.subtotal,
        "shipping": view.shipping,
        "discount": view.discount,
        "coupon": view.coupon.coupon.code if view.coupon else "",
        "total": view.total,
        "lines": [
            {
                "sku": line.sku,
                "title": line.title,
                "option": line.option,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "total": line.total,
                "available": line.max_quantity,
                "notice": line.notice,
            }
            for line in view.lines
        ],
    }
