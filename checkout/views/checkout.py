"""The checkout: showing its form, and turning a POST into an order and a Razorpay order."""

import time
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import ShopSettings
from catalog.stock import OutOfStock
from checkout import attempts, attention, belonging, billing, drafts, orders, placing, reconciliation, throttle
from checkout import cart as carts
from checkout.attempts import NotPayable
from checkout.billing_form import OrderForm
from checkout.cart_view import CartView
from checkout.forms import new_checkout_key
from checkout.gateway import GatewayError
from checkout.models import Cart, CheckoutPage, Order, RazorpayOrder
from checkout.open_orders import TooManyOpen
from checkout.shipping import PIN
from checkout.status import OrderStatus
from checkout.views.answers import (
    keep_private,
    list_errors,
    payable,
    placed,
    retry_after,
    see_other,
    tell_refusal,
    wants_json,
)

# Seconds that are left for opening the payment, whatever else of this request waited for Razorpay.
LEAST_TO_PAY = 2.0


def show(page: CheckoutPage, request: HttpRequest) -> HttpResponse:
    """Show the form for the cart of this browser. Writes nothing."""
    cart = carts.find(request)
    account = belonging.account_of(request)
    details = belonging.last_details(account) if account else {}
    known = {"postcode": carts.pin_code(request), **details, **_last_details(cart), **drafts.recall(cart)}
    postcode = known["postcode"].replace(" ", "")
    shop = ShopSettings.for_request(request)
    view = carts.view(cart, shop, postcode=postcode if PIN.fullmatch(postcode) else "")
    initial = {**known, "checkout_key": new_checkout_key(), "seen_total": view.total}
    return _page(page, request, OrderForm(initial=initial), view, nobody_can_pay=attention.nobody_can_pay())


def place(page: CheckoutPage, request: HttpRequest) -> HttpResponse:
    """Place the order that was posted and open its payment."""
    deadline = time.monotonic() + attempts.BUDGET
    shop = ShopSettings.for_request(request)
    form = OrderForm(request.POST)
    cart = carts.find(request)
    if seconds := _too_often(request, cart, form):
        form.add_error(None, throttle.text(seconds))
        return retry_after(_refuse(page, request, form, 429), seconds)
    if not form.is_valid():
        return _refuse(page, request, form, 400)
    try:
        if cart is None:
            raise placing.CartEmpty(_("Your cart is empty."))
        order, is_new = _place(cart, form, shop, deadline, belonging.account_of(request))
    except placing.OrderRefused as refusal:
        return _explain(page, request, form, refusal, cart)
    except OutOfStock as refusal:
        for shortage in refusal.shortages:
            form.add_error(None, _shortage_text(shortage.title, shortage.available))
        return _refuse(page, request, form, 409)
    drafts.forget(cart)
    if is_new:
        throttle.wait(throttle.ORDERS, throttle.client_address(request))
    return carts.remember_pin(_answer(request, order, is_new, shop, deadline), order.postcode)


def _too_often(request: HttpRequest, cart: Cart | None, form: OrderForm) -> int:
    """Return how many seconds this visitor must wait. An order that exists is found again whoever ordered since."""
    address = throttle.client_address(request)
    seconds = throttle.wait(throttle.CHECKOUT, address)
    if not seconds and cart:
        seconds = throttle.wait(throttle.CHECKOUT_OF_CART, str(cart.pk))
    if not seconds:
        seconds = throttle.wait(throttle.ORDERS, address, count=False)
        if seconds and cart and cart.orders.filter(status=OrderStatus.PENDING).exists():
            return 0
    return seconds


def _explain(
    page: CheckoutPage, request: HttpRequest, form: OrderForm, refusal: placing.OrderRefused, cart: Cart | None
) -> HttpResponse:
    form.add_error("postcode" if isinstance(refusal, placing.NotDelivered) else None, refusal.text)
    if isinstance(refusal, TooManyOpen):
        return retry_after(_refuse(page, request, form, 429, refusal.orders), refusal.seconds)
    if isinstance(refusal, placing.CouponRefused) and cart:
        carts.use_coupon(cart, "")
        return _refuse(page, request, form, 409)
    if isinstance(refusal, placing.PriceChanged) and cart:
        carts.accept_prices(cart)
        return _refuse(page, request, form, 409)
    return _refuse(page, request, form, 400)


def _place(
    cart: Cart, form: OrderForm, shop: ShopSettings, deadline: float, account: User | None
) -> tuple[Order, bool]:
    _give_up_changed(cart, form, shop, deadline)
    wanted = {
        "cart": cart,
        "details": form.details,
        "checkout_key": form.key,
        "shop": shop,
        "account": account,
        "seen_total": form.cleaned_data["seen_total"],
    }
    try:
        return orders.place_order(**wanted)
    except OutOfStock as refusal:
        # Orders whose time is over may only hold these cars because nobody has asked Razorpay about them yet.
        if not reconciliation.free_overdue([shortage.variant_id for shortage in refusal.shortages]):
            raise
        return orders.place_order(**wanted)


