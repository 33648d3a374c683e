"""Cases that a person must decide: opening, counting and closing them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.money import exact
from checkout.models import AttentionCase, Order, Payment, Refund
from checkout.models.attention import CaseKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# The subjects of cases about money that left in two ways.
WRITTEN_OFF, TWICE = "written off", "twice"
# The subject of a case about money that nobody captures.
CAPTURE = "capture"
# The subject of the one case about the shop's key.
KEY = "key"
# Cases that are over when it is decided where their payment's money goes.
OF_MONEY = (CaseKind.UNMATCHED_MONEY, CaseKind.AMOUNT_MISMATCH, CaseKind.REFUND_FAILED)


def open_case(
    kind: CaseKind,
    text: str,
    *,
    order: Order | None = None,
    payment: Payment | None = None,
    subject: str = "",
    happened_again: bool = False,
) -> None:
    """Put something before staff, once: the same kind for the same payment (or order) and subject opens no second.

    What was decided about a payment stays decided, however often its reports come, unless it `happened_again`.
    """
    if payment is not None:
        if happened_again or not payment.cases.filter(kind=kind, subject=subject).exists():
            defaults = {"order": order or payment.order, "text": text[:255]}
            AttentionCase.objects.get_or_create(
                kind=kind, payment=payment, subject=subject, closed_at=None, defaults=defaults
            )
        return
    AttentionCase.objects.get_or_create(
        kind=kind, order=order, payment=None, subject=subject, closed_at=None, defaults={"text": text[:255]}
    )


def report_differs(text: str, *, payment: Payment | None = None, subject: str = "") -> bool:
    """Tell staff, once for ever, that Razorpay does not say what a signed event said. Returns whether it is news."""
    if AttentionCase.objects.filter(kind=CaseKind.REPORT_DIFFERS, payment=payment, subject=subject).exists():
        return False
    open_case(CaseKind.REPORT_DIFFERS, text, payment=payment, subject=subject)
    return True


def key_refused(text: str) -> None:
    """Tell staff and buyers that Razorpay does not let the shop in, so that nobody can pay."""
    open_case(CaseKind.RAZORPAY_REFUSED, text, subject=KEY)


def key_accepted() -> None:
    """Close the case of the refused key: Razorpay has answered."""
    _close(AttentionCase.objects.filter(kind=CaseKind.RAZORPAY_REFUSED, subject=KEY), None, "Razorpay answers again")


def order_accepted(order: Order) -> None:
    """Close the cases of a refused order, and of a refused key: Razorpay has taken the order."""
    _close(order.cases.filter(kind=CaseKind.RAZORPAY_REFUSED), None, "Razorpay takes it now")
    key_accepted()


def nobody_can_pay() -> bool:
    """Tell whether Razorpay does not let the shop in."""
    return AttentionCase.objects.filter(kind=CaseKind.RAZORPAY_REFUSED, subject=KEY, closed_at=None).exists()


def is_refused(order: Order) -> bool:
    """Tell whether Razorpay has refused to take the money of this order."""
    return order.cases.filter(kind=CaseKind.RAZORPAY_REFUSED, closed_at=None).exists()


def refund_failed(refund: Refund) -> None:
    """Put a refund that did not arrive before staff: the buyer still waits for this money."""
    text = f"{exact(refund.amount, refund.payment.currency)}: {refund.error}"
    subject = f"refund {refund.pk}"
    close_stuck(subject, "It is given up")
    open_case(CaseKind.REFUND_FAILED, text, payment=refund.payment, subject=subject, happened_again=True)


def close_refunded(payment: Payment, user: "AbstractBaseUser | None") -> None:
    """Close what waited for a decision about money that now all goes back."""
    _close(payment.cases.filter(kind__in=OF_MONEY), user, "Refunded")


def close_gone(payment: Payment) -> None:
    """Close what waited for a decision about money of which nothing is left."""
    _close(payment.cases.filter(kind__in=OF_MONEY), None, "Nothing of this money is left here")


def close_captured(payment: Payment) -> None:
    """Close the case of money that nobody captured: it was captured after all, or Razorpay has returned it."""
    _close(payment.cases.filter(kind=CaseKind.STUCK, subject=CAPTURE), None, f"It is {payment.status}")


def refund_made(refund: Refund) -> None:
    """Close what was told of a refund that has got through after all."""
    own = refund.payment.cases.filter(subject=f"refund {refund.pk}")
    _close(own.filter(kind__in=(CaseKind.STUCK, CaseKind.REFUND_FAILED)), None, "Razorpay has made it")


def close_matched(payment: Payment, order: Order) -> None:
    """Close the case of money without an order, now that its order is known."""
    _close(payment.cases.filter(kind=CaseKind.UNMATCHED_MONEY), None, f"Belongs to {order.number}")
    name_order(payment, order)


def name_order(payment: Payment, order: Order) -> None:
    """Let the cases of a payment name its order, which was not known when they were opened."""
    payment.cases.filter(order=None).update(order=order)


def count_open() -> int:
    """Return how many cases wait for a person."""
    return AttentionCase.objects.filter(closed_at=None).count()


def close_accepted(payment: Payment, user: "AbstractBaseUser", resolution: str) -> None:
    """Close what waited for a decision about money, now that somebody took it."""
    _close(payment.cases.filter(kind__in=OF_MONEY), user, resolution)


def close_confirmed(payment_ids: Iterable[str]) -> None:
    """Close what waited because Razorpay said something else of these payments than its events."""
    cases = AttentionCase.objects.filter(kind=CaseKind.REPORT_DIFFERS, payment__razorpay_payment_id__in=payment_ids)
    _close(cases, None, "Razorpay says the same now")


def close_stuck(subject: str, resolution: str) -> None:
    """Close the case of a job that got through after all."""
    _close(AttentionCase.objects.filter(kind=CaseKind.STUCK, subject=subject), None, resolution)


def is_stuck(order: Order) -> bool:
    """Tell whether staff were told that an order holds its cars and cannot expire."""
    return order.cases.filter(kind=CaseKind.STUCK, payment=None, subject="", closed_at=None).exists()


def close_stuck_order(order: Order) -> None:
    """Close the case of an order that could not expire, now that it holds no cars any more."""
    cases = order.cases.filter(kind=CaseKind.STUCK, payment=None, subject="")
    _close(cases, None, f"The order is {order.get_status_display().lower()}")


def close_dispute(dispute_id: str, resolution: str) -> None:
    """Close the case of a dispute that the bank has decided."""
    _close(AttentionCase.objects.filter(kind=CaseKind.DISPUTE_OPEN, subject=dispute_id), None, resolution)


def _close(cases: "QuerySet[AttentionCase]", user: "AbstractBaseUser | None", resolution: str) -> int:
    return cases.filter(closed_at=None).update(closed_at=timezone.now(), closed_by=user, resolution=resolution[:255])


def close(case: AttentionCase, *, user: "AbstractBaseUser", resolution: str) -> bool:
    """Close a case with the words of the person who decided it, and return whether it was still open."""
    with transaction.atomic():
        return _close(AttentionCase.objects.filter(pk=case.pk), user, resolution) > 0
