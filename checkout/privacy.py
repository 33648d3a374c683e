"""Forgetting a buyer: what is personal in a finished order goes, the books stay.

The state remains because GST is owed to it, and the GSTIN on a bought order because it stands in the tax return.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout import drafts, orders
from checkout.models import Dispute, Order, Refund
from checkout.models.dispute import DisputeStatus
from checkout.reconciliation import LATE_MONEY
from checkout.status import OrderStatus, RefundStatus

ANONYMISED = "anonymised"
# What an order says instead. An order without email has been forgotten.
EMPTY = {
    "email": "",
    "phone": "",
    "full_name": "Anonymous",
    "address_line1": "",
    "address_line2": "",
    "city": "",
    "postcode": "",
    "staff_note": "",
}
FINISHED = (OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)


class StillNeeded(Exception):
    """The buyer must still be reached. `text` tells why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def forget(order_id: int) -> list[str]:
    """Remove what is personal from a finished order, its payments and its mails; return the ids of the payments.

    Safe to repeat. Raises StillNeeded.
    """
    with transaction.atomic(durable=True):
        order = orders.lock(order_id)
        if reason := why_still_needed(order):
            raise StillNeeded(reason)
        if order.email:
            drafts.forget_buyer(order)
            orders.note(order, ANONYMISED)
        for name, value in EMPTY.items():
            setattr(order, name, value)
        order.account = None
        order.gstin = order.gstin if order.invoice_number else ""
        order.billing = None
        if order.parties:
            people = {name: order.parties[name] for name in ("buyer", "bill_to") if name in order.parties}
            order.parties |= {name: _without_person(who) for name, who in people.items()}
        order.save(update_fields=[*EMPTY, "account", "gstin", "billing", "parties", "updated_at"])
        order.payments.update(email="", contact="")
        order.emails.update(last_error="")
        order.notes.update(text="")
        # What staff corrected tells what stood there before.
        order.events.filter(kind="edited").update(text="")
        # What a mail server answered names the address.
        order.cases.filter(subject__startswith="mail ").update(text=f"{order.number}: a mail was not sent")
        return list(order.payments.values_list("razorpay_payment_id", flat=True))


def _without_person(party: dict[str, str]) -> dict[str, str]:
    return {name: {**EMPTY, "business_name": ""}.get(name, value) for name, value in party.items()}


def why_still_needed(order: Order) -> str:
    """Return why the buyer of an order must still be reached, or an empty text."""
    waiting = order.emails.filter(sent_at=None).exists() and order.email
    open_refund = Refund.objects.filter(
        payment__order=order, status__in=[RefundStatus.REQUESTED, RefundStatus.PENDING]
    ).exists()
    open_dispute = Dispute.objects.filter(
        payment__order=order, status__in=[DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW]
    ).exists()
    is_late = order.status != OrderStatus.DELIVERED and order.created_at > timezone.now() - LATE_MONEY
    reasons = {
        _("it is not finished"): order.status not in FINISHED,
        _("money may still come for it"): is_late,
        _("a refund is under way"): open_refund,
        _("its payment is disputed"): open_dispute,
        _("a case about it is open"): order.cases.filter(closed_at=None).exists(),
        _("a mail waits to be sent"): bool(waiting),
    }
    return next((text for text, applies in reasons.items() if applies), "")
