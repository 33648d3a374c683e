"""One story per order: its events, its mails, its notes and its cases, newest first, in plain sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from checkout import emails
from checkout.models import Order, OrderEvent, OutboxEmail

SENTENCES = {
    "placed": "Order placed",
    "hold_extended": "The buyer opened the payment window and has more time",
    "payment_opened": "Payment opened at Razorpay",
    "payment_signed": "The buyer's browser reported a payment",
    "payment_failed": "A payment failed",
    "payment_authorized": "A payment was authorized, not yet captured",
    "paid": "Paid",
    "packed": "Packed",
    "shipped": "Shipped",
    "delivered": "Delivered",
    "cancelled": "Cancelled, its cars are on sale again",
    "expired": "Expired, its cars are on sale again",
    "on_hold": "Put on hold for staff",
    "details_corrected": "The buyer corrected the details",
    "edited": "Details changed by staff",
    "payment_linked": "Money without an order was linked to this one",
    "payment_accepted": "Money that waited for a decision was accepted",
    "paid_with_offer": "Razorpay took an offer off the amount",
    "paid_with_surcharge": "The buyer paid Razorpay’s fee on top",
    "refund_requested": "Refund asked for",
    "refund_retried": "Refund asked for again",
    "refunded": "Refunded",
    "rest_kept": "Less was left than Razorpay refunds: it stays here",
    "dispute_open": "The buyer disputes the payment",
    "dispute_under_review": "The bank reviews the dispute",
    "dispute_won": "Dispute won",
    "dispute_lost": "Dispute lost",
    "dispute_closed": "Dispute closed",
    "mail_again": "A mail is sent again",
}


@dataclass(frozen=True)
class Entry:
    """Something that happened: when, what, the fine print, who did it (nothing for the shop itself), where it is."""

    at: datetime
    text: str
    detail: str = ""
    who: str = ""
    url: str = ""


def tell(order: Order) -> list[Entry]:
    """Return everything that happened to an order, newest first."""
    entries = [*_events(order), *_mails(order), *_notes(order), *_cases(order)]
    # Oldest first and then turned round, so that of two at the same moment the later one is told first.
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def name_of(user: Any) -> str:
    """Return what colleagues call a person; nothing for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""


def _events(order: Order) -> Iterator[Entry]:
    for event in order.events.all():
        text = SENTENCES.get(event.kind) or event.kind.replace("_", " ").capitalize()
        yield Entry(at=event.at, text=text, detail=_detail(event), who=name_of(event.user))


def _detail(event: OrderEvent) -> str:
    return event.text.replace("_", " ") if event.kind == "details_corrected" else event.text


def _mails(order: Order) -> Iterator[Entry]:
    for mail in order.emails.all():
        yield _mail(mail, emails.name_of(mail.kind))


def _mail(mail: OutboxEmail, name: str) -> Entry:
    url = reverse("orders:mail", args=[mail.pk])
    if mail.sent_at:
        return Entry(at=mail.sent_at, text=f"{name} emailed", url=url)
    return Entry(at=mail.created_at, text=f"{name} waits to be emailed", detail=mail.last_error, url=url)


def _notes(order: Order) -> Iterator[Entry]:
    for note in order.notes.all():
        text = "Note to the buyer" if note.for_buyer else "Note for colleagues"
        yield Entry(at=note.at, text=text, detail=note.text, who=name_of(note.user))


def _cases(order: Order) -> Iterator[Entry]:
    for case in order.cases.all():
        yield Entry(at=case.opened_at, text=f"Needs attention: {case.get_kind_display().lower()}", detail=case.text)
        if case.closed_at:
            yield Entry(at=case.closed_at, text="Decided", detail=case.resolution, who=name_of(case.closed_by))
