"""How much may be refunded."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalog.money import rupees
from checkout import ledger
from checkout.models import Payment
from checkout.status import RefundStatus


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
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
        raise RefundRefused(_("A refund is at least one paisa."))
    if available <= 0:
        raise RefundRefused(_("Nothing of this payment is left to refund."))
    if amount > available:
        most = rupees(available, always_paise=True)
        raise RefundRefused(_("At most %(most)s of this payment can be refunded.") % {"most": most})


def refundable(payment: Payment) -> int:
    """Return how many paise of a payment may still be refunded."""
    return left(ledger.kept(payment), payment.refunds.values_list("status", "amount"))
