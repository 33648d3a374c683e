"""Applying stored events again, by a person: one, those that were ticked, or all that wait."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views import View
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.log_actions import log

from checkout.admin.policy import NamedActsPolicy
from webhooks import inbox
from webhooks.models import Outcome, WebhookEvent

REPLAYED_AT_ONCE = 200
EVENTS = NamedActsPolicy(WebhookEvent, {"view", "replay"})


class ReplayWaitingView(View):
    """Apply the events that wait, whoever has claimed them."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Apply the oldest of them, as many as a person waits for."""
        oldest = list(inbox.waiting().values_list("pk", flat=True)[:REPLAYED_AT_ONCE])
        replay(request, WebhookEvent.objects.filter(pk__in=oldest))
        return redirect("webhook-events:index")


class ReplayInBulk(BulkAction):
    """Apply the events that were ticked, after they were named once more."""

    models = [WebhookEvent]
    display_name = "Apply again"
    action_type = "replay"
    aria_label = "Apply selected events again"
    template_name = "webhooks/admin/replay.html"
    next_url: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse people without the permission before any event is named."""
        if not EVENTS.user_has_permission(request.user, "replay"):
            raise PermissionDenied
        if self.next_url == request.path:
            self.next_url = reverse("webhook-events:index")
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def get_queryset(cls, model: type[WebhookEvent], object_ids: Any) -> list[WebhookEvent]:
        """Return the ticked events without their bodies, oldest first. What is no id is left out; 404 without any."""
        ids = [each for each in map(str, object_ids) if each.isascii() and each.isdecimal() and len(each) < 19]
        found = list(WebhookEvent.objects.defer("raw").filter(pk__in=ids).order_by("pk")[:REPLAYED_AT_ONCE])
        if not found:
            raise Http404
        return found

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[WebhookEvent]:
        """Return nothing: only what somebody has seen and ticked is applied."""
        return WebhookEvent.objects.none()

    def form_valid(self, form: Any) -> HttpResponse:
        """Apply them and say what came of it."""
        chosen = [event.pk for event in self.get_actionable_objects()[0]]
        replay(self.request, WebhookEvent.objects.filter(pk__in=chosen))
        return redirect(self.next_url)


def replay(request: HttpRequest, events: QuerySet[WebhookEvent]) -> None:
    """Apply events, write down who wanted it, and tell what came of it. Raises PermissionDenied."""
    if not EVENTS.user_has_permission(request.user, "replay"):
        raise PermissionDenied
    for event in events.defer("raw"):
        log(instance=event, action="webhooks.replay", user=request.user)
    names = dict(Outcome.choices)
    counts = [f"{count} {names[outcome].lower()}" for outcome, count in sorted(inbox.replay(events).items())]
    messages.success(request, f"Applied again: {', '.join(counts) or 'nothing waits'}.")
