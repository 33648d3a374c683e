"""Is the process up, and can it sell? For load balancers, `make run` and people with a terminal."""

import logging
from collections.abc import Callable
from functools import cache

from django.core.cache import cache as shop_cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webhooks.models import Heartbeat

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """A part of the shop answers, but not as it should; the text is safe to show."""


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process can answer at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations and cache work, else 503 with the part that does not."""
    parts = {"database": check_database, "migrations": check_migrations, "cache": check_cache}
    results = {name: outcome(name, check) for name, check in parts.items()}
    is_ready = all(result == "ok" for result in results.values())
    # A dead worker must not take the shop offline: its age is told and never fails.
    answer = {"status": "ok" if is_ready else "unavailable", **results, "seconds_since": ages() if is_ready else {}}
    return JsonResponse(answer, status=200 if is_ready else 503)


def ages() -> dict[str, int]:
    """Return how many seconds ago the worker and reconciliation last ran; a job that never ran is left out."""
    return {name: round(age) for name, age in Heartbeat.ages().items()}


def outcome(name: str, check: Callable[[], None]) -> str:
    """Return "ok" or what is wrong in words; the error itself goes to the log, where strangers do not read."""
    try:
        check()
    except NotReady as problem:
        return str(problem)
    except Exception:
        logger.exception("The health check of the %s failed.", name)
        return "failed"
    return "ok"


def check_database() -> None:
    """Ask the database for one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def check_migrations() -> None:
    """Raise NotReady when the database lacks a migration of this release."""
    if pending_migrations():
        # A migration may have run since: only the good news is worth remembering.
        pending_migrations.cache_clear()
        raise NotReady("pending")


@cache
def pending_migrations() -> bool:
    """Tell whether a migration was not applied; reading them all takes a moment, so a process asks until all are."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def check_cache() -> None:
    """Write and read one value."""
    shop_cache.set("health", "ok", timeout=10)
    if shop_cache.get("health") != "ok":
        raise NotReady("does not keep what it is given")
