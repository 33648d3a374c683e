"""The admin's first page tells people who care for orders what has stopped, and lets them catch up by hand."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View
from wagtail.admin.ui.components import Component
from wagtail.log_actions import log

from checkout.admin import policy
from webhooks import catching_up, pulse
from webhooks.models import Heartbeat
from webhooks.replay_admin import EVENTS

# A person waits for this in the browser, and a thread of the server with them.
BUDGET = 15.0
# Seconds for which the count in the menu is kept.
COUNTED_FOR = 30
BY_HAND = "reconcile by hand"


class PulsePanel(Component):
    """What has stopped; nothing at all when nothing has, or when this person has nothing to do with orders."""

    name = "shop_pulse"
    template_name = "webhooks/admin/pulse.html"
    order = 10

    def render_html(self, parent_context: Any = None) -> Any:
        """Return the warning, or nothing."""
        user = parent_context["request"].user
        if not policy.ORDERS.user_has_any_permission(user, policy.LOOK):
            return ""
        found = pulse.take()
        return "" if found.is_well else super().render_html({**parent_context.flatten(), "pulse": found})

    def count(self, user: Any) -> int:
        """Return how many things have stopped, at most half a minute ago: each page of the admin asks for it."""
        if not policy.ORDERS.user_has_any_permission(user, policy.LOOK):
            return 0
        return cache.get_or_set("stopped-behind-the-shop", lambda: pulse.take().problems, COUNTED_FOR) or 0

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Add what this person may do about it."""
        user = parent_context["request"].user
        return {
            "csrf_token": parent_context["csrf_token"],
            "pulse": parent_context["pulse"],
            "may_reconcile": policy.ORDERS.user_has_permission(user, "change"),
            "may_see_events": EVENTS.user_has_permission(user, "view"),
        }


class ReconcileView(View):
    """One pass of catching up, started by a person. One at a time: more would only hold the server's threads."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the pass and say what it did."""
        if not policy.ORDERS.user_has_permission(request.user, "change"):
            raise PermissionDenied
        with Heartbeat.turn(BY_HAND, every=timedelta(seconds=5), lease=timedelta(minutes=2)) as is_mine:
            if not is_mine:
                messages.warning(request, "Somebody is doing this right now. Look again in a moment.")
                return redirect("wagtailadmin_home")
            log(instance=Heartbeat.objects.get(name=BY_HAND), action="webhooks.reconcile", user=request.user)
            report = catching_up.catch_up(budget=BUDGET)
        if report.failed:
            messages.warning(request, f"Not everything was answered: {report}. Try again in a minute.")
        else:
            messages.success(request, f"Caught up with Razorpay: {report}.")
        return redirect("wagtailadmin_home")
