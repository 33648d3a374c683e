"""The audit: the invariants of money and stock, recomputed from the rows. Reads only.

Numbers are those of the invariants in ARCHITECTURE.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from catalog import stock
from catalog.models import Stock, StockMovement
from checkout.models import Order, OrderEvent, OrderLine, OutboxEmail, Payment, RazorpayOrder
from checkout.status import BOUGHT, OrderStatus

GAVE_UP = (OrderStatus.PENDING, OrderStatus.EXPIRED)


def paid_once() -> Iterator[str]:
    """1. An order becomes PAID at most once; stock, invoice number and mail happen only there."""
    for row in OrderEvent.objects.filter(status="paid").values("order__number").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['order__number']} became paid {row['n']} times"
    bought = Order.objects.filter(status__in=BOUGHT)
    for order in bought.filter(Q(invoice_number=None) | Q(paid_at=None)):
        yield f"{order.number} is {order.status} without invoice number or time of payment"
    for order in bought.filter(total__gt=0).exclude(payments__fulfils=True):
        yield f"{order.number} is {order.status} without a payment that fulfils it"
    for order in bought.exclude(emails__kind="paid"):
        yield f"{order.number} is {order.status} without its mail"
    yield from _sold_as_ordered()
    unpaid = Order.objects.exclude(status__in=[*BOUGHT, OrderStatus.CANCELLED])
    for order in unpaid.exclude(invoice_number=None):
        yield f"{order.number} is {order.status} and has an invoice number"
    for mail in OutboxEmail.objects.filter(kind="paid", order__in=unpaid).select_related("order"):
        yield f"{mail.order.number} is {mail.order.status} and has a mail that says paid"


def refunds_within_captures() -> Iterator[str]:
    """2. For every payment: refunds pending and processed are at most what was captured."""
    out = Coalesce(Sum("refunds__amount", filter=~Q(refunds__status="failed")), 0)
    for payment in Payment.objects.annotate(out=out).filter(
        Q(out__gt=F("amount")) | Q(amount_refunded__gt=F("amount"))
    ):
        yield f"{payment}: more refunded than the {payment.amount} paise that were captured"


def stock_adds_up() -> Iterator[str]:
    """3. For every variant: 0 <= reserved <= on_hand, both the sums of the movements, and reserved for open orders."""
    yield from stock.verify()
    held = dict(
        OrderLine.objects.filter(order__status=OrderStatus.PENDING)
        .values_list("variant_id")
        .annotate(n=Sum("quantity"))
        .values_list("variant_id", "n")
    )
    for variant_id, sku, reserved in Stock.objects.values_list("variant_id", "variant__sku", "reserved"):
        if reserved != held.get(variant_id, 0):
            yield f"{sku}: {reserved} reserved, {held.get(variant_id, 0)} in open orders"


def money_has_a_home() -> Iterator[str]:
    """4. Every captured paisa belongs to an order, to a refund, or to an open case before staff."""
    captured = Payment.objects.filter(status="captured", fulfils=False)
    for payment in captured.filter(order=None).exclude(cases__isnull=False):
        yield f"{payment}: {payment.amount} paise without an order and without a case"
    homeless = captured.exclude(order=None).exclude(order__status=OrderStatus.PENDING).exclude(cases__isnull=False)
    for payment in homeless.select_related("order"):
        yield f"{payment}: {payment.amount} paise of {payment.order} neither fulfil it nor wait for staff"


def paid_never_goes_back() -> Iterator[str]:
    """6. PAID never goes back, and the status of an order is that of its last event."""
    for order in Order.objects.prefetch_related("events").iterator(chunk_size=500):
        moves = [event.status for event in order.events.all() if event.status]
        if not moves or moves[-1] != order.status:
            yield f"{order.number} is {order.status}, its events say {moves[-1] if moves else 'nothing'}"
        if "paid" in moves and any(status in (*GAVE_UP, "on_hold") for status in moves[moves.index("paid") :]):
            yield f"{order.number} went back after it was paid"


def totals_add_up() -> Iterator[str]:
    """7. Lines + shipping - discount = total = the amount of the Razorpay order."""
    lines = Coalesce(Sum(F("lines__unit_price") * F("lines__quantity")), 0)
    for wrong in Order.objects.annotate(sum=lines).exclude(subtotal=F("sum")):
        yield f"{wrong.number}: lines are {wrong.sum} paise, the order says {wrong.subtotal}"
    for order in Order.objects.exclude(total=F("subtotal") + F("shipping") - F("discount")):
        yield f"{order.number}: the total of {order.total} paise does not add up"
    for attempt in RazorpayOrder.objects.exclude(amount=F("order__total")).select_related("order"):
        order = attempt.order
        yield f"{order.number}: its Razorpay order has another amount than {order.total} paise"


INVARIANTS: dict[str, Callable[[], Iterator[str]]] = {
    "1 paid once": paid_once,
    "2 refunds within captures": refunds_within_captures,
    "3 stock adds up": stock_adds_up,
    "4 money has a home": money_has_a_home,
    "6 paid never goes back": paid_never_goes_back,
    "7 totals add up": totals_add_up,
}


def run() -> dict[str, list[str]]:
    """Return the violations of each invariant as sentences; empty lists when all hold."""
    with _snapshot():
        return {name: list(check()) for name, check in INVARIANTS.items()}


@contextmanager
def _snapshot() -> Iterator[None]:
    # All questions are about one moment. SQLite's transaction holds writers up meanwhile; PostgreSQL's does not.
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _sold_as_ordered() -> Iterator[str]:
    sold = {
        (row["reference"], row["stock__variant_id"]): -row["n"]
        for row in StockMovement.objects.filter(kind="sell")
        .values("reference", "stock__variant_id")
        .annotate(n=Sum("on_hand_delta"))
    }
    bought = OrderLine.objects.filter(order__status__in=BOUGHT).select_related("order")
    ordered = {(line.order.number, line.variant_id): line.quantity for line in bought}
    for (number, variant_id), quantity in ordered.items():
        if sold.get((number, variant_id), 0) != quantity:
            yield f"{number}: {quantity} of variant {variant_id} ordered, {sold.get((number, variant_id), 0)} sold"
    for number, variant_id in sold.keys() - ordered.keys():
        if not Order.objects.filter(number=number, status=OrderStatus.CANCELLED).exists():
            yield f"{number}: variant {variant_id} was sold without a paid order"
