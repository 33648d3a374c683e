"""What staff may change of an order by hand, and how it is written: the changed fields alone, under the row's lock."""

from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from catalog.states import state_name
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
# Of a sentence in the story of an order.
LONGEST = 255


class Fixed(Exception):
    """A detail that can no longer be corrected."""


class ParcelGone(Fixed):
    """Name and address are fixed: the parcel has left, or there will be none."""


class StateInvoiced(Fixed):
    """The state is fixed: it stands on the invoice, with the tax that is owed there."""


def save(order_id: int, changes: dict[str, str], *, user: Any) -> Order:
    """Write `changes` (field name to value) with an event and a line in Wagtail's log, and return the order.

    Fields that are not named keep what anybody else, a webhook say, wrote meanwhile. The story of the order keeps what
    stood there before. Raises ParcelGone and StateInvoiced.
    """
    with transaction.atomic():
        order = orders.lock(order_id)
        if not changes:
            return order
        _check(order, changes)
        stories = [story for name, value in changes.items() for story in _tell(name, getattr(order, name), value)]
        for name, value in changes.items():
            setattr(order, name, value)
        order.save(update_fields=[*changes, "updated_at"])
        for story in stories:
            orders.note(order, "edited", story, user=user)
        log(instance=order, action="wagtail.edit", user=user, content_changed=True, data={"fields": sorted(changes)})
        return order


def why_state_stays(order: Order) -> str:
    """Return why an order cannot go to another state any more, and what to do then; nothing while it can."""
    if not order.invoice_number:
        return ""
    return (
        f"Invoice {order.invoice_number} names {order.state_name}, and the tax of an issued invoice stays. To send it "
        "to another state, cancel the order with a refund and let the buyer order again."
    )


def _check(order: Order, changes: dict[str, str]) -> None:
    if not order.address_may_change and not set(changes).isdisjoint(DELIVERY_FIELDS):
        raise ParcelGone("The parcel has left meanwhile, so name and address are fixed. Nothing was saved.")
    if "state" in changes and (reason := why_state_stays(order)):
        raise StateInvoiced(f"{reason} Nothing was saved.")


def _tell(name: str, old: str, new: str) -> list[str]:
    """Return what was changed from what to what: in one sentence, or in two where it is long."""
    words = label(name)
    if name == "staff_note":
        return [words]
    before, after = (_shown(name, value) or "nothing" for value in (old, new))
    story = f"{words}: {before} → {after}"
    return [story] if len(story) <= LONGEST else [f"{words}, before: {before}", f"{words}, now: {after}"]


def _shown(name: str, value: str) -> str:
    return state_name(value) if name == "state" else value


def label(name: str) -> str:
    """Return the words for a field."""
    return str(Order._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
