"""Finding what nobody told the shop of, in Razorpay's own lists of payments, refunds and disputes.

The lists are read day by day, so that a day that could be read is done whatever happens on the next.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from checkout import attention, disputes, gateway, payments, refunds
from checkout.facts import DisputeFacts, OrderFacts, Page, PaymentFacts, RefundFacts
from checkout.gateway import GatewayError
from checkout.models import Dispute, Payment, Refund
from checkout.models.ledger import EntryKind
from checkout.patience import Patience
from checkout.status import PaymentStatus

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Facts = TypeVar("Facts", PaymentFacts, RefundFacts, DisputeFacts)
Window = tuple[int, int]
DAY = 24 * 60 * 60
# Pages overlap: what moves in the list while it is read is read twice instead of not at all.
PAGE, OVERLAP = 100, 10
TRIES = 3


def windows(since: datetime, until: datetime) -> list[Window]:
    """Split a time into days, in Unix seconds; each begins with the second that the one before ends with."""
    begin, end = int(since.timestamp()), int(until.timestamp())
    return [(start, min(start + DAY, end)) for start in range(begin, end, DAY)]


@dataclass
class Sweep:
    """One reading of the lists. `seen` is given each page of payments, known or not.

    Refunds are read from `refunds_since` on, if that is further back than the days. `complete_until` is the Unix time
    up to which nothing was left out, `found` how many payments were new, and `failed` how many questions had no answer.
    """

    patience: Patience = field(default_factory=Patience)
    seen: Callable[[list[PaymentFacts]], None] = lambda page: None
    refunds_since: datetime | None = None
    complete_until: int = 0
    found: int = 0
    failed: int = 0

    def run(self, days: Iterable[Window]) -> None:
        """Record what was made on these days, oldest first, and the shop has not heard of."""
        for begin, end in days:
            self.complete_until = self.complete_until or begin
            if self.patience.is_over:
                self.failed += 1
                return
            failed_before = self.failed
            self._read_old_refunds(begin)
            self._try(f"payments from {begin}", self._read_payments, begin, end)
            self._try(f"refunds from {begin}", self._read_refunds, begin, end)
            # The refusal of this list says nothing about the shop's key: it is not asked for when nobody answers.
            if not self.patience.is_over:
                self._try(f"disputes from {begin}", self._read_disputes, begin, end)
            if self.failed == failed_before and self.complete_until == begin:
                self.complete_until = end

    def _read_old_refunds(self, until: int) -> None:
        if self.refunds_since and (since := int(self.refunds_since.timestamp())) < until:
            self._try(f"refunds from {since}", self._read_refunds, since, until)
        self.refunds_since = None

    def _read_payments(self, begin: int, end: int) -> None:
        for page in self._pages(gateway.list_payments, begin, end):
            self.seen(page)
            rows = Payment.objects.filter(razorpay_payment_id__in=[facts.payment_id for facts in page])
            known = set(rows.values_list("razorpay_payment_id", "status"))
            free = set(rows.exclude(entries__kind=EntryKind.FEE).values_list("razorpay_payment_id", "amount"))
            for facts in page:
                is_new = facts.was_captured and (facts.payment_id, facts.status) not in known
                # A fee may be told days after the capture, by no event.
                has_fee = facts.was_captured and facts.fee and (facts.payment_id, facts.amount) in free
                self.found += is_new
                if is_new or has_fee:
                    self._try(facts.payment_id, self._ask, _record_payment, facts)

    def _read_refunds(self, begin: int, end: int) -> None:
        for page in self._pages(gateway.list_refunds, begin, end):
            rows = Refund.objects.filter(razorpay_refund_id__in=[facts.refund_id for facts in page])
            known = set(rows.values_list("razorpay_refund_id", "status"))
            for facts in page:
                if (facts.refund_id, facts.status) not in known:
                    self._try(facts.refund_id, self._ask, _record_refund, facts)

    def _read_disputes(self, begin: int, end: int) -> None:
        for page in self._pages(_list_disputes, begin, end):
            rows = Dispute.objects.filter(razorpay_dispute_id__in=[facts.dispute_id for facts in page])
            heard_of = rows.exclude(payment__status=PaymentStatus.CREATED)
            known = set(heard_of.values_list("razorpay_dispute_id", "status"))
            for facts in page:
                if (facts.dispute_id, facts.status) not in known:
                    self._try(facts.dispute_id, self._ask, _record_dispute, facts)

    def _pages(self, fetch: Callable[..., Page[Facts]], begin: int, end: int) -> Iterator[list[Facts]]:
        """Yield the pages of a window. Raises GatewayError when one cannot be read, or may have been passed over."""
        skip, last, has_more = 0, None, True
        while has_more:
            page, has_more, unreadable = self._ask(fetch, since=begin, until=end, skip=skip)
            _tell_of_unreadable(unreadable)
            if last is not None and _id(last) not in map(_id, page):
                raise GatewayError(detail="the list moved while it was read")
            yield page
            last = page[-1] if page else None
            skip += PAGE - OVERLAP

    def _try(self, what: str, act: Callable[..., None], *args: Any) -> None:
        """Do something about one window or one payment, whose failure must not stop the others."""
        try:
            act(*args)
        except GatewayError as error:
            self.failed += 1
            logger.warning("The search for unknown money goes on without %s: %s", what, error)
        except Exception:
            self.failed += 1
            logger.exception("The search for unknown money goes on without %s", what)

    def _ask(self, question: Callable[..., Answer], *args: Any, **options: Any) -> Answer:
        """Ask, and ask again after a pause when there is no answer. Raises GatewayError."""
        tries = TRIES
        while True:
            try:
                answer = question(*args, **options)
                self.patience.answered()
                return answer
            except GatewayError as error:
                self.patience.failed(error)
                tries -= 1
                if not tries or error.is_refusal or self.patience.is_over:
                    raise


def _record_payment(facts: PaymentFacts) -> None:
    payments.record(facts, _order_of(facts))


def _record_refund(facts: RefundFacts) -> None:
    _know_payment(facts.payment_id)
    refunds.record(facts)


def _record_dispute(facts: DisputeFacts) -> None:
    _know_payment(facts.payment_id)
    disputes.record(facts)


def _tell_of_unreadable(reasons: dict[str, str]) -> None:
    """Put each thing in Razorpay's lists that cannot be read before staff, once: it may be money."""
    for name, reason in reasons.items():
        text = f"Razorpay lists {name or 'something without an id'}, which cannot be read: {reason}. Look for it there"
        if attention.report_differs(text, subject=f"unreadable {name}"):
            logger.warning("%s", text)


def _know_payment(payment_id: str) -> None:
    # A row that a refund, a dispute or a browser made tells nothing of the payment itself.
    if not Payment.objects.filter(razorpay_payment_id=payment_id).exclude(status=PaymentStatus.CREATED).exists():
        _record_payment(gateway.fetch_payment(payment_id))


def _order_of(facts: PaymentFacts) -> OrderFacts | None:
    try:
        return gateway.fetch_order(facts.order_id) if facts.order_id else None
    except GatewayError as error:
        if error.is_refusal:
            return None
        raise


def _list_disputes(**window: int) -> Page[DisputeFacts]:
    """Ask for disputes; an account that may not see any has none. Raises GatewayError."""
    try:
        return gateway.list_disputes(**window)
    except GatewayError as error:
        if not (error.is_refusal or error.is_about_our_key):
            raise
        logger.warning("Razorpay does not list disputes: %s", error)
        return Page([], has_more=False, unreadable={})


def _id(facts: PaymentFacts | RefundFacts | DisputeFacts) -> str:
    if isinstance(facts, PaymentFacts):
        return facts.payment_id
    return facts.refund_id if isinstance(facts, RefundFacts) else facts.dispute_id
