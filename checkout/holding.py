"""How long a buyer's cars are held, and what the buyer is told about it. Only a POST makes it longer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import ShopSettings
from checkout import orders
from checkout.models import Order
from checkout.status import OrderStatus


def extension() -> timedelta:
    """Return how much time a buyer has at least from opening the payment window: half of what an order has at first."""
    return ShopSettings.current().hold_time / 2


def extend(order: Order, *, now: datetime) -> bool:
    """Hold the cars of a PENDING order for at least `extension` from now, once; tell whether that made it longer.

    Somebody who opens the window early has the time anyway and keeps the one extension for later. Nobody holds cars for
    more than half as long again as an order does, but for the time that it takes to ask Razorpay.
    """
    until = now + extension()
    with transaction.atomic(durable=True):
        extended = Order.objects.filter(
            pk=order.pk, status=OrderStatus.PENDING, extended_at=None, expires_at__lt=until
        ).update(extended_at=now, expires_at=until, updated_at=now)
        if extended:
            orders.note(order, "hold_extended", _time(until))
    if extended:
        order.refresh_from_db(fields=["extended_at", "expires_at", "updated_at"])
    return bool(extended)


def tell(order: Order, *, now: datetime) -> str:
    """Return what the buyer of an unpaid order reads about the time. It never names a time that is past."""
    if order.expires_at <= now:
        return _("The time we held these models for you is over. Pay now, while they are still here.")
    text = _("We hold these models for you until %(until)s.") % {"until": _time(order.expires_at)}
    if order.extended_at:
        return text
    minutes = int(extension().total_seconds() // 60)
    more = ngettext(
        "From opening the payment window you have at least %(count)d minute.",
        "From opening the payment window you have at least %(count)d minutes.",
        minutes,
    )
    return f"{text} {more % {'count': minutes}}" if minutes else text


def _time(moment: datetime) -> str:
    """Return a time of day as the shop's buyers read it, with the date when it is not today."""
    local = timezone.localtime(moment)
    clock = date_format(local, "g:i A").lower()
    return clock if local.date() == timezone.localdate() else f"{date_format(local, 'j F')}, {clock}"
