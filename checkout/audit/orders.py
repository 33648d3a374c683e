"""O: orders."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from checkout import attention
from checkout.models import AttentionCase, Order, OutboxEmail, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.models.dispute import AT_STAKE
from checkout.models.ledger import EntryKind
from checkout.status import BOUGHT, OrderStatus, PaymentStatus, RefundStatus, may_move

# Expiry waits while Razorpay is silent; after this long somebody has to look.
FORGOTTEN = timedelta(days=1)
UNAPPLIED = timedelta(minutes=15)


def status_is_last_move() -> Iterator[str]:
    """The status of an order is the fold of its events."""
    for order, moves in _moves():
        if not moves or moves[-1] != order.status:
            yield f"{order.number} is {order.status}, its events say {moves[-1] if moves else 'nothing'}"


def moves_are_allowed() -> Iterator[str]:
    """Orders begin PENDING and move along the table only, so that PAID never goes back."""
    for order, moves in _moves():
        if moves and moves[0] != OrderStatus.PENDING:
            yield f"{order.number} began as {moves[0]}"
        for old, new in pairwise(moves):
            if not may_move(old, new):
                yield f"{order.number} went from {old} to {new}"


def paid_once() -> Iterator[str]:
    """PAID happens at most once; a paid order is only cancelled with a refund, or when nothing was paid."""
    for order, moves in _moves():
        if moves.count(OrderStatus.PAID) > 1:
            yield f"{order.number} became paid {moves.count(OrderStatus.PAID)} times"
        if OrderStatus.PAID in moves and order.status not in (*BOUGHT, OrderStatus.CANCELLED):
            yield f"{order.number} went back after it was paid"
    cancelled = Order.objects.filter(status=OrderStatus.CANCELLED, total__gt=0).exclude(paid_at=None)
    # The bank may have decided for the shop, and then a person is asked where the money goes.
    asked = Q(cases__closed_at=None, cases__kind=CaseKind.UNMATCHED_MONEY)
    has_way_back = Q(refunds__isnull=False) | Q(disputes__status__in=AT_STAKE) | asked
    for order in cancelled.exclude(payments__in=Payment.objects.filter(has_way_back, fulfils=True)):
        yield f"{order.number} was cancelled after it was paid, and no refund was asked for"


def bought_is_paid() -> Iterator[str]:
    """A bought order has a captured payment, an invoice number and its mail; an unpaid one has none of them."""
    bought = Order.objects.filter(status__in=BOUGHT)
    for order in bought.filter(Q(invoice_number=None) | Q(paid_at=None)):
        yield f"{order.number} is {order.status} without invoice number or time of payment"
    captured = Payment.objects.filter(fulfils=True, entries__kind=EntryKind.CAPTURE)
    for order in bought.filter(total__gt=0).exclude(payments__in=captured):
        yield f"{order.number} is {order.status} without a captured payment that fulfils it"
    for order in bought.exclude(emails__kind="paid"):
        yield f"{order.number} is {order.status} without its mail"
    unpaid = Order.objects.exclude(status__in=[*BOUGHT, OrderStatus.CANCELLED])
    for order in unpaid.exclude(invoice_number=None):
        yield f"{order.number} is {order.status} and has an invoice number"
    for mail in OutboxEmail.objects.filter(kind="paid", order__in=unpaid).select_related("order"):
        yield f"{mail.order.number} is {mail.order.status} and has a mail that says paid"


def nothing_is_forgotten() -> Iterator[str]:
    """No captured money waits unapplied, no order stays open long after its time, no refund is asked for and left."""
    now = timezone.now()
    unapplied = Payment.objects.filter(
        status=PaymentStatus.CAPTURED,
        fulfils=False,
        order__status=OrderStatus.PENDING,
        order__expires_at__lt=now - UNAPPLIED,
        updated_at__lt=now - UNAPPLIED,
    )
    waits = AttentionCase.objects.filter(closed_at=None, kind__in=attention.OF_MONEY, payment=OuterRef("pk"))
    for payment in unapplied.exclude(Exists(waits)).select_related("order"):
        yield f"{payment} of {payment.order} is captured and applied to nothing"
    for order in Order.objects.filter(status=OrderStatus.PENDING, expires_at__lt=now - FORGOTTEN):
        yield f"{order.number} should have expired on {order.expires_at:%Y-%m-%d}"
    left = Refund.objects.filter(status=RefundStatus.REQUESTED, created_at__lt=now - FORGOTTEN)
    stuck = AttentionCase.objects.filter(closed_at=None, kind=CaseKind.STUCK)
    told = set(stuck.values_list("subject", flat=True))
    for refund in left:
        if f"refund {refund.pk}" in told:
            continue
        yield f"refund {refund.pk} was asked for on {refund.created_at:%Y-%m-%d} and never made"


def _moves() -> Iterator[tuple[Order, list[str]]]:
    for order in Order.objects.prefetch_related("events").iterator(chunk_size=500):
        yield order, [event.status for event in order.events.all() if event.status]
