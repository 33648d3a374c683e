"""Payment methods that are down: told on the pay page, never a reason to refuse a payment."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from checkout.facts.reading import BadFacts, entity, text, unix_time
from checkout.models import Downtime
from checkout.models.changing import take_over

# A downtime whose end nobody reports is forgotten after this long.
STALE = timedelta(hours=6)
RESOLVED = "resolved"


def record(value: object) -> str:
    """Record a Razorpay downtime entity: `applied` or `unchanged`. Raises BadFacts."""
    data = entity(value, "payment.downtime")
    known_id, begin = text(data, "id", 40), unix_time(data, "begin")
    if not known_id or begin is None:
        raise BadFacts("the downtime has no id or no begin")
    end, status = unix_time(data, "end"), text(data, "status", 20)
    known = Downtime.objects.filter(razorpay_downtime_id=known_id).first()
    # `resolved` is the last word, whatever arrives after it.
    if known and known.status == RESOLVED:
        return "unchanged"
    values = {
        "method": text(data, "method", 20),
        "instrument": _instrument(data.get("instrument")),
        "severity": text(data, "severity", 10),
        "status": status,
        "begin": datetime.fromtimestamp(begin, UTC),
        "end": datetime.fromtimestamp(end, UTC) if end else None,
    }
    return "applied" if take_over(known or Downtime(razorpay_downtime_id=known_id), **values) else "unchanged"


def current() -> list[Downtime]:
    """Return what is down at this moment, as far as Razorpay has told lately."""
    now = timezone.now()
    open_end = Q(end=None, updated_at__gt=now - STALE) | Q(end__gt=now)
    return list(Downtime.objects.filter(open_end, begin__lte=now).exclude(status=RESOLVED)[:5])


def _instrument(value: Any) -> str:
    names = [text(value, key, 80) for key in value] if isinstance(value, dict) else []
    return ", ".join(filter(None, names))[:80]
