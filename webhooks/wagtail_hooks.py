"""Razorpay's reports in the admin, what has stopped behind the shop, and the test of the connection to Razorpay."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks

from webhooks.admin import EventViewSet
from webhooks.pulse_admin import PulsePanel, ReconcileView
from webhooks.replay_admin import ReplayInBulk, ReplayWaitingView
from webhooks.selftest_admin import SelfTestMenuItem, SelfTestView

hooks.register("register_bulk_action", ReplayInBulk)


@hooks.register("register_admin_viewset")
def register_events() -> EventViewSet:
    """Add the inbox to the reports."""
    return EventViewSet()


@hooks.register("register_admin_urls")
def register_selftest() -> list[URLPattern]:
    """Add the page of the test, and what people can start by hand."""
    return [
        path("razorpay-connection/", SelfTestView.as_view(), name="razorpay_connection"),
        path("reconcile/", ReconcileView.as_view(), name="reconcile_now"),
        path("replay-waiting/", ReplayWaitingView.as_view(), name="replay_waiting"),
    ]


@hooks.register("construct_homepage_panels")
def show_pulse(request: HttpRequest, panels: list[Any]) -> None:
    """Tell first what has stopped."""
    panels.insert(0, PulsePanel())


@hooks.register("register_attention_panel")
def what_has_stopped() -> PulsePanel:
    """Tell it on the attention desk too, and count it in the menu."""
    return PulsePanel()


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Name what people start by hand in Wagtail's log."""
    actions.register_action("webhooks.reconcile", "Catch up with Razorpay", "Caught up with Razorpay")
    actions.register_action("webhooks.replay", "Apply event again", "Applied an event again")


@hooks.register("register_settings_menu_item")
def show_selftest() -> SelfTestMenuItem:
    """Let owners find it among the settings."""
    return SelfTestMenuItem()
