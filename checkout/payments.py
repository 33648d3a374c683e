"""Payments: every report of money ends in `record`, and any order and number of reports ends in the same state."""

import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.money import exact
from checkout import attention, contradictions, finding, gateway, judgement, orders, refunds
from checkout.believing import PAID_WORDS, believe
from checkout.comparison import Verdict, compare
from checkout.facts import OrderFacts, PaymentFacts, is_order_id, is_payment_id
from checkout.gateway import GatewayError
from checkout.models import Order, Payment, RazorpayOrder
from checkout.models.attention import CaseKind
from checkout.models.changing import take_over
from checkout.status import OrderStatus, PaymentStatus, RefundStatus
from checkout.transport import within

logger = logging.getLogger(__name__)

# A web request spends at most this many seconds on Razorpay.
BUDGET = 8.0


class BadSignature(Exception):
    """The three values from Razorpay's window do not belong together, or belong to no order of ours."""


def verify(*, order_id: object, payment_id: object, signature: object) -> Order:
    """Take the browser's word that it paid, ask Razorpay, and return the order that the payment belongs to.

    The order is found by the stored Razorpay order id alone. When Razorpay cannot be asked, the payment is kept as
    on its way and reconciliation completes it. Raises BadSignature.
    """
    if not (isinstance(order_id, str) and isinstance(payment_id, str)):
        raise BadSignature
    if not (is_order_id(order_id) and is_payment_id(payment_id)):
        raise BadSignature
    attempt = RazorpayOrder.objects.filter(razorpay_order_id=order_id).select_related("order").first()
    if attempt is None or not attempt.is_of_this_mode:
        raise BadSignature
    if not gateway.checkout_signature_is_valid(
        order_id=order_id, payment_id=payment_id, signature=signature, key_id=attempt.key_id
    ):
        raise BadSignature
    known = Payment.objects.filter(razorpay_payment_id=payment_id, status__in=PAID_WORDS).exists()
    if not known:
        _announce(attempt, payment_id)
        try:
            with within(BUDGET):
                _take(attempt, [gateway.fetch_payment(payment_id)])
        except GatewayError as error:
            logger.warning("Payment %s is confirmed later: %s", payment_id, error)
    return Order.objects.get(pk=attempt.order_id)


def check(order: Order, *, budget: float = BUDGET) -> None:
    """Ask Razorpay about every attempt of an order and record what it says. All of it ends within `budget` seconds.

    Raises GatewayError, also when all that could be read is recorded and something else could not be read.
    """
    unreadable: gateway.Unreadable | None = None
    with within(budget):
        for attempt in order.razorpay_orders.exclude(razorpay_order_id=None):
            if not attempt.is_of_this_mode:
                continue
            try:
                payments = gateway.fetch_order_payments(attempt.razorpay_order_id or "")
            except gateway.Unreadable as error:
                payments, unreadable = error.readable, error
            _take(attempt, payments)
            _ask_about_announced(attempt, payments)
    if unreadable:
        raise unreadable
    Order.objects.filter(pk=order.pk).update(checked_at=timezone.now())


def record(facts: PaymentFacts, order_facts: OrderFacts | None = None) -> str:
    """Record what is known of a payment: the one place where a report of money changes anything.

    Safe to repeat, in any order. Returns what came of it: `applied`, `unchanged`, `unmatched`, `ignored` for money of
    another mode (test or live), or `ask_razorpay` when the report alone cannot tell whether the whole order is paid.
    """
    try:
        return _record(facts, order_facts)
    except IntegrityError:
        # Another report of the same new payment was first by a hair; now it is there to be found.
        return _record(facts, order_facts)


def _record(facts: PaymentFacts, order_facts: OrderFacts | None) -> str:
    # A window that was opened and left: no money moved, and its order must stay payable and able to expire. The proof
    # of a browser that did pay is a row of its own, written by `verify`.
    if facts.status == PaymentStatus.CREATED:
        return "unchanged"
    with transaction.atomic(durable=True):
        attempt = _attempt_of(facts, order_facts)
        if attempt is None:
            return _record_unmatched(facts)
        if not attempt.is_of_this_mode:
            return "ignored"
        order = orders.lock(attempt.order_id)
        known = Payment.objects.select_for_update().filter(razorpay_payment_id=facts.payment_id).first()
        if known and contradictions.in_payment(known, facts, attempt):
            return "unchanged"
        payment, changed = _merge(known, facts, order, attempt)
        if order_facts:
            RazorpayOrder.objects.filter(pk=attempt.pk).update(status=order_facts.status)
        verdict = None
        # What is first heard of when it has all gone back pays nothing.
        if PaymentStatus.CAPTURED in (facts.status, payment.status) and not judgement.is_judged(payment):
            verdict = compare(order, payment, attempt, order_facts)
        if verdict in (Verdict.MATCH, Verdict.MISMATCH):
            judgement.judge(order, payment, is_match=verdict is Verdict.MATCH)
        elif verdict is None and payment.status == PaymentStatus.REFUNDED:
            judgement.ask_about_rest(order, payment)
        refunds.settle(payment)
        if verdict is Verdict.UNKNOWN:
            return "ask_razorpay"
        return "applied" if changed or verdict else "unchanged"


