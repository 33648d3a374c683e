"""Claims: many workers take rows that wait, one row each at a time, and a killed worker loses nothing.

A claim is a time on the row until which nobody else takes it; the work is then done outside any transaction. A claim
that runs out is taken over, so whatever is done under a claim must be safe to do twice. Rows that can be claimed have
`claimed_until`; those that are put back after a failure have `attempts` and `next_try_at` too.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connections, transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

Row = TypeVar("Row", bound=Model)

# Longer than the longest step under a claim: a call to Razorpay ends after 8 seconds, one to a mail server after 10.
LEASE = timedelta(seconds=60)
# From here on a person should look at it. It is still tried, once an hour.
MANY_ATTEMPTS = 10
FIRST_PAUSE = 30
LONGEST_PAUSE = 3600
# Nothing is planned further ahead; what seems to be was planned while the clock was wrong.
FAR = timedelta(days=1)


def due(now: datetime) -> Q:
    """Match rows whose next try has come."""
    return Q(next_try_at__lte=now) | Q(next_try_at__gt=now + FAR)


def free(now: datetime, lease: timedelta = LEASE) -> Q:
    """Match rows that nobody has claimed, or whose claim has run out."""
    # A claim that ends too late to be honest was made before the clock was set back.
    return Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + 2 * lease)


def take(waiting: QuerySet[Row], *, lease: timedelta = LEASE) -> Row | None:
    """Claim the first free row of an ordered queryset and return it, or None when none is free.

    No two takers get the same row while the claim lasts. No transaction should be open.
    """
    if connections[waiting.db].features.has_select_for_update_skip_locked:
        return _take_unlocked(waiting, lease)
    return _take_first(waiting, lease)


def take_each(waiting: QuerySet[Row], *, limit: int) -> Iterator[Row]:
    """Claim free rows one after the other, up to `limit`, each when the one before it is done."""
    for _number in range(limit):
        row = take(waiting)
        if row is None:
            return
        yield row


def done(row: Model, **changes: Any) -> None:
    """Give a claimed row back with what came of it."""
    _rows(row).update(claimed_until=None, **changes)


def put_back(row: Model, while_: Q | None = None, **changes: Any) -> bool:
    """Give a claimed row back to be tried again after a pause that grows with its attempts.

    Returns whether there is still something to try, which `while_` tells.
    """
    pause = pause_after(row.attempts)  # type: ignore[attr-defined]
    rows = _rows(row).filter(while_ or Q())
    return rows.update(claimed_until=None, next_try_at=timezone.now() + pause, **changes) > 0


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: half a minute, doubled each time, up to an hour, and some chance.

    The chance keeps rows that failed together, because a server was down, from all coming back together.
    """
    seconds = min(FIRST_PAUSE * 2 ** min(max(attempts, 1) - 1, 10), LONGEST_PAUSE)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - spread, not secrecy.


def _take_unlocked(waiting: QuerySet[Row], lease: timedelta) -> Row | None:
    now = timezone.now()
    with transaction.atomic(using=waiting.db):
        row = waiting.filter(free(now, lease)).select_for_update(skip_locked=True, of=("self",)).first()
        if row is not None:
            _claim(_rows(row), now + lease)
            row.refresh_from_db()
        return row


def _take_first(waiting: QuerySet[Row], lease: timedelta) -> Row | None:
    """Without row locks the update itself decides: it changes one row for one of those who try."""
    now = timezone.now()
    candidates = waiting.filter(free(now, lease))
    for pk in list(candidates.values_list("pk", flat=True)[:50]):
        if _claim(candidates.filter(pk=pk), now + lease):
            return waiting.model._default_manager.using(waiting.db).get(pk=pk)
    return None


def _claim(rows: QuerySet[Row], until: datetime) -> int:
    counted = {"attempts": F("attempts") + 1} if hasattr(rows.model, "attempts") else {}
    return rows.order_by().update(claimed_until=until, **counted)


def _rows(row: Model) -> QuerySet[Any]:
    return type(row)._default_manager.filter(pk=row.pk)
