"""What captured money does: pay its order, go back to its buyer, or wait for a person.

Everything here runs inside the caller's transaction, with order and payment locked.
"""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import stock
from catalog.money import exact, rupees
from checkout import attention, ledger, orders, refunds
from checkout.models import Order, Payment, Refund
from checkout.models.attention import CaseKind
from checkout.models.ledger import EntryKind
from checkout.models.refund import RefundOrigin
from checkout.status import OrderStatus, PaymentStatus, RefundStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class NotAcceptable(Exception):
    """Money that cannot pay this order. `text` tells staff why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def is_judged(payment: Payment) -> bool:
    """Tell whether it was decided before what this payment's money does: each is judged once."""
    return (
        payment.fulfils
        or payment.cases.filter(kind=CaseKind.AMOUNT_MISMATCH).exists()
        or _returned_by_shop(payment) is not None
    )


def judge(order: Order, payment: Payment, *, is_match: bool) -> None:
    """Decide what newly captured money does. `is_match` tells whether Razorpay has exactly what the order costs."""
    if order.is_bought:
        refunds.give_back(payment, _("The order was already paid"))
    elif order.status == OrderStatus.CANCELLED:
        refunds.give_back(payment, _("The order had been cancelled"))
    elif not is_match:
        _hold_for_staff(order, payment)
    elif order.status == OrderStatus.PENDING or _has_cars_again(order):
        _pay(order, payment)
    else:
        _give_back_late(order, payment)


def ask_about_rest(order: Order, payment: Payment) -> None:
    """Put money before staff of which Razorpay says that it went back, and names less than all of it."""
    if payment.amount_refunded < ledger.captured(payment) and not is_judged(payment):
        named, came = (exact(amount, payment.currency) for amount in (payment.amount_refunded, payment.amount))
        text = f"{order.number}: Razorpay calls this payment refunded, and names {named} of {came}"
        attention.open_case(CaseKind.AMOUNT_MISMATCH, text, order=order, payment=payment)


def is_payable_with(order: Order, payment: Payment) -> bool:
    """Tell whether money can pay an order at all: only in the order's own currency, whatever a person decides."""
    return payment.currency == order.currency


def accept(*, payment_id: int, user: "AbstractBaseUser", reason: str) -> Order:
    """Let money that waits for a decision pay its order after all. Raises NotAcceptable."""
    with transaction.atomic(durable=True):
        payment = refunds.lock(payment_id)
        order = _order_to_pay(payment)
        if not is_payable_with(order, payment):
            text = _("The order costs rupees and this money is %(currency)s: refund it, and the buyer can order again.")
            raise NotAcceptable(text % {"currency": payment.currency})
        if order.status != OrderStatus.PENDING and not _has_cars_again(order):
            raise NotAcceptable(_("The cars of this order are sold: refund the payment instead."))
        payment.accepted_by = user  # type: ignore[assignment]
        payment.save(update_fields=["accepted_by"])
        attention.close_accepted(payment, user, reason)
        orders.note(order, "payment_accepted", reason, user=user)
        _pay(order, payment)
        return order


def link(*, payment_id: int, order: Order, user: "AbstractBaseUser", reason: str, may_return: bool = False) -> Order:
    """Say which order money belongs to that came without one; then it is judged as if Razorpay had said so.

    Raises NotAcceptable when the payment already belongs to an order, was never captured, or is disputed; and when the
    order takes no money, unless it `may_return` to its payer at once.
    """
    with transaction.atomic(durable=True):
        order = orders.lock(order.pk)
        payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
        if payment.order_id is not None:
            raise NotAcceptable(_("This payment already belongs to an order."))
        # Razorpay's word that all of it went back may come before the report of the refund.
        if payment.status != PaymentStatus.CAPTURED or refunds.refundable(payment) <= 0:
            raise NotAcceptable(_("Nothing of this payment is left: it was never captured, or it went back."))
        _refuse_at_stake(payment)
        payment.order, payment.accepted_by = order, user  # type: ignore[assignment]
        payment.save(update_fields=["order", "accepted_by", "updated_at"])
        orders.note(order, "payment_linked", f"{payment.razorpay_payment_id} {reason}", user=user)
        attention.close_accepted(payment, user, f"{order.number}: {reason}")
        attention.name_order(payment, order)
        # What was on its way back before is no part of what was sold.
        payment.refunds.exclude(status=RefundStatus.FAILED).update(before_sale=True)
        left = refunds.refundable(payment)
        judge(order, payment, is_match=(left, payment.currency) == (order.total, order.currency))
        if not may_return and (refund := _returned_by_shop(payment)):
            text = _("%(number)s takes no money. %(reason)s. Linked to it, %(amount)s goes back to the payer at once.")
            raise NotAcceptable(text % _about(refund, order))
        return order


