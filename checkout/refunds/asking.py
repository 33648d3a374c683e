"""Asking for a refund: what may be refunded is counted under the lock of the order and the payment."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import stock
from catalog.money import exact
from checkout import attention, orders, pieces
from checkout.models import OrderLine, Payment, Refund, RefundLine
from checkout.models.refund import RefundOrigin
from checkout.refunds.bounds import RefundRefused, check_amount, check_dispute, refundable
from checkout.status import RefundStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def request(
    *,
    payment_id: int,
    amount: int,
    reason: str,
    user: "AbstractBaseUser | None" = None,
    lines: Mapping[int, int] | None = None,
    restock: bool = False,
    despite_dispute: bool = False,
    seen_left: int | None = None,
) -> Refund:
    """Ask for a refund of `amount` paise of a payment; `send` has it made. One transaction.

    `seen_left` is what the person was told could be refunded: when it is something else by now, nothing happens.
    `lines` says for how many pieces of which order line it is; with `restock` they go back on the shelf now. Raises
    RefundRefused, also while a dispute of the payment could return the same money a second time.
    """
    with transaction.atomic(durable=True):
        payment = lock(payment_id)
        return request_locked(
            payment,
            amount=amount,
            reason=reason,
            user=user,
            lines=lines or {},
            restock=restock,
            despite_dispute=despite_dispute,
            seen_left=seen_left,
        )


def request_locked(
    payment: Payment,
    *,
    amount: int,
    reason: str,
    user: "AbstractBaseUser | None" = None,
    lines: Mapping[int, int] | None = None,
    restock: bool = False,
    despite_dispute: bool = False,
    seen_left: int | None = None,
    key: str = "",
) -> Refund:
    """Do what `request` does for a payment that the caller's transaction has locked. Raises RefundRefused.

    A `key` of the caller's own is used once, however often it is asked for.
    """
    available = refundable(payment)
    if seen_left is not None and seen_left != available:
        now = exact(max(available, 0), payment.currency)
        raise RefundRefused(_("Somebody refunded a part meanwhile: %(now)s is left now.") % {"now": now})
    check_amount(amount, available)
    check_dispute(payment, despite_dispute=despite_dispute)
    if key and Refund.objects.filter(key=key).exists():
        raise RefundRefused(_("This refund was asked for before."))
    key = key or f"refund-{uuid.uuid4().hex}"
    refund = _create(payment, amount, reason, RefundOrigin.STAFF, key, user, despite_dispute=despite_dispute)
    _take_lines(refund, lines or {}, restock=restock, user=user)
    if amount == available:
        attention.close_refunded(payment, user)
    return refund


def give_back(payment: Payment, reason: str) -> Refund | None:
    """Ask for a refund of all that is left of a locked payment, on the shop's own account and once.

    The key comes from the payment's id. Returns None when nothing is left.
    """
    key = f"shop-{payment.razorpay_payment_id}"
    known = Refund.objects.filter(key=key).first()
    available = refundable(payment)
    if known or available <= 0:
        return known
    return _create(payment, available, reason, RefundOrigin.SHOP, key, None)


def retry(refund_id: int, *, user: "AbstractBaseUser", despite_dispute: bool = False) -> Refund:
    """Ask again for a refund whose call Razorpay refused, with the key it had. Raises RefundRefused."""
    with transaction.atomic():
        refund, payment = _lock_refund(refund_id)
        if not refund.may_be_retried:
            raise RefundRefused(_("Only a refund that Razorpay refused to make can be tried again."))
        check_amount(refund.amount, refundable(payment))
        check_dispute(payment, despite_dispute=despite_dispute)
        for line in refund.lines.select_related("order_line"):
            _check_quantity(line.order_line, line.quantity, again=line.restocked)
        refund.status, refund.error, refund.next_try_at = RefundStatus.REQUESTED, "", timezone.now()
        refund.despite_dispute = despite_dispute
        refund.save(update_fields=["status", "error", "next_try_at", "despite_dispute", "updated_at"])
        _note(payment, "refund_retried", refund, user)
        return refund


def replace(
    failed: Refund, payment: Payment, *, reason: str, user: "AbstractBaseUser", despite_dispute: bool = False
) -> Refund:
    """Ask anew, once, for a refund that a bank sent back: at Razorpay it is over. The caller has locked the payment.

    It is for the same amount and pieces; of these stay on the shelf those that are there. Raises RefundRefused.
    """
    refund = request_locked(
        payment,
        amount=failed.amount,
        reason=reason,
        user=user,
        despite_dispute=despite_dispute,
        key=f"again-{failed.razorpay_refund_id}",
    )
    for line in failed.lines.select_related("order_line"):
        _check_quantity(line.order_line, line.quantity, again=line.restocked)
        line.pk, line.refund = None, refund
        line.save(force_insert=True)
    failed.lines.update(restocked=0)
    return refund


def lock(payment_id: int) -> Payment:
    """Lock and return a payment, its order first: everybody takes them in this sequence."""
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
    if order_id:
        orders.lock(order_id)
        return _lock(payment_id)
    before = transaction.savepoint()
    payment = _lock(payment_id)
    if payment.order_id is None:
        return payment
    # It was given to an order while this waited. Going back to the savepoint lets go of the payment.
    transaction.savepoint_rollback(before)
    return lock(payment_id)


def _lock(payment_id: int) -> Payment:
    return Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)


def _create(
    payment: Payment,
    amount: int,
    reason: str,
    origin: RefundOrigin,
    key: str,
    user: "AbstractBaseUser | None",
    *,
    despite_dispute: bool = False,
) -> Refund:
    refund = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason[:255],
        origin=origin,
        key=key,
        requested_by=user,  # type: ignore[misc]
        despite_dispute=despite_dispute,
    )
    _note(payment, "refund_requested", refund, user)
    return refund


def _take_lines(
    refund: Refund, quantities: Mapping[int, int], *, restock: bool, user: "AbstractBaseUser | None"
) -> None:
    order = refund.payment.order
    if quantities and not refund.payment.fulfils:
        raise RefundRefused(_("This payment did not buy the pieces: refund its money alone."))
    for line in OrderLine.objects.filter(order=order, pk__in=quantities).order_by("variant_id") if order else ():
        quantity = quantities[line.pk]
        _check_quantity(line, quantity)
        RefundLine.objects.create(
            refund=refund, order_line=line, quantity=quantity, restocked=quantity if restock else 0
        )
        if restock:
            _put_back(refund, line, quantity, user)


def _put_back(refund: Refund, line: OrderLine, quantity: int, user: "AbstractBaseUser | None") -> None:
    items = {line.variant_id: quantity}
    try:
        stock.return_(items=items, reference=line.order.number, reason=refund.reason[:200], user=user)
    except stock.StockError as error:
        # A cancellation brought them back, or an earlier refund did that the bank then refused.
        text = _("%(title)s: these pieces are back on the shelf already. Refund the money alone.")
        raise RefundRefused(text % {"title": line.title}) from error


def _check_quantity(line: OrderLine, quantity: int, *, again: int = 0) -> None:
    """Refuse pieces that are not left. `again` of them are gone by the failed refund itself that is tried again."""
    left: int = pieces.count(OrderLine.objects.filter(pk=line.pk)).values_list("left", flat=True)[0]
    if not 1 <= quantity <= left + again:
        raise RefundRefused(_("%(title)s: not that many are left to refund.") % {"title": line.title})


def _note(payment: Payment, kind: str, refund: Refund, user: "AbstractBaseUser | None") -> None:
    if payment.order:
        text = f"{exact(refund.amount, payment.currency)} {refund.reason}".strip()
        orders.note(payment.order, kind, text, user=user)


def _lock_refund(refund_id: int) -> tuple[Refund, Payment]:
    payment = lock(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    return Refund.objects.select_for_update(of=("self",)).get(pk=refund_id), payment
