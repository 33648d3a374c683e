"""The cart as its shopper sees it: live prices, live stock, and what changed since the cars were added. Reads only."""

import hashlib
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from catalog import pictures, shop_time
from catalog.cards import card_image
from catalog.models import ShopImage, ShopSettings, Variant
from catalog.money import rupees
from catalog.stock import Availability, availability
from catalog.tax import NoRate, rate_on
from checkout import coupons, taxation
from checkout.models import Cart, CartLine
from checkout.shipping import Quote, quote

MAX_QUANTITY = 99


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
    delivery: Quote = field(default_factory=lambda: Quote(0))
    coupon: coupons.Effect | None = None
    coupon_refusal: str = ""

    @property
    def discount(self) -> int:
        """What the coupon takes off the models."""
        return self.coupon.discount if self.coupon else 0

    @property
    def count(self) -> int:
        """How many pieces are in the cart."""
        return sum(line.quantity for line in self.lines)

    @property
    def total(self) -> int:
        """What the shopper pays for cars and delivery."""
        return self.subtotal + self.shipping - self.discount

    @property
    def action(self) -> str:
        """What the button of the checkout does."""
        return _("Pay %(total)s") % {"total": rupees(self.total)} if self.total else _("Place the order")

    @property
    def follows(self) -> str:
        """What happens once that button is pressed."""
        return _("Razorpay opens next.") if self.total else _("There is nothing to pay.")

    @property
    def notices(self) -> list[tuple[str, str]]:
        """What changed since the cars were added: title of the model, and what happened."""
        found = [(line.title, line.notice) for line in self.lines if line.notice]
        return [*found, (_("Code"), self.coupon_refusal)] if self.coupon_refusal else found

    @property
    def can_check_out(self) -> bool:
        """Whether every line can be sold as it stands."""
        return bool(self.lines) and all(line.can_be_bought for line in self.lines)

    @property
    def digest(self) -> str:
        """A fingerprint of lines, total and code: the same cart at the same price has the same one."""
        parts = [f"{line.sku}:{line.quantity}:{line.unit_price}" for line in self.lines]
        code = [self.coupon.coupon.code] if self.coupon else []
        return hashlib.sha256("|".join([*sorted(parts), str(self.total), *code]).encode()).hexdigest()


def view(cart: Cart | None, shop: ShopSettings, *, postcode: str = "", with_pictures: bool = True) -> CartView:
    """Return the cart as it stands now, delivered to a PIN code, with live prices and stock. Writes nothing."""
    lines = _line_views(cart, shop, with_pictures) if cart else []
    subtotal = sum(line.total for line in lines)
    grams = sum(line.variant.weight_grams * line.quantity for line in lines)
    coupon, refusal = _coupon(cart, subtotal) if cart and lines else (None, "")
    delivery = quote(postcode, grams=grams, subtotal=subtotal, shop=shop)
    is_free = not lines or (coupon is not None and coupon.frees_delivery)
    fee = 0 if is_free else delivery.fee
    gap = (shop.free_shipping_from or 0) - subtotal if fee else 0
    return CartView(
        lines=lines,
        subtotal=subtotal,
        shipping=fee,
        gst_included=taxation.gst_included(lines, shipping=fee, discount=coupon.discount if coupon else 0),
        free_shipping_gap=max(gap, 0),
        free_shipping_from=shop.free_shipping_from,
        delivery=replace(delivery, fee=fee) if is_free else delivery,
        coupon=coupon,
        coupon_refusal=refusal,
    )


def _coupon(cart: Cart, subtotal: int) -> tuple[coupons.Effect | None, str]:
    if not cart.coupon_code:
        return None, ""
    try:
        return coupons.effect(coupons.find(cart.coupon_code), subtotal, cart=cart), ""
    except coupons.NotUsable as refusal:
        return None, refusal.text


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
        return rate_on(hsn, shop_time.day())
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
