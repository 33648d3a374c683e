"""Coupons: what a code takes off a cart, and whether it may still be used.

A use is an order that carries the coupon and is not over: one that expires or is cancelled gives it back by itself,
since nothing is counted but orders. Late money for an expired order pays the price that was promised, also when others
used the code up meanwhile.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.money import rupees
from checkout.models import Cart, Coupon, Order
from checkout.models.coupon import CouponKind
from checkout.status import OrderStatus

OVER = (OrderStatus.EXPIRED, OrderStatus.CANCELLED)


class NotUsable(Exception):
    """A code that takes nothing off this cart. `text` tells the shopper why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Effect:
    """What a coupon does to a cart: `discount` is paise off the models."""

    coupon: Coupon
    discount: int = 0
    frees_delivery: bool = False


def find(code: str) -> Coupon:
    """Return the coupon of a code as people type it. Raises NotUsable."""
    known = Coupon.objects.filter(code=code.upper(), is_active=True).first()
    if known is None:
        raise NotUsable(_("We do not know the code %(code)s.") % {"code": code})
    return known


def effect(coupon: Coupon, subtotal: int, *, cart: Cart | None = None) -> Effect:
    """Return what a coupon takes off models of `subtotal` paise now. Reads only. Raises NotUsable.

    What the open order of `cart` uses is not used up for it: that order is what the cart has become.
    """
    _check_time(coupon)
    if subtotal < coupon.minimum:
        text = _("The code %(code)s is for orders from %(minimum)s.")
        raise NotUsable(text % {"code": coupon.code, "minimum": rupees(coupon.minimum)})
    if coupon.limit and _used_by_others(coupon, cart) >= coupon.limit:
        raise NotUsable(_("The code %(code)s has been used up.") % {"code": coupon.code})
    if coupon.kind == CouponKind.FREE_DELIVERY:
        return Effect(coupon, frees_delivery=True)
    return Effect(coupon, discount=min(_reduction(coupon, subtotal), subtotal))


def uses(coupon: Coupon) -> QuerySet[Order]:
    """Return the orders that use a coupon up."""
    return coupon.orders.exclude(status__in=OVER)


def take(coupon: Coupon, subtotal: int, *, phone: str, email: str, but: Order | None = None) -> None:
    """Lock a coupon and look again whether this person may use it; the order that the caller writes uses it up.

    `but` is an order that does not count, since it is the one in question. The caller holds the transaction, and locks
    no stock before. Raises NotUsable.
    """
    locked = Coupon.objects.select_for_update().get(pk=coupon.pk)
    if not locked.is_active:
        raise NotUsable(_("The code %(code)s is no longer valid.") % {"code": locked.code})
    if but is None:
        effect(locked, subtotal)
    others = uses(locked).exclude(pk=but.pk) if but else uses(locked)
    mine = others.filter(Q(phone=phone) | Q(email__iexact=email))
    if locked.limit_per_person and mine.count() >= locked.limit_per_person:
        text = _("The code %(code)s was used with this mobile number or email address before.")
        raise NotUsable(text % {"code": locked.code})


def _used_by_others(coupon: Coupon, cart: Cart | None) -> int:
    mine = Q(cart=cart, status=OrderStatus.PENDING) if cart else Q(pk=None)
    return uses(coupon).exclude(mine).count()


def _check_time(coupon: Coupon) -> None:
    now = timezone.now()
    if coupon.starts_at and now < coupon.starts_at:
        raise NotUsable(_("The code %(code)s is not valid yet.") % {"code": coupon.code})
    if coupon.ends_at and now >= coupon.ends_at:
        raise NotUsable(_("The code %(code)s is no longer valid.") % {"code": coupon.code})


def _reduction(coupon: Coupon, subtotal: int) -> int:
    if coupon.kind == CouponKind.AMOUNT:
        return int(coupon.amount or 0)
    part = (subtotal * int(coupon.percent or 0) + 50) // 100
    return part if coupon.amount is None else min(part, int(coupon.amount))
