"""What has come of the refunds of a payment: entries, credit notes and mail, and what no longer fits or is over."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.money import exact
from checkout import attention, contradictions, emails, invoices, ledger, orders
from checkout.models import Order, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.models.changing import take_over
from checkout.models.ledger import EntryKind
from checkout.models.refund import RefundOrigin
from checkout.refunds.bounds import left
from checkout.status import OrderStatus, PaymentStatus, RefundStatus


def settle(payment: Payment) -> None:
    """Book what has come of the refunds of a locked payment, once a capture of it is known.

    Money that was never captured is no revenue, so that its return is none either: nothing is booked for it.
    """
    captured = ledger.captured(payment)
    # Of most payments nothing ever leaves: no refund was heard of, and neither a bank nor a person took anything.
    if not captured or (ledger.kept(payment) == captured and not payment.refunds.exists()):
        return
    recognise(payment)
    done = payment.refunds.filter(status__in=[RefundStatus.PROCESSED, RefundStatus.FAILED])
    # The newest first: a credit note that was missing is given to what is new.
    for refund in done.exclude(origin=RefundOrigin.AUTO).order_by("-pk"):
        if refund.status == RefundStatus.PROCESSED:
            _book(refund, payment)
        elif refund.razorpay_refund_id:
            _take_back(refund, payment)
    _take_back_a_write_off(payment)
    _drop_what_no_longer_fits(payment)
    _tell_what_left_twice(payment)
    _count_what_came_back(payment)
    if _left(payment) <= 0:
        attention.close_gone(payment)
    if payment.order:
        _end_hold(payment.order)


def recognise(payment: Payment) -> None:
    """Believe the refunds that were heard of before the capture of a locked payment, as far as they fit into it.

    It comes before it is judged what the captured money does: what goes back already is no part of that.
    """
    for refund in payment.refunds.filter(origin=RefundOrigin.AUTO).order_by("pk"):
        if refund.status == RefundStatus.FAILED or not contradictions.in_refund_before(payment, refund):
            payment.refunds.filter(pk=refund.pk).update(origin=RefundOrigin.DASHBOARD)


def fail(refund: Refund, error: str) -> None:
    """Give up a refund that was never made, and tell staff."""
    with transaction.atomic():
        failed = Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED).update(
            status=RefundStatus.FAILED, claimed_until=None, error=error[:255]
        )
        if failed:
            refund.refresh_from_db()
            attention.refund_failed(refund)


def _take_back_a_write_off(payment: Payment) -> None:
    """Believe Razorpay rather than a person who wrote money off that went back or was lost after all."""
    written, over = ledger.written_off(payment), -_left(payment)
    if written and over > 0:
        ledger.correct(EntryKind.WRITE_OFF, payment, max(written - over, 0))
        text = _("%(amount)s were written off, and left by themselves: was the buyer paid twice?")
        words = text % {"amount": exact(min(written, over), payment.currency)}
        attention.open_case(CaseKind.REPORT_DIFFERS, words, payment=payment, subject=attention.WRITTEN_OFF)


def _drop_what_no_longer_fits(payment: Payment) -> None:
    """Give up our requests for which another refund left no room: Razorpay cannot have made them beside it."""
    for refund in payment.refunds.filter(status=RefundStatus.REQUESTED).order_by("-pk"):
        if _left(payment) < 0:
            fail(refund, _("Less than that is left of this payment."))


def _tell_what_left_twice(payment: Payment) -> None:
    """Tell staff of money that went back and was taken by the buyer's bank as well."""
    if (over := -_left(payment)) > 0 and ledger.lost(payment):
        text = _("%(amount)s went back to the buyer, and the bank took them as well: answer the dispute with that")
        words = text % {"amount": exact(over, payment.currency)}
        attention.open_case(CaseKind.DISPUTE_LOST, words, payment=payment, subject=attention.TWICE)


def _left(payment: Payment) -> int:
    told = payment.refunds.exclude(origin=RefundOrigin.AUTO).values_list("status", "amount")
    return left(ledger.kept(payment), told)


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
    # Razorpay's report that the payment paid its order may be the later one.
    if payment.fulfils and not refund.credit_note_number and not refund.before_sale:
        _credit(refund, payment)
    if is_new and payment.order:
        orders.note(payment.order, "refunded", str(refund.razorpay_refund_id))
        emails.promise(payment.order, emails.REFUNDED, refund=refund)


def _take_back(refund: Refund, payment: Payment) -> None:
    """Reverse the entry of a refund that a bank sent back, and tell the buyer, who still waits for this money."""
    refund_id = refund.razorpay_refund_id or ""
    if ledger.is_booked(EntryKind.REFUND, refund_id):
        ledger.book(EntryKind.REFUND_REVERSAL, payment, refund.amount, entity_id=refund_id)
    if payment.order:
        emails.promise(payment.order, emails.REFUND_FAILED, refund=refund)


def _credit(refund: Refund, payment: Payment) -> None:
    """Give a refund its credit note, for what no earlier one is for: of a sale as much is credited as came back of it.

    The note of a refund that a bank sent back stands for the one that replaces it. What was paid beyond the invoice, as
    a fee that the buyer bore, is credited by none.
    """
    assert payment.order is not None  # noqa: S101 - It fulfils one.
    came_back = payment.refunds.filter(status=RefundStatus.PROCESSED, before_sale=False).exclude(
        origin=RefundOrigin.AUTO
    )
    returned = sum(came_back.values_list("amount", flat=True))
    noted = sum(payment.refunds.values_list("credited", flat=True))
    amount = min(refund.amount, min(returned, payment.order.total) - noted)
    if amount > 0:
        refund.credit_note_number = invoices.next_credit_note(refund.processed_at or timezone.now())
        refund.credited = amount
        refund.save(update_fields=["credit_note_number", "credited", "updated_at"])


def _end_hold(order: Order) -> None:
    """Cancel an order on hold whose money has all gone back, in one way or another."""
    held = orders.lock(order.pk)
    if held.status != OrderStatus.ON_HOLD:
        return
    if all(ledger.returned(each) >= ledger.kept(each) for each in held.payments.all()):
        orders.move(held, OrderStatus.CANCELLED, text=_("Nothing of the money is left here"))
