"""Mail to buyers, through the outbox: promised with the fact that it tells of, sent afterwards, each once."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout import attention, claims
from checkout.models import Order, OutboxEmail, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus, PaymentStatus

logger = logging.getLogger(__name__)

RECEIVED = "received"
PAID = "paid"
SHIPPED = "shipped"
CANCELLED = "cancelled"
REFUNDED = "refunded"
LINK = "link"
# Most buyers pay at once and need no mail that asks them to.
PATIENCE = timedelta(minutes=20)
# The way back to an order is sent to its buyer at most once in this time, however often it is asked for.
PAUSE = timedelta(minutes=5)


def promise(order: Order, kind: str, *, refund: Refund | None = None) -> None:
    """Write a mail into the outbox, once for each order (or refund) and kind, in the transaction of its fact."""
    OutboxEmail.objects.get_or_create(order=order, kind=kind, refund=refund)


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


def send_waiting(limit: int = 50) -> int:
    """Send what waits in the outbox and return how many mails went out. Many workers share it."""
    waiting = OutboxEmail.objects.filter(claims.due(timezone.now()), sent_at=None).order_by("pk")
    return sum(_send(mail) for mail in claims.take_each(waiting, limit=limit))


def compose(mail: OutboxEmail) -> EmailMultiAlternatives:
    """Build the message of an outbox row, in text and HTML. Its Message-ID is the same at each try."""
    order = mail.order
    context = {
        "order": order,
        "lines": order.lines.all(),
        "refund": mail.refund,
        "url": settings.SITE_URL + order.get_absolute_url(),
        "invoice_url": settings.SITE_URL + order.get_invoice_url(),
        "pay_url": settings.SITE_URL + reverse("checkout:order_pay", args=[order.token]),
        "find_url": settings.SITE_URL + reverse("checkout:find_order"),
        "credit_note_url": settings.SITE_URL + mail.refund.get_credit_note_url() if mail.refund else "",
    }
    message = EmailMultiAlternatives(
        subject=_subject(mail),
        body=render_to_string(f"checkout/emails/{mail.kind}.txt", context),
        to=[order.email],
        headers={"Message-ID": f"<{order.number}.{_edition(mail)}@{_domain()}>"},
    )
    message.attach_alternative(render_to_string(f"checkout/emails/{mail.kind}.html", context), "text/html")
    return message


def _send(mail: OutboxEmail) -> bool:
    if mail.kind == RECEIVED and mail.order.status != OrderStatus.PENDING:
        # It was paid or given up since: there is nothing left to lead back to.
        mail.delete()
        return False
    try:
        compose(mail).send()
    # A mail server fails in many ways; whichever it is, the mail stays in the outbox and is tried again.
    except Exception as error:  # noqa: BLE001 (see above)
        logger.warning("Mail %s of order %s was not sent: %s", mail.kind, mail.order.number, type(error).__name__)
        claims.put_back(mail, last_error=f"{type(error).__name__}: {error}"[:255])
        if mail.attempts >= claims.MANY_ATTEMPTS:
            text = (
                f"{mail.order}: the mail “{mail.kind}” was tried {mail.attempts} times. {type(error).__name__}: {error}"
            )
            attention.open_case(CaseKind.STUCK, text, order=mail.order, subject=f"mail {mail.pk}")
        return False
    claims.done(mail, sent_at=timezone.now(), last_error="")
    if mail.attempts > claims.MANY_ATTEMPTS:
        attention.close_stuck(f"mail {mail.pk}", "The mail was sent")
    return True


def _subject(mail: OutboxEmail) -> str:
    subjects = {
        RECEIVED: _("One step left: your order %(number)s"),
        PAID: _("Paid: your order %(number)s"),
        SHIPPED: _("On the road: your order %(number)s"),
        CANCELLED: _("Cancelled: your order %(number)s"),
        REFUNDED: _("Money on its way back: your order %(number)s"),
        LINK: _("The way to your order %(number)s"),
    }
    return subjects[mail.kind] % {"number": mail.order.number}


def _edition(mail: OutboxEmail) -> str:
    return f"{mail.kind}{mail.refund_id or ''}" + (f".{mail.edition}" if mail.edition else "")


def _domain() -> str:
    return settings.SITE_URL.split("://")[-1].split("/")[0].split(":")[0]
