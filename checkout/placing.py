"""Placing an order: what a cart must be like to be ordered, and the rows that it becomes."""

import secrets
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import shop_time, stock
from catalog.models import ShopSettings
from catalog.money import rupees
from checkout import coupons
from checkout.cart_view import CartLineView, CartView
from checkout.models import Cart, Order, OrderEvent, OrderLine
from checkout.status import BOUGHT, OrderStatus

FIRST_NUMBER = 10_000
# Razorpay's minimum for INR (https://razorpay.com/docs/api/orders/create/).
MINIMUM_TOTAL = 100


class OrderRefused(Exception):
    """The order cannot be placed as the cart stands. `text` tells the shopper what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class PriceChanged(OrderRefused):
    """The cart no longer costs what the shopper was shown."""


class CouponRefused(PriceChanged):
    """The code in the cart takes nothing off for this buyer, so that the cart costs more than it said."""


class CartEmpty(OrderRefused):
    """There is nothing to order."""


class NotDelivered(OrderRefused):
    """The shop does not deliver to this PIN code."""


@dataclass(frozen=True)
class Details:
    """Who buys and where the parcel goes, as the checkout form cleaned it."""

    email: str
    phone: str
    full_name: str
    address_line1: str
    address_line2: str
    city: str
    state: str
    postcode: str
    gstin: str = ""
    billing: dict[str, str] | None = None


def check_place(view: CartView) -> None:
    """Refuse a PIN code that the shop does not deliver to. Raises NotDelivered."""
    if view.delivery.refusal:
        raise NotDelivered(view.delivery.refusal)


def check(view: CartView, details: Details, seen_total: int | None) -> None:
    """Refuse a cart that cannot be ordered as it stands.

    Raises CartEmpty, CouponRefused, PriceChanged, OrderRefused, and `catalog.stock.OutOfStock`.
    """
    if not view.lines:
        raise CartEmpty(_("Your cart is empty."))
    short = [
        stock.Shortage(
            variant_id=line.variant.pk,
            sku=line.sku,
            title=line.variant.title,
            wanted=line.quantity,
            available=line.max_quantity,
        )
        for line in view.lines
        if not line.can_be_bought
    ]
    if short:
        raise stock.OutOfStock(short)
    if view.coupon_refusal and seen_total != view.total:
        raise CouponRefused(view.coupon_refusal)
    was_told = seen_total == view.total if seen_total is not None else _prices_accepted(view)
    if not was_told:
        raise PriceChanged(" ".join([*(text for _title, text in view.notices), _what_is_due(view)]))
    if 0 < view.total < MINIMUM_TOTAL:
        raise OrderRefused(_("The smallest order that can be paid is ₹1."))
    for line in view.lines:
        _check_limit(line, details)


def take_coupon(view: CartView, details: Details) -> None:
    """Use up the code of a cart for this buyer, in the caller's transaction. Raises CouponRefused."""
    if view.coupon is None:
        return
    try:
        coupons.take(view.coupon.coupon, view.subtotal, phone=details.phone, email=details.email)
    except coupons.NotUsable as refusal:
        raise CouponRefused(refusal.text) from refusal


def keep_coupon(order: Order, details: Details) -> None:
    """Look whether a code is still good for an open order whose buyer corrects who he is. Raises OrderRefused."""
    if (
        order.coupon is None
        or order.status != OrderStatus.PENDING
        or (order.phone, order.email) == (details.phone, details.email)
    ):
        return
    try:
        coupons.take(order.coupon, order.subtotal, phone=details.phone, email=details.email, but=order)
    except coupons.NotUsable as refusal:
        more = _("Pay with the details that you gave first, or cancel this order and begin anew.")
        raise OrderRefused(f"{refusal.text} {more}") from refusal


def _what_is_due(view: CartView) -> str:
    return _("%(delivery)s; the total is now %(total)s.") % {
        "delivery": view.delivery.costs,
        "total": rupees(view.total),
    }


def _prices_accepted(view: CartView) -> bool:
    return all(line.unit_price == line.accepted_price for line in view.lines)


def _check_limit(line: CartLineView, details: Details) -> None:
    limit = line.variant.page.per_person_limit
    if not limit:
        return
    mine = OrderLine.objects.filter(
        variant__page_id=line.variant.page_id,
        order__phone=details.phone,
        order__status__in=[*BOUGHT, OrderStatus.PENDING, OrderStatus.ON_HOLD],
    )
    if sum(mine.values_list("quantity", flat=True)) + line.quantity > limit:
        raise OrderRefused(
            _("%(title)s is limited to %(count)d per person, across orders.") % {"title": line.title, "count": limit}
        )


def own(order: Order, account: User | None) -> None:
    """Give an order that has no account to the shopper who is logged in. The caller holds the transaction."""
    if account and order.account_id is None:
        order.account = account
        order.save(update_fields=["account", "updated_at"])


def write(
    cart: Cart,
    view: CartView,
    details: Details,
    checkout_key: str,
    *,
    shop: ShopSettings,
    account: User | None = None,
) -> Order:
    """Write a PENDING order with its lines and its first event. The caller holds the transaction."""
    order = Order.objects.create(
        number=secrets.token_hex(10),
        cart=cart,
        account=account,
        checkout_key=checkout_key,
        cart_digest=view.digest,
        subtotal=view.subtotal,
        shipping=view.shipping,
        discount=view.discount,
        total=view.total,
        coupon=view.coupon.coupon if view.coupon else None,
        promised_from=view.delivery.first,
        promised_to=view.delivery.last,
        expires_at=timezone.now() + shop.hold_time,
        **asdict(details),
    )
    order.number = f"CG{shop_time.day():%y}-{FIRST_NUMBER + order.pk}"
    order.save(update_fields=["number"])
    OrderLine.objects.bulk_create(_line(order, line) for line in view.lines)
    OrderEvent.objects.create(order=order, kind="placed", status=OrderStatus.PENDING)
    return order


def _line(order: Order, line: CartLineView) -> OrderLine:
    hsn = line.variant.page.hsn
    return OrderLine(
        order=order,
        variant=line.variant,
        sku=line.sku,
        title=line.title,
        option=line.option,
        unit_price=line.unit_price,
        quantity=line.quantity,
        hsn=hsn.code if hsn else "",
        gst_rate=line.gst_rate,
        image=line.image,
    )
