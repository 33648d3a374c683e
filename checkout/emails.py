"""Mail to buyers, through the outbox: promised with the fact that it tells of, sent afterwards, each once."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from catalog.models import ShopSettings
from checkout import outbox
from checkout.models import Order, OrderLine, OrderNote, OutboxEmail, Payment, Refund
from checkout.models.refund import RefundOrigin
from checkout.status import OrderStatus, PaymentStatus, RefundStatus

RECEIVED = "received"
PAID = "paid"
SHIPPED = "shipped"
CANCELLED = "cancelled"
REFUND_STARTED = "refund_started"
REFUNDED = "refunded"
REFUND_FAILED = "refund_failed"
LINK = "link"
NOTE = "note"
# What staff call them.
NAMES = {
    RECEIVED: _lazy("Reminder to pay"),
    PAID: _lazy("Receipt"),
    SHIPPED: _lazy("Shipping notice"),
    CANCELLED: _lazy("Cancellation"),
    REFUND_STARTED: _lazy("Notice of a refund that has begun"),
    REFUNDED: _lazy("Refund notice"),
    REFUND_FAILED: _lazy("Notice of a refund that came back"),
    LINK: _lazy("Way back to the order"),
    NOTE: _lazy("Note to the buyer"),
}
OF_REFUNDS = (REFUND_STARTED, REFUNDED, REFUND_FAILED)
UNDER_WAY = (RefundStatus.REQUESTED, RefundStatus.PENDING)
# Most buyers pay at once and need no mail that asks them to; most refunds are made at once and need none that says so.
PATIENCE = timedelta(minutes=20)
# The way back to an order is sent to its buyer at most once in this time, however often it is asked for.
PAUSE = timedelta(minutes=5)


def promise(order: Order, kind: str, *, refund: Refund | None = None) -> None:
    """Write a mail into the outbox, once for each order (or refund) and kind, in the transaction of its fact."""
    OutboxEmail.objects.get_or_create(order=order, kind=kind, refund=refund)


def promise_note(note: OrderNote) -> None:
    """Promise the mail that brings a note to its buyer, in the transaction that writes the note."""
    OutboxEmail.objects.create(order=note.order, kind=NOTE, note=note)


def promise_again(order: Order, kind: str) -> None:
    """Promise a mail that may be sent any number of times, each time as a new edition with a Message-ID of its own.

    Nothing happens while the last one waits, nor for some minutes after it was sent.
    """
    mail, is_new = OutboxEmail.objects.get_or_create(order=order, kind=kind, refund=None)
    if not is_new:
        now = timezone.now()
        OutboxEmail.objects.filter(pk=mail.pk, sent_at__lt=now - PAUSE).update(
            sent_at=None, next_try_at=now, attempts=0, last_error="", edition=F("edition") + 1
        )


def remind(limit: int = 50) -> int:
    """Promise a mail that leads back to each order that is still unpaid some minutes after it was placed.

    Not while a payment may be on its way: nobody shall pay twice. Returns how many were promised.
    """
    now = timezone.now()
    unpaid = Order.objects.filter(status=OrderStatus.PENDING, created_at__lt=now - PATIENCE, expires_at__gt=now)
    told, coming = OutboxEmail.objects.filter(kind=RECEIVED), Payment.objects.exclude(status=PaymentStatus.FAILED)
    found = unpaid.exclude(pk__in=told.values("order")).exclude(pk__in=coming.filter(order__in=unpaid).values("order"))
    orders = list(found.order_by("pk")[:limit])
    for order in orders:
        promise(order, RECEIVED)
    return len(orders)


def tell_of_slow_refunds(limit: int = 50) -> int:
    """Promise a mail of each refund that is still under way some minutes after it was asked for.

    Money that Razorpay returns uncaptured never was the shop's. Returns how many were promised.
    """
    slow = Refund.objects.filter(status__in=UNDER_WAY, created_at__lt=timezone.now() - PATIENCE)
    told = OutboxEmail.objects.filter(kind=REFUND_STARTED).values("refund")
    found = slow.exclude(origin=RefundOrigin.AUTO).exclude(payment__order=None).exclude(pk__in=told)
    waiting = list(found.select_related("payment__order").order_by("pk")[:limit])
    for refund in waiting:
        promise(refund.payment.order, REFUND_STARTED, refund=refund)  # type: ignore[arg-type]  # None is excluded.
    return len(waiting)


def hand_over(old: Refund, new: Refund) -> None:
    """Give a refund the mails of the row whose place it takes; of two of a kind the one that was sent stays."""
    sent = list(old.emails.exclude(sent_at=None).values_list("kind", flat=True))
    new.emails.filter(kind__in=sent, sent_at=None).delete()
    old.emails.exclude(kind__in=list(new.emails.values_list("kind", flat=True))).update(refund=new)
    old.emails.all().delete()


def send_waiting(limit: int = 50) -> int:
    """Send what waits in the outbox and return how many mails went out. Many workers share it."""
    return outbox.send_waiting(OutboxEmail.objects.all(), compose, limit=limit, is_over=_is_over)


def why_not_again(mail: OutboxEmail) -> str:
    """Return why a mail is not sent once more, or an empty text."""
    if mail.sent_at is None:
        return _("This mail waits to be sent.")
    if not mail.order.email:
        return _("The buyer of this order was forgotten.")
    return _("This mail is no longer true.") if _is_over(mail) else ""


def send_again(mail: OutboxEmail) -> str:
    """Let a mail that was sent go out once more, under another Message-ID; return why not, or an empty text."""
    if reason := why_not_again(mail):
        return reason
    sent = OutboxEmail.objects.filter(pk=mail.pk, sent_at__isnull=False)
    changed = sent.update(sent_at=None, edition=F("edition") + 1, attempts=0, next_try_at=timezone.now())
    return "" if changed else _("This mail waits to be sent.")


def name_of(kind: str) -> str:
    """Return what staff call a kind of mail."""
    return str(NAMES.get(kind, kind.capitalize()))


def compose(mail: OutboxEmail) -> EmailMultiAlternatives:
    """Build the message of an outbox row. Its Message-ID is the same at each try."""
    return write(mail, lines=mail.order.lines.all(), shop=ShopSettings.current())


def write(mail: OutboxEmail, *, lines: Iterable[OrderLine], shop: ShopSettings) -> EmailMultiAlternatives:
    """Write a mail in text and HTML, in India's time, from nothing but what is handed in."""
    order, subject = mail.order, _subject(mail)
    context = {
        "order": order,
        "shop": shop,
        "subject": subject,
        "lines": lines,
        "refund": mail.refund,
        "note": mail.note,
        "url": settings.SITE_URL + order.get_absolute_url(),
        "invoice_url": settings.SITE_URL + order.get_invoice_url(),
        "pay_url": settings.SITE_URL + reverse("checkout:order_pay", args=[order.token]),
        "find_url": settings.SITE_URL + reverse("checkout:find_order"),
        "credit_note_url": settings.SITE_URL + mail.refund.get_credit_note_url() if mail.refund else "",
    }
    # Staff who look at it may have chosen another time zone.
    with timezone.override(timezone.get_default_timezone()):
        text, html = (render_to_string(f"checkout/emails/{mail.kind}.{kind}", context) for kind in ("txt", "html"))
    headers = {"Message-ID": _message_id(mail)}
    message = EmailMultiAlternatives(subject=subject, body=text, to=[order.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def _is_over(mail: OutboxEmail) -> bool:
    """Tell whether a mail is no longer true: nothing to pay, nothing under way, or the money came back to the shop."""
    if mail.kind == RECEIVED:
        return mail.order.status != OrderStatus.PENDING
    status = mail.refund.status if mail.refund else ""
    return (mail.kind == REFUND_STARTED and status not in UNDER_WAY) or (
        mail.kind == REFUNDED and status == RefundStatus.FAILED
    )


def _subject(mail: OutboxEmail) -> str:
    subjects = {
        RECEIVED: _("One step left: your order %(number)s"),
        PAID: _("Paid: your order %(number)s") if mail.order.total else _("Ordered: your order %(number)s"),
        SHIPPED: _("On the road: your order %(number)s"),
        CANCELLED: _("Cancelled: your order %(number)s"),
        REFUND_STARTED: _("Your refund has begun: your order %(number)s"),
        REFUNDED: _("Money on its way back: your order %(number)s"),
        REFUND_FAILED: _("Your refund came back to us: your order %(number)s"),
        LINK: _("The way to your order %(number)s"),
        NOTE: _("A word about your order %(number)s"),
    }
    return subjects[mail.kind] % {"number": mail.order.number}


def _message_id(mail: OutboxEmail) -> str:
    """Return the same name at each try, and another one when somebody wants the mail to go out once more."""
    again = f".{mail.edition}" if mail.edition else ""
    return f"<{mail.order.number}.{mail.kind}{mail.refund_id or mail.note_id or ''}{again}@{_domain()}>"


def _domain() -> str:
    return settings.SITE_URL.split("://")[-1].split("/")[0].split(":")[0]
