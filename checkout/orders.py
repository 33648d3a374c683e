"""Orders: placing them and moving them from state to state. Nothing here calls Razorpay."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import stock
from catalog.models import ShopSettings
from checkout import attention, emails, invoices, open_orders, pieces, placing
from checkout import cart as carts
from checkout.cart_view import CartView
from checkout.models import Cart, Order, OrderEvent
from checkout.placing import Details
from checkout.status import BOUGHT, OrderStatus, RefundStatus, may_move

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class IllegalMove(Exception):
    """A move that the table of `checkout.status` does not allow."""


def find_outdated(cart: Cart, *, checkout_key: str, postcode: str, shop: ShopSettings) -> list[Order]:
    """Return the PENDING orders of this cart that were made before the cart, or what its delivery costs, changed.

    The same checkout sent again is never outdated, unless it goes to another PIN code now. Raises NotDelivered.
    """
    same = Q(checkout_key=checkout_key, postcode=postcode)
    others = list(cart.orders.filter(status=OrderStatus.PENDING).exclude(same))
    if not others:
        return []
    view = carts.view(cart, shop, postcode=postcode, with_pictures=False)
    placing.check_place(view)
    return [order for order in others if order.cart_digest != view.digest]


def place_order(
    *,
    cart: Cart,
    details: Details,
    checkout_key: str,
    shop: ShopSettings,
    seen_total: int | None = None,
    account: User | None = None,
) -> tuple[Order, bool]:
    """Turn a cart into a PENDING order that holds its cars, or return the one it already became.

    One transaction: stock reserved, order and lines written, or nothing. `seen_total` is the total in paise that the
    shopper was shown, when the form told it; `account` whose order it is. Returns the order and whether it is new.
    Raises CartEmpty, CouponRefused, PriceChanged, NotDelivered, TooManyOpen, OrderRefused, and
    `catalog.stock.OutOfStock`.
    """
    with transaction.atomic(durable=True):
        cart = Cart.objects.select_for_update().get(pk=cart.pk)
        view = carts.view(cart, shop, postcode=details.postcode, with_pictures=False)
        placing.check_place(view)
        known = _known(cart, checkout_key, view)
        if known and _costs_another_delivery(known, details, view):
            _take_key(known)
        elif known:
            placing.keep_coupon(known, details)
            placing.own(known, account)
            _correct_details(known, details, view)
            return known, False
        open_orders.one_at_a_time(details.phone)
        open_orders.check(cart, details.phone, shop)
        placing.check(view, details, seen_total)
        placing.take_coupon(view, details)
        order = placing.write(cart, view, details, checkout_key, shop=shop, account=account)
        stock.reserve(items=[(line.variant.pk, line.quantity) for line in view.lines], reference=order.number)
        if order.total == 0:
            mark_paid(order, text=_("Nothing to pay"))
        return order, True


def lock(order_id: int) -> Order:
    """Lock and return an order; every change of an order begins here."""
    return Order.objects.select_for_update(of=("self",)).get(pk=order_id)


def move(order: Order, status: OrderStatus, *, text: str = "", user: "AbstractBaseUser | None" = None) -> None:
    """Write a new status with its event: the one function that does. Raises IllegalMove."""
    if not may_move(order.status, status):
        words = {"number": order.number, "old": order.get_status_display(), "new": status.label}
        raise IllegalMove(_("%(number)s cannot go from “%(old)s” to “%(new)s”.") % words)
    was_open = order.status == OrderStatus.PENDING
    order.status = status
    order.save(update_fields=["status", "paid_at", "invoice_number", "parties", "updated_at"])
    OrderEvent.objects.create(order=order, kind=status, status=status, text=text[:255], user=user)  # type: ignore[misc]
    if was_open:
        attention.close_stuck_order(order)


def note(order: Order, kind: str, text: str = "", *, user: "AbstractBaseUser | None" = None) -> None:
    """Write something that happened to an order and did not move it."""
    OrderEvent.objects.create(order=order, kind=kind, text=text[:255], user=user)  # type: ignore[misc]


def mark_paid(order: Order, *, text: str) -> None:
    """Move a locked order to PAID, with everything that happens once: stock sold, invoice number, mail, cart emptied.

    The order's cars must be reserved. The caller holds the transaction.
    """
    stock.sell(items=_items(order), reference=order.number)
    order.paid_at = timezone.now()
    order.invoice_number = invoices.next_number(order.paid_at)
    order.parties = invoices.parties(order)
    move(order, OrderStatus.PAID, text=text)
    emails.promise(order, emails.PAID)
    if order.cart:
        carts.take_out(order.cart, {line.variant_id: line.quantity for line in order.lines.all()})


def reserve_again(order: Order) -> None:
    """Hold the cars of a locked order that had given them up. Raises `catalog.stock.OutOfStock`."""
    stock.reserve(items=_items(order), reference=order.number)


def expire(order_id: int, *, now: datetime) -> bool:
    """Release the cars of a PENDING order whose time is over. Ask Razorpay first. Returns whether it expired."""
    with transaction.atomic(durable=True):
        order = lock(order_id)
        if order.status != OrderStatus.PENDING or order.expires_at > now or has_money_coming(order):
            return False
        _give_up(order, OrderStatus.EXPIRED, text="")
        return True


def cancel(order_id: int, *, text: str) -> bool:
    """Release the cars of a PENDING order that nobody has paid. Ask Razorpay first. Returns whether it is cancelled."""
    with transaction.atomic(durable=True):
        order = lock(order_id)
        if order.status != OrderStatus.PENDING or has_money_coming(order):
            return False
        _give_up(order, OrderStatus.CANCELLED, text=text)
        return True


def give_up(order: Order, *, text: str, user: "AbstractBaseUser") -> None:
    """Cancel a locked PENDING order whatever is on its way; its cars are released. Money that comes goes back."""
    _give_up(order, OrderStatus.CANCELLED, text=text, user=user)


def hold(order: Order, *, text: str) -> None:
    """Put a locked order that was not bought on hold for staff. Only a PENDING order holds cars: they are released."""
    if order.status == OrderStatus.PENDING:
        stock.release(items=_items(order), reference=order.number)
    move(order, OrderStatus.ON_HOLD, text=text)


def has_money_coming(order: Order) -> bool:
    """Tell whether a payment is on its way: signed by Razorpay but not yet seen captured, or captured unaccepted."""
    coming = order.payments.filter(status__in=["created", "authorized", "captured"]).select_related("razorpay_order")
    return any(payment.razorpay_order is None or payment.razorpay_order.is_of_this_mode for payment in coming)


def advance(
    order_id: int,
    status: OrderStatus,
    *,
    user: "AbstractBaseUser",
    text: str = "",
    carrier: str = "",
    tracking_number: str = "",
) -> Order:
    """Mark an order packed, shipped (by which carrier, under which number) or delivered. Raises IllegalMove."""
    with transaction.atomic(durable=True):
        order = lock(order_id)
        if status in (OrderStatus.PACKED, OrderStatus.SHIPPED):
            _check_there_is_something_to_send(order)
        move(order, status, text=text, user=user)
        if carrier:
            order.carrier, order.tracking_number = carrier, tracking_number
            order.save(update_fields=["carrier", "tracking_number", "updated_at"])
        if status == OrderStatus.SHIPPED:
            emails.promise(order, emails.SHIPPED)
        return order


def _known(cart: Cart, checkout_key: str, view: CartView) -> Order | None:
    """Return the order that this checkout has already made, or the open one of the same unchanged cart."""
    same_cart = Q(status=OrderStatus.PENDING, cart_digest=view.digest, expires_at__gt=timezone.now())
    found = list(cart.orders.filter(Q(checkout_key=checkout_key) | same_cart))
    return next((order for order in found if order.checkout_key == checkout_key), found[0] if found else None)


def _costs_another_delivery(order: Order, details: Details, view: CartView) -> bool:
    """Tell whether an order that nobody bought is to go where the same cart has another total."""
    if order.status in (*BOUGHT, OrderStatus.ON_HOLD):
        return False
    return order.postcode != details.postcode and order.cart_digest != view.digest


def _take_key(order: Order) -> None:
    # A key makes one order. The checkout that was sent again needs it for the order with the right total.
    order.checkout_key = secrets.token_urlsafe(18)
    order.save(update_fields=["checkout_key", "updated_at"])


def _give_up(order: Order, status: OrderStatus, *, text: str, user: "AbstractBaseUser | None" = None) -> None:
    stock.release(items=_items(order), reference=order.number)
    move(order, status, text=text, user=user)


def _check_there_is_something_to_send(order: Order) -> None:
    if _all_went_back(order):
        raise IllegalMove(_("%(number)s is not sent: all of its money is refunded.") % {"number": order.number})
    if not pieces.is_any_left(order):
        text = _("%(number)s is not sent: all of its pieces are refunded or back on the shelf.")
        raise IllegalMove(text % {"number": order.number})


def _all_went_back(order: Order) -> bool:
    paid = order.payments.filter(fulfils=True).first()
    if paid is None:
        return False
    back = paid.refunds.exclude(status=RefundStatus.FAILED).aggregate(total=Sum("amount"))["total"]
    return bool(back and back >= paid.amount)


def _items(order: Order) -> list[tuple[int, int]]:
    return [(line.variant_id, line.quantity) for line in order.lines.all()]


def _correct_details(order: Order, details: Details, view: CartView) -> None:
    # A shopper who goes back to mend a typing error keeps the order and its Razorpay order.
    changed = [name for name, value in asdict(details).items() if getattr(order, name) != value]
    if order.status != OrderStatus.PENDING or not changed:
        return
    for name in changed:
        setattr(order, name, getattr(details, name))
    if "postcode" in changed:
        order.promised_from, order.promised_to = view.delivery.first, view.delivery.last
    order.save(update_fields=[*changed, "promised_from", "promised_to", "updated_at"])
    note(order, "details_corrected", ", ".join(changed))
