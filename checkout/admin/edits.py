"""What staff may change of an order by hand, and how it is written: the changed fields alone, under the row's lock."""

from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from checkout import orders
from checkout.models import Order

STAFF_FIELDS = ("staff_note", "carrier", "tracking_number")
DELIVERY_FIELDS = (
    "full_name",
    "phone",
    "email",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "postcode",
)
EDITABLE = (*STAFF_FIELDS, *DELIVERY_FIELDS)


class ParcelGone(Exception):
    """Name and address are fixed: the parcel has left, or there will be none."""


def save(order_id: int, changes: dict[str, str], *, user: Any) -> Order:
    """Write `changes` (field name to value) with an event and a line in Wagtail's log, and return the order.

    Fields that are not named keep what anybody else, a webhook say, wrote meanwhile. Raises ParcelGone.
    """
    with transaction.atomic():
        order = orders.lock(order_id)
        if not changes:
            return order
        if not order.address_may_change and not set(changes).isdisjoint(DELIVERY_FIELDS):
            raise ParcelGone(order.number)
        for name, value in changes.items():
            setattr(order, name, value)
        order.save(update_fields=[*changes, "updated_at"])
        orders.note(order, "edited", ", ".join(label(name) for name in changes), user=user)
        log(instance=order, action="wagtail.edit", user=user, content_changed=True, data={"fields": sorted(changes)})
        return order


def label(name: str) -> str:
    """Return the words for a field."""
    return str(Order._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
