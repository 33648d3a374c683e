"""What belongs to the account that a shopper is logged in with: orders and a cart.

An order is an account's when it was placed by somebody logged in, or when it was placed as a guest with an email
address that the account has verified. Everything here works without an account too: nothing is asked of a guest.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest

from checkout import drafts
from checkout.cart_view import most
from checkout.models import Cart, CartLine, Order
from checkout.status import OrderStatus

# What the checkout can know beforehand. A GSTIN is not among it: who bought for a business once may not do so again.
KNOWN = ("phone", "full_name", "address_line1", "address_line2", "city", "state", "postcode")


def account_of(request: HttpRequest) -> User | None:
    """Return the shopper who is logged in. Staff, who came in by the admin's door, are guests in the shop."""
    user = request.user
    if user.is_authenticated and request.session.get(BACKEND_SESSION_KEY) == settings.SHOPPER_BACKEND:
        return user
    return None


def orders_of(account: User) -> QuerySet[Order]:
    """Return the orders of an account, newest first: its own, and those of guests with a verified address of it."""
    addresses = EmailAddress.objects.filter(user=account, verified=True).values_list(Lower("email"), flat=True)
    as_guest = Q(account=None, address__in=list(addresses))
    return Order.objects.alias(address=Lower("email")).filter(Q(account=account) | as_guest)


def claim(account: User) -> None:
    """Write down which orders are the account's, so that they stay when it changes its address."""
    orders_of(account).filter(account=None).update(account=account)


def last_details(account: User) -> dict[str, Any]:
    """Return what the checkout need not ask: the address of the account, and where its last parcel went."""
    last = orders_of(account).exclude(email="").first()
    details = {name: getattr(last, name) for name in KNOWN} if last else {}
    named = {"full_name": account.first_name} if account.first_name else {}
    return {**details, **named, "email": account.email}


def join(cart: Cart | None, account: User) -> Cart:
    """Bring the cart of this browser and that of the account together at login, and return the one to go on with.

    Of each model the sum, as far as the shop has it. What was in either cart stays, so that the cart can tell what is
    sold out. Unpaid orders of the browser's cart go along: what is paid leaves the cart that it is in now.
    """
    with transaction.atomic():
        # Two logins at once are one after the other.
        User.objects.select_for_update().get(pk=account.pk)
        kept = Cart.objects.select_for_update().get_or_create(account=account)[0]
        found = Cart.objects.select_for_update().filter(pk=cart.pk, account=None).first() if cart else None
        if found:
            _pour(found, kept)
        return kept


def _pour(cart: Cart, kept: Cart) -> None:
    """Move everything of one locked cart into another one."""
    for line in cart.lines.select_related("variant__page", "variant__stock"):
        held = kept.lines.filter(variant=line.variant).first()
        before = held.quantity if held else 0
        quantity = min(line.quantity + before, max(most(line.variant), line.quantity, before))
        CartLine.objects.update_or_create(
            cart=kept, variant=line.variant, defaults={"quantity": quantity, "accepted_price": line.accepted_price}
        )
    kept.coupon_code = cart.coupon_code or kept.coupon_code
    kept.save(update_fields=["coupon_code", "updated_at"])
    drafts.follow(cart, kept)
    cart.lines.all().delete()
    cart.orders.filter(status=OrderStatus.PENDING).update(cart=kept)
