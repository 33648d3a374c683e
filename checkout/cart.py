"""The cart: what a browser means to buy. Price and stock are read anew each time it is looked at."""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from catalog.models import Variant
from checkout.cart_view import most, view
from checkout.models import Cart, CartLine, Order
from checkout.shipping import PIN

__all__ = [
    "NotEnough",
    "accept_prices",
    "add",
    "count_pieces",
    "find",
    "forget",
    "pin_code",
    "refill",
    "remember",
    "remember_pin",
    "take_out",
    "update",
    "use_coupon",
    "view",
]

COOKIE_AGE = 30 * 24 * 3600
COOKIE_SALT = "checkout.cart"
PIN_COOKIE = "pin"


class NotEnough(Exception):
    """The shop does not have, or does not sell to one person, that many. `text` is for the shopper."""

    def __init__(self, text: str, available: int) -> None:
        super().__init__(text)
        self.text = text
        self.available = available


def find(request: HttpRequest) -> Cart | None:
    """Return the cart that the request's signed cookie names, with its draft, or None. Writes nothing."""
    token = _token(request)
    return Cart.objects.select_related("draft").filter(token=token).first() if token else None


def count_pieces(request: HttpRequest) -> int:
    """Return how many pieces are in the cart of this browser, by one query, or by none where there is no cookie."""
    token = _token(request)
    if token is None:
        return 0
    return CartLine.objects.filter(cart__token=token).aggregate(count=Sum("quantity"))["count"] or 0


def _token(request: HttpRequest) -> uuid.UUID | None:
    name, salt = settings.CART_COOKIE_NAME, COOKIE_SALT
    text = request.get_signed_cookie(name, default="", salt=salt, max_age=COOKIE_AGE)
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def remember(response: HttpResponse, cart: Cart) -> None:
    """Give the browser the cookie of this cart, for another 30 days."""
    response.set_signed_cookie(
        settings.CART_COOKIE_NAME,
        str(cart.token),
        salt=COOKIE_SALT,
        max_age=COOKIE_AGE,
        secure=settings.CART_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Let the browser forget its cart: whoever logs out leaves it to the account."""
    response.delete_cookie(settings.CART_COOKIE_NAME, samesite="Lax")


def pin_code(request: HttpRequest) -> str:
    """Return the PIN code that this browser asked about last, or an empty text."""
    text = request.COOKIES.get(PIN_COOKIE, "")
    return text if PIN.fullmatch(text) else ""


def remember_pin(response: HttpResponse, postcode: str) -> HttpResponse:
    """Let the browser keep a PIN code for 30 days, where scripts can read it: pages are the same for everybody."""
    response.set_cookie(PIN_COOKIE, postcode, max_age=COOKIE_AGE, secure=settings.CART_COOKIE_SECURE, samesite="Lax")
    return response


def add(cart: Cart, *, variant: Variant, quantity: int) -> None:
    """Put `quantity` more of a variant into the cart. Raises NotEnough."""
    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=cart.pk)
        if cart.coupon_code and not cart.lines.exists():
            # What the code was for has been bought, or was removed.
            use_coupon(cart, "")
        line = cart.lines.filter(variant=variant).first()
        wanted = quantity + (line.quantity if line else 0)
        _set(cart, variant, wanted, already=line.quantity if line else 0)


def update(cart: Cart, *, variant: Variant, quantity: int) -> None:
    """Set how many of a variant are in the cart; 0 removes it. Raises NotEnough."""
    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=cart.pk)
        if quantity == 0:
            cart.lines.filter(variant=variant).delete()
        else:
            _set(cart, variant, quantity)


def refill(cart: Cart, order: Order) -> list[str]:
    """Put what an order held into the cart, as far as the shop has it; return what the shopper should know."""
    texts = []
    for line in order.lines.select_related("variant__page", "variant__stock"):
        held = cart.lines.filter(variant=line.variant).first()
        wanted = max(line.quantity, held.quantity if held else 0)
        try:
            update(cart, variant=line.variant, quantity=wanted)
        except NotEnough as refusal:
            texts.append(refusal.text)
            if refusal.available:
                update(cart, variant=line.variant, quantity=refusal.available)
    return texts


def accept_prices(cart: Cart) -> None:
    """Note that the shopper has been told today's prices."""
    for line in cart.lines.select_related("variant"):
        CartLine.objects.filter(pk=line.pk).update(accepted_price=line.variant.price)


def use_coupon(cart: Cart, code: str) -> None:
    """Write a code that was found to be good on the cart, or none."""
    Cart.objects.filter(pk=cart.pk).update(coupon_code=code)
    cart.coupon_code = code


def take_out(cart: Cart, quantities: dict[int, int]) -> None:
    """Remove what was bought (variant id -> pieces); what the shopper added since stays.

    The row of the cart itself is left alone: its lock comes before that of an order, which the caller holds.
    """
    for line in cart.lines.filter(variant_id__in=quantities):
        if line.quantity <= quantities[line.variant_id]:
            line.delete()
        else:
            CartLine.objects.filter(pk=line.pk).update(quantity=F("quantity") - quantities[line.variant_id])


def _set(cart: Cart, variant: Variant, quantity: int, already: int = 0) -> None:
    possible = most(variant)
    if quantity > possible:
        raise NotEnough(_refusal(variant, possible, already), possible)
    CartLine.objects.update_or_create(
        cart=cart, variant=variant, defaults={"quantity": quantity, "accepted_price": variant.price}
    )
    cart.save(update_fields=["updated_at"])


def _refusal(variant: Variant, possible: int, already: int) -> str:
    if possible == 0:
        return _("%(title)s is sold out.") % {"title": variant.title}
    if possible == variant.page.per_person_limit:
        return _("%(title)s is limited to %(count)d per person.") % {"title": variant.title, "count": possible}
    if already:
        return _("Only %(count)d of %(title)s left, and %(already)d already in your cart.") % {
            "count": possible,
            "title": variant.title,
            "already": already,
        }
    return _("Only %(count)d of %(title)s left.") % {"count": possible, "title": variant.title}