def tell(order: Order, payment: Payment) -> str:
    """Return in a sentence for staff what became of captured money that belongs to an order."""
    if payment.fulfils:
        return _("%(number)s is paid with it.") % {"number": order.number}
    if refund := _returned_by_shop(payment):
        return _("%(amount)s goes back to the buyer of %(number)s. %(reason)s.") % _about(refund, order)
    return _("It is not what %(number)s costs, so a new case asks what shall become of it.") % {"number": order.number}


def write_off(*, payment_id: int, user: "AbstractBaseUser", reason: str) -> None:
    """Book what is left of money that pays no order as dealt with outside the shop. Raises NotAcceptable."""
    with transaction.atomic(durable=True):
        payment = refunds.lock(payment_id)
        left = refunds.refundable(payment)
        if payment.fulfils or left <= 0:
            raise NotAcceptable(_("There is nothing to write off."))
        total = ledger.written_off(payment) + left
        ledger.correct(EntryKind.WRITE_OFF, payment, total, text=reason, user=user)
        attention.close_accepted(payment, user, reason)
        refunds.settle(payment)


def _returned_by_shop(payment: Payment) -> Refund | None:
    return payment.refunds.filter(origin=RefundOrigin.SHOP).first()


def _about(refund: Refund, order: Order) -> dict[str, str]:
    amount = exact(refund.amount, refund.payment.currency)
    return {"amount": amount, "number": order.number, "reason": refund.reason}


def _order_to_pay(payment: Payment) -> Order:
    if payment.order_id is None:
        raise NotAcceptable(_("This payment belongs to no order yet."))
    order = orders.lock(payment.order_id)
    if order.paid_at is not None:
        raise NotAcceptable(_("The order was paid before: refund this payment instead."))
    if payment.status != PaymentStatus.CAPTURED or refunds.refundable(payment) < ledger.captured(payment):
        raise NotAcceptable(_("Money of this payment is on its way back, so that it cannot pay the order."))
    _refuse_at_stake(payment)
    return order


def _refuse_at_stake(payment: Payment) -> None:
    if refunds.is_at_stake(payment):
        raise NotAcceptable(_("The buyer disputes this payment: it pays nothing as long as a bank may take it back."))


def _pay(order: Order, payment: Payment) -> None:
    payment.fulfils = True
    payment.save(update_fields=["fulfils", "updated_at"])
    if payment.amount != order.total:
        difference = rupees(abs(payment.amount - order.total), always_paise=True)
        kind = "paid_with_offer" if payment.amount < order.total else "paid_with_surcharge"
        orders.note(order, kind, difference)
    orders.mark_paid(order, text=f"{rupees(payment.amount, always_paise=True)} {payment.method}".strip())
    _give_back_others(order, payment)


def _give_back_others(order: Order, payment: Payment) -> None:
    # Money that waited for a verdict beside it has got its verdict now.
    others = order.payments.select_for_update(of=("self",)).filter(status=PaymentStatus.CAPTURED)
    for other in others.exclude(pk=payment.pk):
        if not is_judged(other):
            refunds.give_back(other, _("The order was already paid"))


def _has_cars_again(order: Order) -> bool:
    try:
        with transaction.atomic():
            orders.reserve_again(order)
    except stock.OutOfStock:
        return False
    return True


def _hold_for_staff(order: Order, payment: Payment) -> None:
    came, wanted = exact(payment.amount, payment.currency), exact(order.total, order.currency)
    text = f"{order.number}: Razorpay’s amount differs from ours. The order costs {wanted}, this payment is {came}"
    attention.open_case(CaseKind.AMOUNT_MISMATCH, text, order=order, payment=payment)
    _hold(order, text)


def _give_back_late(order: Order, payment: Payment) -> None:
    refunds.give_back(payment, _("The payment came after the cars were sold"))
    _hold(order, _("Paid late, its cars are sold: the money goes back"))


def _hold(order: Order, text: str) -> None:
    if order.status != OrderStatus.ON_HOLD:
        orders.hold(order, text=text)
