"""How much may be refunded."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.money import rupees
from checkout import ledger
from checkout.models import Payment
from checkout.models.dispute import AT_STAKE
from checkout.models.refund import RefundOrigin
from checkout.status import RefundStatus

# In paise (https://razorpay.com/docs/api/refunds/create-normal/).
SMALLEST = 100


class RefundRefused(Exception):
    """A refund that may not be made. `text` tells staff what to do instead."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def left(captured: int, refunds: Iterable[tuple[str, int]]) -> int:
    """Return how many paise of a capture may still be refunded, given state and amount of its refunds so far."""
    return captured - sum(amount for status, amount in refunds if status != RefundStatus.FAILED)


def check_amount(amount: int, available: int) -> None:
    """Refuse an amount (paise) that is no refund of what is available. Raises RefundRefused."""
    if available <= 0:
        raise RefundRefused(_("Nothing of this payment is left to refund."))
    if not isinstance(amount, int) or amount < SMALLEST:
        raise RefundRefused(_("Razorpay refunds at least ₹1.00."))
    if amount > available:
        most = rupees(available, always_paise=True)
        raise RefundRefused(_("At most %(most)s of this payment can be refunded.") % {"most": most})
    if 0 < available - amount < SMALLEST:
        text = _("That leaves %(rest)s, which Razorpay could not refund any more: refund all %(all)s, or less.")
        rest, everything = rupees(available - amount), rupees(available, always_paise=True)
        raise RefundRefused(text % {"rest": rest, "all": everything})


def check_dispute(payment: Payment, *, despite_dispute: bool) -> None:
    """Refuse to return money that a dispute may return too, unless a person wants it all the same.

    Raises RefundRefused.
    """
    if not despite_dispute and is_at_stake(payment):
        raise RefundRefused(_("The buyer disputes this payment: a refund could pay the same money twice."))


def is_at_stake(payment: Payment) -> bool:
    """Tell whether a dispute may return the money of this payment, or has done so."""
    return payment.disputes.filter(status__in=AT_STAKE).exists()


def refundable(payment: Payment) -> int:
    """Return how many paise of a payment may still be refunded: what a bank took back is not here any more.

    A report of a refund that cannot be true beside the capture takes nothing away (`recognise`).
    """
    believed = payment.refunds.exclude(origin=RefundOrigin.AUTO)
    return left(ledger.kept(payment), believed.values_list("status", "amount"))
