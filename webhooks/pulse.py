"""Whether anything behind the shop has stopped: the worker, the asking, Razorpay's webhooks. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from checkout.models import Payment
from checkout.status import PaymentStatus
from webhooks import inbox, selftest
from webhooks.catching_up import RECONCILE
from webhooks.models import Heartbeat, WebhookEvent

WORKER = "worker"
SILENT_AFTER = timedelta(minutes=2)
LATE_AFTER = timedelta(minutes=10)
# A webhook may come some minutes after the browser has told; how long back payments without one are counted.
GIVE_TIME = timedelta(minutes=15)
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Pulse:
    """When what last ran, and what is waiting. A problem is a flag; the times say since when."""

    worker_at: datetime | None
    reconciled_at: datetime | None
    webhook_at: datetime | None
    is_worker_silent: bool
    is_reconcile_late: bool
    without_webhook: int
    waiting: int

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to do anything."""
        return self.problems == 0

    @property
    def problems(self) -> int:
        """How many things somebody must see to."""
        return sum(map(bool, (self.is_worker_silent, self.is_reconcile_late, self.without_webhook, self.waiting)))


def take() -> Pulse:
    """Look at it now."""
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    now, last = timezone.now(), selftest.last_from_razorpay()
    return Pulse(
        worker_at=beats.get(WORKER),
        reconciled_at=beats.get(RECONCILE),
        webhook_at=last.received_at if last else None,
        is_worker_silent=_is_older(beats.get(WORKER), now - SILENT_AFTER),
        is_reconcile_late=_is_older(beats.get(RECONCILE), now - LATE_AFTER),
        without_webhook=without_webhook(now),
        waiting=inbox.waiting().filter(received_at__lte=now - SILENT_AFTER).count(),
    )


def without_webhook(now: datetime) -> int:
    """Count the captured payments of the last week of which no event told: asking Razorpay found them."""
    told = WebhookEvent.objects.filter(payment_id=OuterRef("razorpay_payment_id"))
    captured = Payment.objects.filter(status__in=[PaymentStatus.CAPTURED, PaymentStatus.REFUNDED])
    return captured.filter(~Exists(told), created_at__range=(now - LOOK_BACK, now - GIVE_TIME)).count()


def _is_older(moment: datetime | None, limit: datetime) -> bool:
    return moment is None or moment < limit
