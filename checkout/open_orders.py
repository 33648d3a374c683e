"""How many unpaid orders one shopper may have at a time, so that nobody empties the shelf without paying."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from catalog.models import ShopSettings
from checkout.models import Cart, Order
from checkout.placing import OrderRefused
from checkout.status import OrderStatus, PaymentStatus

# Where the shop's settings say nothing else.
MOST = 3
# Anybody can type a number, so that it takes more of them to be in its owner's way.
MOST_OF_NUMBER = 10
ON_ITS_WAY = [PaymentStatus.CREATED, PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED]
# Tells this lock from others that somebody may build on PostgreSQL's advisory locks.
LOCK = 0x0CA5


class TooManyOpen(OrderRefused):
    """This cart, or this mobile number, has as many unpaid orders as the shop allows.

    `orders` are those of the cart: a number proves nobody's identity, so the orders of a number are never shown.
    """

    def __init__(self, text: str, *, orders: list[Order], until: datetime) -> None:
        super().__init__(text)
        self.orders = orders
        self.until = until

    @property
    def seconds(self) -> int:
        """In how many seconds the oldest of them gives its cars back."""
        return max(1, round((self.until - timezone.now()).total_seconds()))


def one_at_a_time(phone: str) -> None:
    """Let orders of one mobile number be placed one after the other until this transaction ends.

    Two carts share no row that could be locked, and each would count the orders before the other's is committed.
    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, phone])


def of_cart(cart: Cart | None) -> list[Order]:
    """Return the orders of a cart that hold models and wait for somebody to pay them, newest first."""
    waiting = Order.objects.filter(cart=cart, status=OrderStatus.PENDING).exclude(payments__status__in=ON_ITS_WAY)
    return list(waiting) if cart else []


def check(cart: Cart, phone: str, shop: ShopSettings) -> None:
    """Refuse one more unpaid order of a cart or a mobile number than the settings allow. Raises TooManyOpen."""
    if not settings.RATELIMIT_ENABLE:
        return
    waiting = list(
        Order.objects.filter(Q(cart=cart) | Q(phone=phone), status=OrderStatus.PENDING, expires_at__gt=timezone.now())
        .exclude(payments__status__in=ON_ITS_WAY)
        .order_by("expires_at")
    )
    own = [order for order in waiting if order.cart_id == cart.pk]
    if len(own) >= (shop.unpaid_orders or MOST):
        text = _("You already have %(count)d unpaid orders. Pay or cancel one of them first.") % {"count": len(own)}
        raise TooManyOpen(text, orders=own, until=own[0].expires_at)
    of_number = [order for order in waiting if order.phone == phone]
    if len(of_number) >= (shop.unpaid_orders_of_number or MOST_OF_NUMBER):
        until = of_number[0].expires_at
        text = _(
            "There are already %(count)d unpaid orders for this mobile number. "
            "Pay or cancel one of them, or try again after %(time)s."
        ) % {"count": len(of_number), "time": time_format(timezone.localtime(until))}
        raise TooManyOpen(text, orders=own, until=until)