def _take(attempt: RazorpayOrder, payments: list[PaymentFacts]) -> None:
    """Look at the Razorpay order and record the payments, and then capture what is only authorized, one by one.

    What the first one pays needs no second: Razorpay lets go of that one by itself.
    """
    waiting = [facts for facts in payments if facts.status == PaymentStatus.AUTHORIZED]
    _record_all(attempt, [facts for facts in payments if facts not in waiting])
    for facts in waiting:
        _record_all(attempt, [_capture(facts) if _may_capture(attempt) else facts])


def _capture(facts: PaymentFacts) -> PaymentFacts:
    return gateway.capture(facts.payment_id, amount=facts.amount, currency=facts.currency)


def _record_all(attempt: RazorpayOrder, payments: list[PaymentFacts]) -> None:
    # The order is fetched after its payments, so that it is never older than they are.
    order_facts = gateway.fetch_order(attempt.razorpay_order_id or "") if payments else None
    for facts in payments:
        record(facts, order_facts)
        _import_refunds(facts)


def _ask_about_announced(attempt: RazorpayOrder, listed: list[PaymentFacts]) -> None:
    """Ask for each payment that a browser has proved and Razorpay does not list: lists lag, a plain answer does not."""
    known = [facts.payment_id for facts in listed]
    announced = attempt.payments.filter(status=PaymentStatus.CREATED).exclude(razorpay_payment_id__in=known)
    for payment in announced:
        try:
            facts = gateway.fetch_payment(payment.razorpay_payment_id)
        except GatewayError as error:
            if not error.is_refusal:
                raise
            contradictions.disown(payment.pk, error)
        else:
            _take(attempt, [facts])


def _import_refunds(facts: PaymentFacts) -> None:
    """Fetch the refunds of a payment of which more went back than the shop knows of."""
    if not facts.amount_refunded:
        return
    payment = Payment.objects.get(razorpay_payment_id=facts.payment_id)
    known = payment.refunds.exclude(razorpay_refund_id=None).exclude(status=RefundStatus.FAILED)
    if sum(known.values_list("amount", flat=True)) < facts.amount_refunded:
        refunds.import_for(payment)


def _may_capture(attempt: RazorpayOrder) -> bool:
    # Razorpay returns by itself what nobody captures, so an order that gave up its cars takes no money.
    return Order.objects.filter(pk=attempt.order_id, status=OrderStatus.PENDING).exists()


def _announce(attempt: RazorpayOrder, payment_id: str) -> None:
    with transaction.atomic(durable=True):
        order = orders.lock(attempt.order_id)
        payment, _is_new = Payment.objects.get_or_create(razorpay_payment_id=payment_id)
        if payment.order_id is None:
            payment.amount = payment.amount or attempt.amount
            _attach(payment, order, attempt)
            orders.note(order, "payment_signed", payment_id)


def _attempt_of(facts: PaymentFacts, order_facts: OrderFacts | None) -> RazorpayOrder | None:
    if not facts.order_id:
        return RazorpayOrder.objects.filter(payments__razorpay_payment_id=facts.payment_id).first()
    attempt = RazorpayOrder.objects.filter(razorpay_order_id=facts.order_id).first()
    if attempt or order_facts is None or order_facts.order_id != facts.order_id:
        return attempt
    return finding.adopt(order_facts)


def _record_unmatched(facts: PaymentFacts) -> str:
    known, _is_new = Payment.objects.get_or_create(razorpay_payment_id=facts.payment_id)
    payment = refunds.lock(known.pk)
    if contradictions.in_payment(payment, facts, None):
        return "unchanged"
    take_over(payment, foreign_order_id=payment.foreign_order_id or facts.order_id)
    believe(facts, payment)
    if facts.was_captured and refunds.refundable(payment) > 0:
        text = f"{exact(payment.amount, payment.currency)} for no order"
        attention.open_case(CaseKind.UNMATCHED_MONEY, text, payment=payment)
    refunds.settle(payment)
    return "unmatched"


def _merge(known: Payment | None, facts: PaymentFacts, order: Order, attempt: RazorpayOrder) -> tuple[Payment, bool]:
    payment = known or Payment(razorpay_payment_id=facts.payment_id)
    before = payment.status if payment.pk else ""
    if payment.order_id is None:
        _attach(payment, order, attempt)
    believe(facts, payment)
    if payment.status != before and payment.status in (PaymentStatus.FAILED, PaymentStatus.AUTHORIZED):
        orders.note(order, f"payment_{payment.status}", payment.error_description or payment.method)
    return payment, payment.status != before


def _attach(payment: Payment, order: Order, attempt: RazorpayOrder) -> None:
    payment.order, payment.razorpay_order = order, attempt
    payment.save()
    attention.close_matched(payment, order)
