"""The whole of catching up: stored events, orders, unknown money, and what webhooks said against what Razorpay says.

The reconcile command, the worker and the button in the admin all come here.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from checkout import reconciliation
from checkout.patience import Patience
from checkout.reconciliation import LATE_MONEY, RETURNED_REFUNDS, Report
from checkout.sweep import Sweep, windows
from webhooks import comparing, inbox
from webhooks.models import Heartbeat

logger = logging.getLogger(__name__)

RECONCILE = "reconcile"
# Up to when the lists were read without a gap, and when they were last read as far back as late money may lie.
SWEEP, FAR_SWEEP = "sweep", "far_sweep"
AT_LEAST = timedelta(days=1)
OVERLAP = timedelta(hours=1)


def catch_up(
    *,
    since: datetime | None = None,
    budget: float | None = None,
    tell: Callable[[str], None] = logger.info,
    track: Callable[[str, Sequence[Any]], Iterable[Any]] = reconciliation.untracked,
) -> Report:
    """Make one pass over everything, whoever has claimed it, for about `budget` seconds.

    Without `since` the search for money begins where `search_from` says. `tell` and `track` are those of
    `reconciliation.reconcile`.
    """
    now = timezone.now()
    applied = inbox.replay(inbox.waiting()).total()
    if applied:
        tell(f"{applied} stored events applied")
    begin = since or search_from(now)
    sweep = _sweep(begin, now)
    report = reconciliation.reconcile(since=begin, budget=budget, tell=tell, track=track, sweep=sweep)
    _remember(sweep, begin, now)
    report.failed += comparing.compare(sweep.patience)
    Heartbeat.beat(RECONCILE)
    return report


def settle_due(*, budget: float) -> Report:
    """Settle this worker's share of the orders whose time has come."""
    report = reconciliation.settle_due(budget=budget)
    Heartbeat.beat(RECONCILE)
    return report


def search(*, budget: float) -> Sweep:
    """Look for money that nobody told the shop of, and follow refunds and disputes, for about `budget` seconds."""
    now = timezone.now()
    begin = search_from(now)
    sweep = _sweep(begin, now)
    sweep.patience = Patience(budget)
    sweep.run(windows(begin, now))
    _remember(sweep, begin, now)
    sweep.failed += comparing.compare(sweep.patience) + reconciliation.follow_up(limit=10)
    return sweep


def search_from(now: datetime) -> datetime:
    """Return from when on Razorpay's lists are to be read.

    An hour before the end of the last reading without a gap, and at least a day back. Once a day it is as far as late
    money may lie: the lists are sorted by when a payment began, and it may be captured three days after that.
    """
    begin, swept, far = now - AT_LEAST, _at(SWEEP), _at(FAR_SWEEP)
    if swept:
        begin = min(begin, swept - OVERLAP)
    # A reading in the future was made before the clock was set back.
    if far is None or not now - AT_LEAST <= far <= now + OVERLAP:
        begin = min(begin, now - LATE_MONEY)
    return begin


def _sweep(begin: datetime, now: datetime) -> Sweep:
    """Return a reading of the lists. One that goes far back looks for refunds that their banks have returned since."""
    refunds_since = now - RETURNED_REFUNDS if begin <= now - LATE_MONEY else None
    return Sweep(seen=comparing.agree, refunds_since=refunds_since)


def _remember(sweep: Sweep, begin: datetime, now: datetime) -> None:
    """Remember how far the lists have been read in a row. What lies between is not forgotten: it is read next time."""
    until, last = datetime.fromtimestamp(sweep.complete_until, UTC), _at(SWEEP)
    is_in_a_row = last is None or begin <= last or last > now
    if is_in_a_row and (last is None or until > last or last > now):
        Heartbeat.beat(SWEEP, at=until)
    is_whole = until >= now - timedelta(seconds=1)
    if is_whole and begin <= now - LATE_MONEY:
        Heartbeat.beat(FAR_SWEEP, at=now)


def _at(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
