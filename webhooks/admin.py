"""Stored events of Razorpay: a list, and one event with its body as it came, to be applied again.

Bodies hold buyers' data.
"""

import json
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkout.admin.columns import StatusColumn
from webhooks import inbox
from webhooks.models import Outcome, WebhookEvent
from webhooks.replay_admin import EVENTS, replay


class EventFilterSet(WagtailFilterSet):
    """Outcome and day."""

    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices, widget=forms.CheckboxSelectMultiple)
    received = django_filters.DateFromToRangeFilter(
        field_name="received_at", label="Received", widget=DateRangePickerWidget
    )

    class Meta:
        model = WebhookEvent
        fields: list[str] = []


class EventIndexView(generic.IndexView):
    """The list, newest first, without the bodies."""

    any_permission_required = ["view"]

    @cached_property
    def columns(self) -> list[Any]:
        """Let those tick who may apply events again."""
        tick = BulkActionsCheckboxColumn("bulk_actions", obj_type="event")
        return [*([tick] if EVENTS.user_has_permission(self.request.user, "replay") else []), *super().columns]

    def get_base_queryset(self) -> QuerySet[WebhookEvent]:
        """Leave the bodies, up to a megabyte each, in the database."""
        return WebhookEvent.objects.defer("raw")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add how many events wait and how many cannot be read."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {
            **context,
            "waiting": inbox.waiting().count(),
            "unreadable": WebhookEvent.objects.filter(outcome=Outcome.QUARANTINED).count(),
            "may_replay": EVENTS.user_has_permission(self.request.user, "replay"),
        }


class EventView(generic.InspectView):
    """One event."""

    page_title = "Webhook event"
    any_permission_required = ["view"]

    def get_object(self, queryset: Any = None) -> WebhookEvent:
        """Return the event, but look for none when the person may not see events."""
        if not self.permission_policy.user_has_permission(self.request.user, "view"):
            raise PermissionDenied
        return get_object_or_404(WebhookEvent, pk=self.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the body, as it came and indented."""
        body = bytes(self.object.raw)
        raw = body.decode("utf-8", "backslashreplace")
        context: dict[str, Any] = super().get_context_data(
            event=self.object,
            raw=raw,
            indented=indented(raw),
            size=len(body),
            may_replay=EVENTS.user_has_permission(self.request.user, "replay"),
            **kwargs,
        )
        return context

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Apply the event again. What was applied already changes nothing."""
        replay(request, WebhookEvent.objects.filter(pk=self.object.pk))
        return redirect("webhook-events:inspect", self.object.pk)


class EventMenuItem(MenuItem):
    """Shown to people who may see events."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this person may see events."""
        return EVENTS.user_has_permission(request.user, "view")


class EventViewSet(ModelViewSet):
    """The inbox."""

    model = WebhookEvent
    name = "webhook-events"
    icon = "download"
    menu_label = "Webhook events"
    menu_hook = "register_reports_menu_item"
    menu_item_class = EventMenuItem
    menu_order = 500
    add_to_reference_index = False
    form_fields: list[str] = []
    index_view_class = EventIndexView
    index_template_name = "webhooks/admin/index.html"
    inspect_view_enabled = True
    inspect_view_class = EventView
    inspect_template_name = "webhooks/admin/event.html"
    inspect_view_fields = ["event"]
    copy_view_enabled = False
    permission_policy = EVENTS
    ordering = ("-received_at", "-pk")
    list_per_page = 50
    filterset_class = EventFilterSet
    search_fields = ["event", "event_id", "error"]
    search_backend_name = None
    list_display = [
        "event",
        Column("event_id", label="Event id", classname="shop-id shop-wide"),
        StatusColumn("outcome", sort_key="outcome"),
        Column("attempts", label="Tries", classname="shop-amount shop-wide"),
        Column("error", label="Error"),
        DateColumn("received_at", label="Received", sort_key="received_at", classname="shop-age"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Name no view that does not exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        absent = ("add", "edit", "delete", "history", "usage")
        return {**common, **{f"{view}_url_name": None for view in absent}}

    def get_urlpatterns(self) -> list[URLPattern]:
        """Keep the list and the event."""
        kept = ("index", "index_results", "inspect")
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]

    def register_admin_url_finder(self) -> None:
        """Register none: there is no form to find."""

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """Offer groups only what can be done."""
        return EVENTS.permissions()


def indented(body: str) -> str:
    """Return a JSON body with one value on a line; nothing when it is no JSON."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
