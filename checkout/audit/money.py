"""M: money."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from catalog.money import rupees
from checkout import attention, ledger
from checkout.models import AttentionCase, Dispute, LedgerEntry, Order, Payment, RazorpayOrder, Refund
from checkout.models.attention import CaseKind
from checkout.models.dispute import DisputeStatus
from checkout.models.ledger import REVERSALS, EntryKind
from checkout.models.refund import RefundOrigin
from checkout.status import OrderStatus, PaymentStatus, RefundStatus

# Within this time a pass asks about undecided money of an order on hold, and for refunds that a payment tells of.
ASKED_WITHIN = timedelta(hours=1)
OURS = Q(origin__in=[RefundOrigin.STAFF, RefundOrigin.SHOP, RefundOrigin.DASHBOARD])


def refunds_within_captures() -> Iterator[str]:
    """For every payment: what is refunded or asked for is at most what was captured, in rows and in the ledger.

    So it is together with what was written off or lost, unless a person was told that money left twice.
    """
    books = _books()
    asked = Refund.objects.filter(OURS).exclude(status=RefundStatus.FAILED)
    for row in asked.values("payment_id").annotate(total=Sum("amount")):
        captured = books[row["payment_id"]][EntryKind.CAPTURE]
        if row["total"] > captured:
            yield f"payment {row['payment_id']}: {row['total']} paise refunded or asked for, {captured} captured"
    for payment_id, sums in books.items():
        back = sums[EntryKind.REFUND] - sums[EntryKind.REFUND_REVERSAL]
        if not 0 <= back <= sums[EntryKind.CAPTURE]:
            yield f"payment {payment_id}: the ledger has {sums[EntryKind.CAPTURE]} paise in and {back} out"
    yield from _left_in_other_ways(books, _by_payment(asked))
    for payment in Payment.objects.filter(amount_refunded__gt=F("amount")):
        yield f"{payment}: Razorpay returned {payment.amount_refunded} paise of {payment.amount}"


def _left_in_other_ways(books: dict[int, Counter[str]], asked: dict[int, int]) -> Iterator[str]:
    told = AttentionCase.objects.filter(kind=CaseKind.DISPUTE_LOST, subject=attention.TWICE)
    twice = set(told.values_list("payment_id", flat=True))
    for payment_id, sums in books.items():
        captured, kept, back = sums[EntryKind.CAPTURE], ledger.kept_of(sums.items()), asked.get(payment_id, 0)
        if captured and kept < back and payment_id not in twice:
            yield f"payment {payment_id}: {captured - kept} paise lost or written off and {back} back of {captured}"


def ledger_agrees() -> Iterator[str]:
    """Captured payments and processed refunds of captured money, with their amounts, are the entries of the ledger."""
    entries = set(LedgerEntry.objects.filter(kind=EntryKind.CAPTURE).values_list("entity_id", "amount"))
    rows = set(
        Payment.objects.filter(Q(status=PaymentStatus.CAPTURED) | Q(fulfils=True), amount__gt=0).values_list(
            "razorpay_payment_id", "amount"
        )
    )
    for payment_id, amount in sorted(rows - entries):
        yield f"{payment_id}: {amount} paise captured, not in the ledger"
    known = set(Payment.objects.values_list("razorpay_payment_id", "amount"))
    for payment_id, amount in sorted(entries - known):
        yield f"{payment_id}: {amount} paise in the ledger, its payment says otherwise"
    yield from _refund_entries()
    fees = Payment.objects.filter(entries__kind=EntryKind.CAPTURE).values_list("razorpay_payment_id", "fee")
    yield from _differences(EntryKind.FEE, {entity: fee or 0 for entity, fee in fees})
    lost = Dispute.objects.filter(status=DisputeStatus.LOST)
    yield from _differences(EntryKind.DISPUTE, dict(lost.values_list("razorpay_dispute_id", "amount_deducted")))


def _differences(kind: EntryKind, rows: dict[str, int]) -> Iterator[str]:
    booked: Counter[str] = Counter()
    entries = LedgerEntry.objects.filter(kind__in=(kind, REVERSALS[kind]))
    for each, entity_id, amount in entries.values_list("kind", "entity_id", "amount"):
        booked[entity_id.partition("/")[0]] += amount if each == kind else -amount
    for entity in sorted({*rows, *booked}):
        if rows.get(entity, 0) != booked[entity]:
            yield f"{entity}: {rows.get(entity, 0)} paise as {kind}, the ledger says {booked[entity]}"


def _refund_entries() -> Iterator[str]:
    kinds = (EntryKind.REFUND, EntryKind.REFUND_REVERSAL)
    booked: dict[str, int] = defaultdict(int)
    for kind, entity_id, amount in LedgerEntry.objects.filter(kind__in=kinds).values_list(
        "kind", "entity_id", "amount"
    ):
        booked[entity_id] += amount if kind == EntryKind.REFUND else -amount
    done = Refund.objects.filter(OURS, status=RefundStatus.PROCESSED)
    rows = dict(done.values_list("razorpay_refund_id", "amount"))
    for refund_id in sorted(map(str, {*rows, *booked})):
        if rows.get(refund_id, 0) != booked.get(refund_id, 0):
            yield f"{refund_id}: {rows.get(refund_id, 0)} paise refunded, the ledger says {booked.get(refund_id, 0)}"


def has_a_home() -> Iterator[str]:
    """Every captured paisa pays an order, went back or is on its way back, was written off, or waits for a person.

    That it went back may be Razorpay's word about the payment, until the refund itself must have been heard of.
    """
    books = _books()
    asked = Refund.objects.filter(OURS).exclude(status=RefundStatus.FAILED)
    going, made = _by_payment(asked), _by_payment(asked.exclude(razorpay_refund_id=None))
    loose = Payment.objects.filter(fulfils=False, entries__kind=EntryKind.CAPTURE).select_related("order")
    cases = AttentionCase.objects.filter(closed_at=None, kind__in=attention.OF_MONEY)
    waiting = set(cases.values_list("payment_id", flat=True))
    for payment in loose:
        sums = books[payment.pk]
        unheard = payment.amount_refunded - made.get(payment.pk, 0) if _is_news(payment) else 0
        left = ledger.kept_of(sums.items()) - going.get(payment.pk, 0) - max(unheard, 0)
        if left > 0 and not _is_asked_about(payment) and payment.pk not in waiting:
            yield f"{payment}: {left} paise pay no order, are not on their way back, and nobody is asked to decide"


def _by_payment(refunds: QuerySet[Refund]) -> dict[int, int]:
    return dict(refunds.values_list("payment_id").annotate(Sum("amount")).order_by())


def _is_asked_about(payment: Payment) -> bool:
    """Tell whether the shop still asks Razorpay what this money does.

    For as long as it takes while the order is open, and at the next pass when it was given up or is held.
    """
    if payment.order is None:
        return False
    is_next = payment.order.status in (OrderStatus.ON_HOLD, OrderStatus.EXPIRED)
    return payment.order.status == OrderStatus.PENDING or (is_next and _is_news(payment))


def _is_news(payment: Payment) -> bool:
    """Tell whether something of a payment changed a moment ago, so that the rest may be on its way."""
    return payment.updated_at > timezone.now() - ASKED_WITHIN


def pays_its_own_order() -> Iterator[str]:
    """The payment that fulfils an order was made on one of its Razorpay orders, or a person accepted it."""
    strangers = Payment.objects.filter(fulfils=True, accepted_by=None)
    for payment in strangers.filter(Q(razorpay_order=None) | ~Q(razorpay_order__order=F("order"))):
        yield f"{payment} pays {payment.order}, of which it is not"
    wrong = strangers.exclude(currency=F("razorpay_order__currency")).select_related("order")
    for payment in wrong.exclude(razorpay_order=None):
        yield f"{payment} pays {payment.order} in {payment.currency}"
    for row in Payment.objects.filter(fulfils=True).values("order__number").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['order__number']} is fulfilled by {row['n']} payments"


def booked_once() -> Iterator[str]:
    """No kind of entry stands twice for one entity, and each entry belongs to the payment that it names."""
    for row in LedgerEntry.objects.values("kind", "entity_id").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"{row['entity_id']} is booked {row['n']} times as {row['kind']}"
    own = (EntryKind.CAPTURE, EntryKind.FEE, EntryKind.FEE_REVERSAL, EntryKind.WRITE_OFF, EntryKind.WRITE_OFF_REVERSAL)
    entries = LedgerEntry.objects.filter(kind__in=own).exclude(entity_id=F("payment__razorpay_payment_id"))
    for entry in entries.exclude(entity_id__startswith=Concat("payment__razorpay_payment_id", Value("/"))):
        yield f"entry {entry.pk} of {entry.entity_id} is booked on another payment"


def pays_what_it_costs() -> Iterator[str]:
    """The payment that fulfils an order has its amount, or history tells the difference; the order was paid."""
    for payment in Payment.objects.filter(fulfils=True).select_related("order"):
        order: Any = payment.order
        if order.paid_at is None:
            yield f"{payment} fulfils {order}, which is {order.status} and was never paid"
        difference = rupees(abs(payment.amount - order.total), always_paise=True)
        told = order.events.filter(kind__in=("paid_with_offer", "paid_with_surcharge"), text=difference)
        if payment.amount != order.total and not told.exists():
            yield f"{payment} of {payment.amount} paise fulfils {order}, which costs {order.total}"


def totals_add_up() -> Iterator[str]:
    """Lines + shipping - discount = total = the amount of the Razorpay order."""
    lines = Coalesce(Sum(F("lines__unit_price") * F("lines__quantity")), 0)
    for wrong in Order.objects.annotate(sum=lines).exclude(subtotal=F("sum")):
        yield f"{wrong.number}: lines are {wrong.sum} paise, the order says {wrong.subtotal}"
    for order in Order.objects.exclude(total=F("subtotal") + F("shipping") - F("discount")):
        yield f"{order.number}: the total of {order.total} paise does not add up"
    for attempt in RazorpayOrder.objects.exclude(amount=F("order__total")).select_related("order"):
        order = attempt.order
        yield f"{order.number}: its Razorpay order has another amount than {order.total} paise"


def refunds_have_keys() -> Iterator[str]:
    """A refund of ours has a key before Razorpay is called; one of Razorpay's has an id."""
    for refund in Refund.objects.filter(origin__in=[RefundOrigin.STAFF, RefundOrigin.SHOP], key=None):
        yield f"refund {refund.pk} of {refund.amount} paise has no key"
    nameless = Refund.objects.filter(razorpay_refund_id=None)
    for refund in nameless.filter(status__in=[RefundStatus.PENDING, RefundStatus.PROCESSED]):
        yield f"refund {refund.pk} is {refund.status} without an id of Razorpay's"


def _books() -> dict[int, Counter[str]]:
    """Return the sums of the ledger by payment and kind, in paise."""
    books: dict[int, Counter[str]] = defaultdict(Counter)
    for row in LedgerEntry.objects.values("payment_id", "kind").annotate(total=Sum("amount")).order_by():
        books[row["payment_id"]][row["kind"]] = row["total"]
    return books
