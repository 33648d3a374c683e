"""Notes that staff write about an order: for colleagues alone, or for its buyer, who gets them by mail."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from checkout import emails, orders
from checkout.models import OrderNote

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class NobodyToTell(Exception):
    """The buyer of the order was forgotten. Its text says so."""


def add(order_id: int, *, text: str, for_buyer: bool, key: str, user: "AbstractBaseUser") -> bool:
    """Write a note, with the mail that brings it to the buyer, and return whether it is new: a `key` makes one note.

    Raises NobodyToTell.
    """
    with transaction.atomic(durable=True):
        order = orders.lock(order_id)
        if for_buyer and not order.email:
            raise NobodyToTell(_("The buyer of this order was forgotten: nobody would read it."))
        note, is_new = OrderNote.objects.get_or_create(
            key=key,
            defaults={"order": order, "text": text, "for_buyer": for_buyer, "user": user},  # type: ignore[misc]
        )
        if is_new and for_buyer:
            emails.promise_note(note)
        return is_new
