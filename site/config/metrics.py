"""Figures of the shop for Prometheus: what waits, what is open, and how long jobs have been silent.

All of it is read from rows when it is asked for, so that any number of processes tell the same. Orders, addresses and
amounts of single buyers are never part of it.
"""

from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.db.models import Count, Min, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from accounts.models import Letter
from checkout.models import AttentionCase, Order, OutboxEmail, Refund
from checkout.models.attention import CaseKind
from checkout.status import OrderStatus, RefundStatus
from checkout.throttle import client_address
from home.models import ContactMail, ShortageMail
from webhooks.models import Heartbeat, Outcome, WebhookEvent


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures to somebody who has METRICS_TOKEN or comes from one of METRICS_NETWORKS, else 403."""
    if not is_allowed(request):
        return HttpResponseForbidden(
            "Send METRICS_TOKEN as a bearer token, or ask from one of METRICS_NETWORKS.\n", content_type="text/plain"
        )
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def is_allowed(request: HttpRequest) -> bool:
    """Tell whether the token or the address lets a request in; with neither set, nobody comes in."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    if expected and kind.lower() == "bearer" and compare_digest(token.strip().encode(), expected.encode()):
        return True
    address = ip_address(client_address(request))
    return any(address in network for network in settings.METRICS_NETWORKS)


class Figures(Collector):
    """One reading of everything."""

    def collect(self) -> Iterator[Metric]:
        """Yield each family of figures; a value that no row has is told as 0, so that an alert need not guess."""
        yield counted("shop_orders", "Orders by status.", "status", Order.objects.all(), OrderStatus.values)
        yield counted("shop_refunds", "Refunds by status.", "status", Refund.objects.all(), RefundStatus.values)
        events = WebhookEvent.objects.all()
        yield counted("shop_webhook_events", "Stored webhook events by outcome.", "outcome", events, Outcome.values)
        cases = AttentionCase.objects.filter(closed_at=None)
        yield counted("shop_open_cases", "Cases that wait for a person, by kind.", "kind", cases, CaseKind.values)
        yield from waiting_mail()
        yield family("shop_seconds_since", "Seconds since a job last ran.", "job", Heartbeat.ages())


def counted(name: str, text: str, label: str, rows: QuerySet[Model], values: list[str]) -> GaugeMetricFamily:
    """Return how many `rows` there are of each value of the column `label`."""
    found = dict(rows.order_by().values_list(label).annotate(Count("pk")))
    return family(name, text, label, {value: found.get(value, 0) for value in values})


def waiting_mail() -> Iterator[GaugeMetricFamily]:
    """Yield how much mail is due in each outbox, how much of it failed before, and for how long the oldest has been.

    Requests for what is sold out are no mail before there are pieces again.
    """
    unsent = {
        "orders": OutboxEmail.objects.filter(sent_at=None),
        "messages": ContactMail.objects.filter(sent_at=None),
        "shortages": ShortageMail.objects.filter(sent_at=None),
        # What was sent is removed.
        "accounts": Letter.objects.all(),
    }
    now = timezone.now()
    wanted = {"waiting": Count("pk"), "failed": Count("pk", filter=Q(attempts__gt=0)), "since": Min("next_try_at")}
    due = {name: rows.filter(next_try_at__lte=now).aggregate(**wanted) for name, rows in unsent.items()}
    waiting, failed = ({name: row[key] for name, row in due.items()} for key in ("waiting", "failed"))
    late = {name: (now - (row["since"] or now)).total_seconds() for name, row in due.items()}
    yield family("shop_mail_waiting", "Mail that is due and not sent.", "outbox", waiting)
    yield family("shop_mail_failed", "Mail that is due after a try that failed.", "outbox", failed)
    yield family("shop_mail_late_seconds", "Seconds since the oldest mail was due.", "outbox", late)


def family(name: str, text: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    """Return a family of gauges with one label."""
    found = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        found.add_metric([value], number)
    return found