def _give_up_changed(cart: Cart, form: OrderForm, shop: ShopSettings, deadline: float) -> None:
    """Let go of the open order of this cart when the cart has changed since: one browser holds one set of cars."""
    postcode = form.cleaned_data["postcode"]
    for outdated in orders.find_outdated(cart, checkout_key=form.key, postcode=postcode, shop=shop):
        reconciliation.supersede(order=outdated, budget=_left(deadline) - LEAST_TO_PAY)


def _answer(request: HttpRequest, order: Order, is_new: bool, shop: ShopSettings, deadline: float) -> HttpResponse:
    attempt: RazorpayOrder | None = None
    try:
        attempt = attempts.open_payment(order, budget=max(_left(deadline), LEAST_TO_PAY))
    except NotPayable:
        order.refresh_from_db()
    except GatewayError as error:
        if wants_json(request):
            return JsonResponse({"order": placed(order), "errors": {"payment": [error.customer_text]}}, status=503)
        tell_refusal(request, error)
    doubt = billing.doubt(order) if order.status == OrderStatus.PENDING else ""
    if not wants_json(request):
        if doubt:
            messages.warning(request, doubt)
        target = "checkout:order_pay" if order.status == OrderStatus.PENDING else "checkout:order"
        return see_other(reverse(target, args=[order.token]))
    told = {"warnings": [doubt]} if doubt else {}
    return JsonResponse({**payable(order, attempt, shop), **told}, status=201 if is_new else 200)


def _left(deadline: float) -> float:
    return deadline - time.monotonic()


def stale(page: CheckoutPage, request: HttpRequest) -> HttpResponse | None:
    """Show what was typed once more where the form came without a good token; without a cart there is no form.

    Nothing else is done with it: it may come from another site.
    """
    if not carts.count_pieces(request):
        return None
    form = OrderForm(request.POST)
    text = _("This page had gone stale: nothing was ordered and nothing was charged. Look it over and send it again.")
    form.add_error(None, text)
    return _again(page, request, form, 403)


def _refuse(
    page: CheckoutPage,
    request: HttpRequest,
    form: OrderForm,
    status: int,
    open_orders: Sequence[Order] = (),
) -> HttpResponse:
    if wants_json(request):
        texts = {name if name != "__all__" else "cart": [str(t) for t in found] for name, found in form.errors.items()}
        more = {"open_orders": [placed(order) for order in open_orders]} if open_orders else {}
        return JsonResponse({"errors": texts, **more}, status=status)
    if cart := carts.find(request):
        drafts.keep(cart, form)
    return _again(page, request, form, status, open_orders=open_orders)


def _again(page: CheckoutPage, request: HttpRequest, form: OrderForm, status: int, **more: Any) -> HttpResponse:
    """Show a form once more as it was posted, with what is due now."""
    postcode = form.cleaned_data.get("postcode") or carts.pin_code(request)
    view = carts.view(carts.find(request), ShopSettings.for_request(request), postcode=postcode)
    data = request.POST.copy()
    data["seen_total"] = str(view.total)
    data["checkout_key"] = data.get("checkout_key") or new_checkout_key()
    form.data = data
    return _page(page, request, form, view, status=status, **more)


def _page(
    page: CheckoutPage, request: HttpRequest, form: OrderForm, view: CartView, status: int = 200, **more: Any
) -> HttpResponse:
    context = page.get_context(request)
    context.update(form=form, cart=view, errors=list_errors(form), shop=ShopSettings.for_request(request), **more)
    context["account"] = belonging.account_of(request)
    if not view.lines:
        context["bought"] = _bought_last(carts.find(request))
    return keep_private(TemplateResponse(request, page.get_template(request), context, status=status))


def _last_details(cart: Cart | None) -> dict[str, Any]:
    last = cart.orders.filter(status=OrderStatus.PENDING).first() if cart else None
    if last is None:
        return {}
    return {**{name: getattr(last, name) for name in placing.Details.__dataclass_fields__}, **billing.in_form(last)}


def _bought_last(cart: Cart | None) -> Order | None:
    """Return what this browser ordered last, when that is paid."""
    last = cart.orders.first() if cart else None
    return last if last and last.is_bought else None


def _shortage_text(title: str, available: int) -> str:
    if available <= 0:
        return _("%(title)s is sold out. Remove it from your cart to check out.") % {"title": title}
    return _("Only %(count)d of %(title)s left. Change your cart to check out.") % {"count": available, "title": title}
