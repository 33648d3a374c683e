"""The cart: what a browser means to buy. Price and stock are read anew each time it is looked at."""

import hashlib
import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import pictures
from catalog.cards import card_image
from catalog.models import ShopImage, ShopSettings, Variant
from catalog.money import rupees
from catalog.stock import Availability, availability
from catalog.tax import NoRate, included_tax, rate_on
from checkout.models import Cart, CartLine

COOKIE_AGE = 30 * 24 * 3600
COOKIE_SALT = "checkout.cart"
MAX_QUANTITY = 99


class NotEnough(Exception):
    """The shop does not have, or does not sell to one person, that many. `text` is for the shopper."""

    def __init__(self, text: str, available: int) -> None:
        super().__init__(text)
        self.text = text
        self.available = available


@dataclass(frozen=True)
class CartLineView:
    """One line as the shopper sees it. Prices are paise, `gst_rate` basis points; `notice` tells what changed."""

    variant: Variant
    quantity: int
    accepted_price: int
    availability: Availability
    max_quantity: int
    image: ShopImage | None
    alt: str
    notice: str
    gst_rate: int

    @property
    def sku(self) -> str:
        """The SKU of the line."""
        return self.variant.sku

    @property
    def title(self) -> str:
        """The name of the model."""
        return str(self.variant.page.title)

    @property
    def option(self) -> str:
        """The variant's option, such as a colour."""
        return self.variant.option

    @property
    def brand(self) -> str:
        """The maker's name."""
        return str(self.variant.page.brand)

    @property
    def scale(self) -> str:
        """The scale, such as 1:43."""
        return str(self.variant.page.scale)

    @property
    def url(self) -> str:
        """The address of the product page with this variant chosen."""
        return f"{self.variant.page.get_url() or '/'}?variant={self.variant.sku}"

    @property
    def unit_price(self) -> int:
        """The live price of one, in paise."""
        return int(self.variant.price)

    @property
    def total(self) -> int:
        """The live price of the line, in paise."""
        return self.unit_price * self.quantity

    @property
    def can_be_bought(self) -> bool:
        """Whether the shop can sell this quantity now."""
        return self.quantity <= self.max_quantity


@dataclass(frozen=True)
class CartView:
    """A cart as the shopper sees it. All amounts are paise."""

    lines: list[CartLineView] = field(default_factory=list)
    subtotal: int = 0
    shipping: int = 0
    gst_included: int = 0
    free_shipping_gap: int = 0
    free_shipping_from: int | None = None

    @property
    def count(self) -> int:
        """How many pieces are in the cart."""
        return sum(line.quantity for line in self.lines)

    @property
    def total(self) -> int:
        """What the shopper pays for cars and delivery."""
        return self.subtotal + self.shipping

    @property
    def notices(self) -> list[tuple[str, str]]:
        """What changed since the cars were added: title of the model, and what happened."""
        return [(line.title, line.notice) for line in self.lines if line.notice]

    @property
    def can_check_out(self) -> bool:
        """Whether every line can be sold as it stands."""
        return bool(self.lines) and all(line.can_be_bought for line in self.lines)

    @property
    def digest(self) -> str:
        """A fingerprint of lines and total: the same cart at the same price has the same one."""
        parts = [f"{line.sku}:{line.quantity}:{line.unit_price}" for line in self.lines]
        return hashlib.sha256("|".join([*sorted(parts), str(self.total)]).encode()).hexdigest()


def find(request: HttpRequest) -> Cart | None:
    """Return the cart that the request's signed cookie names, or None. Writes nothing."""
    token = _token(request)
    return Cart.objects.filter(token=token).first() if token else None


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


def add(cart: Cart, *, variant: Variant, quantity: int) -> None:
    """Put `quantity` more of a variant into the cart. Raises NotEnough."""
    with transaction.atomic():
        Cart.objects.select_for_update().get(pk=cart.pk)
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


def accept_prices(cart: Cart) -> None:
    """Note that the shopper has been told today's prices."""
    for line in cart.lines.select_related("variant"):
        CartLine.objects.filter(pk=line.pk).update(accepted_price=line.variant.price)


def take_out(cart: Cart, quantities: dict[int, int]) -> None:
    """Remove what was bought (variant id -> pieces); what the shopper added since stays."""
    for line in cart.lines.filter(variant_id__in=quantities):
        if line.quantity <= quantities[line.variant_id]:
            line.delete()
        else:
            CartLine.objects.filter(pk=line.pk).update(quantity=F("quantity") - quantities[line.variant_id])


def view(cart: Cart | None, shop: ShopSettings, *, with_pictures: bool = True) -> CartView:
    """Return the cart as it stands now, with live prices and stock. Writes nothing."""
    lines = _line_views(cart, shop, with_pictures) if cart else []
    subtotal = sum(line.total for line in lines)
    shipping = _shipping(subtotal, shop) if lines else 0
    gap = (shop.free_shipping_from or 0) - subtotal if shipping else 0
    return CartView(
        lines=lines,
        subtotal=subtotal,
        shipping=shipping,
        gst_included=sum(included_tax(line.total, line.gst_rate) for line in lines),
        free_shipping_gap=max(gap, 0),
        free_shipping_from=shop.free_shipping_from,
    )


def _shipping(subtotal: int, shop: ShopSettings) -> int:
    is_free = shop.free_shipping_from is not None and subtotal >= shop.free_shipping_from
    return 0 if is_free else shop.shipping_fee


def _line_views(cart: Cart, shop: ShopSettings, with_pictures: bool) -> list[CartLineView]:
    lines = list(
        cart.lines.select_related("variant__stock", "variant__page__brand", "variant__page__hsn").prefetch_related(
            "variant__page__photos__image"
        )
    )
    firsts = [card_image(line.variant.page) for line in lines]
    if with_pictures:
        pictures.prefetch(image for image, _alt in firsts)
    rates = {hsn: _rate(hsn) for hsn in {line.variant.page.hsn.code for line in lines if line.variant.page.hsn}}
    return [
        CartLineView(
            variant=line.variant,
            quantity=line.quantity,
            accepted_price=line.accepted_price,
            availability=availability(line.variant, threshold=shop.low_stock_threshold),
            max_quantity=most(line.variant),
            image=image,
            alt=alt,
            notice=_notice(line),
            gst_rate=rates[line.variant.page.hsn.code] if line.variant.page.hsn else 0,
        )
        for line, (image, alt) in zip(lines, firsts, strict=True)
    ]


def _rate(hsn: str) -> int:
    # A product whose rate nobody entered is sold all the same: the accountant can correct the books, not the sale.
    try:
        return rate_on(hsn, timezone.localdate())
    except NoRate:
        return 0


def most(variant: Variant) -> int:
    """Return how many of a variant one shopper may put into a cart now."""
    if not variant.is_for_sale:
        return 0
    limit = variant.page.per_person_limit or MAX_QUANTITY
    return min(availability(variant, threshold=0).quantity, limit, MAX_QUANTITY)


def _notice(line: CartLine) -> str:
    possible = most(line.variant)
    if possible == 0:
        return _("It is sold out. Remove it to check out.")
    if possible < line.quantity:
        return _("Only %(count)d can be bought now; you wanted %(wanted)d.") % {
            "count": possible,
            "wanted": line.quantity,
        }
    if line.variant.price != line.accepted_price:
        return _("The price changed from %(old)s to %(new)s.") % {
            "old": rupees(line.accepted_price),
            "new": rupees(line.variant.price),
        }
    return ""


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
