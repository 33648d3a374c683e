"""Believing every report of a refund once, and what a finished refund brings with it."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout import attention, contradictions, emails, invoices, ledger, orders
from checkout.facts import RefundFacts
from checkout.models import Order, Payment, Refund
from checkout.models.changing import take_over
from checkout.models.ledger import EntryKind
from checkout.models.refund import RefundOrigin
from checkout.refunds.asking import lock
from checkout.refunds.bounds import left
from checkout.status import REFUND_RANK, OrderStatus, PaymentStatus, RefundStatus


def record(facts: RefundFacts) -> str:
    """Record what is known of a refund: `applied` or `unchanged`. Safe to repeat, in any order.

    A refund that the shop never asked for is imported: somebody made it in Razorpay's dashboard, or Razorpay itself
    gave back what was never captured.
    """
    try:
        return _record(facts)
    except IntegrityError:
        # Another report of the same new refund was first by a hair; now it is there to be found.
        return _record(facts)


def settle(payment: Payment) -> None:
    """Book what has come of the refunds of a locked payment, once a capture of it is known.

    Money that was never captured is no revenue, so that its return is none either: nothing is booked for it.
    """
    if not ledger.captured(payment):
        return
    for refund in payment.refunds.filter(origin=RefundOrigin.AUTO).order_by("pk"):
        if refund.status == RefundStatus.FAILED or not contradictions.in_refund_before(payment, refund):
            payment.refunds.filter(pk=refund.pk).update(origin=RefundOrigin.DASHBOARD)
    done = payment.refunds.filter(status__in=[RefundStatus.PROCESSED, RefundStatus.FAILED])
    for refund in done.exclude(origin=RefundOrigin.AUTO):
        if refund.status == RefundStatus.PROCESSED:
            _book(refund, payment)
        elif refund.razorpay_refund_id and ledger.is_booked(EntryKind.REFUND, refund.razorpay_refund_id):
            ledger.book(EntryKind.REFUND_REVERSAL, payment, refund.amount, entity_id=refund.razorpay_refund_id)
    _count_what_came_back(payment)
    if payment.order:
        _end_hold(payment.order)


def fail(refund: Refund, error: str) -> None:
    """Give up a refund that was never made, and tell staff."""
    with transaction.atomic():
        failed = Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED).update(
            status=RefundStatus.FAILED, claimed_until=None, error=error[:255]
        )
        if failed:
            refund.refresh_from_db()
            attention.refund_failed(refund)


def _record(facts: RefundFacts) -> str:
    with transaction.atomic(durable=True):
        known, _new = Payment.objects.get_or_create(razorpay_payment_id=facts.payment_id)
        payment = lock(known.pk)
        found = _find(facts, payment)
        if contradictions.in_refund(payment, found, facts):
            return "unchanged"
        refund = found or Refund(payment=payment, amount=facts.amount, origin=RefundOrigin.AUTO)
        is_changed = _merge(refund, facts)
        if is_changed:
            _drop_what_no_longer_fits(payment)
        settle(payment)
        return "applied" if is_changed else "unchanged"


def _find(facts: RefundFacts, payment: Payment) -> Refund | None:
    known = Refund.objects.filter(razorpay_refund_id=facts.refund_id).first()
    if known or not facts.key:
        return known
    return payment.refunds.filter(key=facts.key, razorpay_refund_id=None, amount=facts.amount).first()


def _merge(refund: Refund, facts: RefundFacts) -> bool:
    is_new = refund.pk is None or refund.razorpay_refund_id is None
    if not is_new and REFUND_RANK[facts.status] <= REFUND_RANK[RefundStatus(refund.status)]:
        return _fill_in(refund, facts)
    refund.razorpay_refund_id = facts.refund_id
    refund.status = facts.status
    refund.speed, refund.arn = facts.speed or refund.speed, facts.arn or refund.arn
    refund.claimed_until, refund.error = None, ""
    if facts.status == RefundStatus.PROCESSED:
        refund.processed_at = timezone.now()
    if facts.status == RefundStatus.FAILED:
        refund.error = _("The bank did not take the money back.")
    refund.save()
    if facts.status == RefundStatus.FAILED:
        attention.refund_failed(refund)
    return True


def _fill_in(refund: Refund, facts: RefundFacts) -> bool:
    """Take over what changes without moving a refund: the bank's reference and the speed."""
    speed, arn = facts.speed or refund.speed, facts.arn or refund.arn
    if (speed, arn) == (refund.speed, refund.arn):
        return False
    refund.speed, refund.arn = speed, arn
    refund.save(update_fields=["speed", "arn", "updated_at"])
    return True


def _drop_what_no_longer_fits(payment: Payment) -> None:
    """Give up our requests for which another refund left no room: Razorpay cannot have made them beside it."""
    captured = ledger.captured(payment)
    if not captured:
        return
    for refund in payment.refunds.filter(status=RefundStatus.REQUESTED).order_by("-pk"):
        if left(captured, payment.refunds.values_list("status", "amount")) < 0:
            fail(refund, _("Another refund of this payment left no room for it."))


def _count_what_came_back(payment: Payment) -> None:
    """Let its refunds alone say how much of a captured payment went back, once a bank has returned one of them.

    Reports of the payment itself cannot tell: an older one may come after a newer.
    """
    made = payment.refunds.exclude(razorpay_refund_id=None).exclude(origin=RefundOrigin.AUTO)
    amounts = made.exclude(status=RefundStatus.FAILED).values_list("amount", flat=True)
    if len(amounts) == made.count():
        return
    back = sum(amounts)
    status = PaymentStatus.REFUNDED if back >= payment.amount else PaymentStatus.CAPTURED
    take_over(payment, status=status, amount_refunded=back)


def _book(refund: Refund, payment: Payment) -> None:
    """Book a processed refund, with what happens once: credit note, when it was paid for an invoice, and mail."""
    is_new = ledger.book(EntryKind.REFUND, payment, refund.amount, entity_id=refund.razorpay_refund_id or "")
    # Razorpay's report that the payment paid its order may be the later one. But what had gone back before a person
    # said what the money is for was no part of a sale.
    if payment.fulfils and not refund.credit_note_number and (is_new or payment.accepted_by is None):
        refund.credit_note_number = invoices.next_credit_note(refund.processed_at or timezone.now())
        refund.save(update_fields=["credit_note_number", "updated_at"])
    if is_new and payment.order:
        orders.note(payment.order, "refunded", str(refund.razorpay_refund_id))
        emails.promise(payment.order, emails.REFUNDED, refund=refund)


def _end_hold(order: Order) -> None:
    """Cancel an order on hold whose money has all gone back, in one way or another."""
    held = orders.lock(order.pk)
    if held.status != OrderStatus.ON_HOLD:
        return
    if all(ledger.returned(each) + ledger.lost(each) >= ledger.kept(each) for each in held.payments.all()):
        orders.move(held, OrderStatus.CANCELLED, text=_("Nothing of the money is left here"))
