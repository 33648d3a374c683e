"""What each kind of mail looks like: the newest of its kind that went to a buyer, or made-up data while there is none.

Rooms upstairs add their mails by the hook `register_mail_previews`, a function that gets the person who looks.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from catalog.models import ShopSettings
from checkout import emails
from checkout.admin import policy
from checkout.models import Order, OrderLine, OrderNote, OutboxEmail, Payment, Refund
from checkout.status import OrderStatus, RefundStatus

HOOK = "register_mail_previews"


@dataclass
class Preview:
    """One kind of mail. `key` names it in addresses, `source` says whose data it shows."""

    key: str
    name: str
    source: str
    compose: Callable[[], EmailMessage]

    @cached_property
    def message(self) -> EmailMessage:
        """The mail as it would be sent."""
        return self.compose()

    @property
    def html(self) -> str:
        """Its HTML, or nothing when it is text alone."""
        return html_of(self.message)


def html_of(message: EmailMessage) -> str:
    """Return the HTML of a mail, or nothing when it is text alone."""
    bodies = [str(body) for body, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    return bodies[0] if bodies else ""


def previews(user: Any) -> list[Preview]:
    """Return a preview of each kind of mail that this person may see."""
    found = _of_orders() if policy.ORDERS.user_has_any_permission(user, policy.LOOK) else []
    return [*found, *(each for register in hooks.get_hooks(HOOK) for each in register(user))]


def _of_orders() -> list[Preview]:
    shop, newest = ShopSettings.current(), _newest()
    found = []
    for kind, name in emails.NAMES.items():
        mail = newest.get(kind)
        lines = list(mail.order.lines.all()) if mail else [line()]
        source = mail.order.number if mail else _("made-up data")
        compose = partial(emails.write, mail or sample(kind), lines=lines, shop=shop)
        found.append(Preview(kind, str(name), source, compose))
    return found


def _newest() -> dict[str, OutboxEmail]:
    """Return the newest mail of each kind; whoever was forgotten is not shown."""
    known = OutboxEmail.objects.exclude(order__email="").filter(kind__in=emails.NAMES)
    newest = known.order_by().values("kind").annotate(newest=Max("pk")).values("newest")
    mails = OutboxEmail.objects.filter(pk__in=newest).select_related("order", "refund__payment__order", "note")
    return {mail.kind: mail for mail in mails.prefetch_related("order__lines")}


def sample(kind: str) -> OutboxEmail:
    """Return a mail of one kind with made-up data. Nothing of it is saved."""
    now = timezone.now()
    order = Order(
        number="CG26-00042",
        token="sample",  # noqa: S106 - no secret: no order has it.
        status=OrderStatus.PENDING,
        email="asha@example.in",
        full_name="Asha Kulkarni",
        address_line1="14 Prabhat Road",
        city="Pune",
        state="27",
        postcode="411004",
        subtotal=1_23_456_00,
        shipping=99_00,
        discount=1_000_00,
        total=1_22_555_00,
        expires_at=now + dt.timedelta(minutes=10),
        promised_from=now.date() + dt.timedelta(days=4),
        promised_to=now.date() + dt.timedelta(days=7),
        invoice_number="INV/26-27/000042",
        carrier="India Post",
        tracking_number="EM123456789IN",
    )
    payment = Payment(order=order, amount=order.total, method="card")
    status = RefundStatus.PENDING if kind == emails.REFUND_STARTED else RefundStatus.PROCESSED
    refund = Refund(payment=payment, amount=1_00_000_50, status=status, reason=_("A mirror was missing"))
    if kind == emails.REFUNDED:
        refund.arn, refund.credit_note_number = "74332744091234567890123", "CN/26-27/000007"
    note = OrderNote(order=order, text=_("The box of the taxi is on its way to us. We send it on Monday."))
    return OutboxEmail(
        order=order,
        kind=kind,
        refund=refund if kind in emails.OF_REFUNDS else None,
        note=note if kind == emails.NOTE else None,
    )


def line() -> OrderLine:
    title = _("Ambassador Mark 4, Kaali-Peeli taxi")
    return OrderLine(sku="CG43-TX-0007", title=title, option=_("Mumbai"), unit_price=61_728_00, quantity=2)
