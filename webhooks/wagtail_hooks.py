"""Razorpay's reports in the admin, to read and nothing else, and the test of the connection to Razorpay."""

from django.urls import URLPattern, path
from wagtail import hooks

from webhooks.admin import EventViewSet
from webhooks.selftest_admin import SelfTestMenuItem, SelfTestView


@hooks.register("register_admin_viewset")
def register_events() -> EventViewSet:
    """Add the inbox to the reports."""
    return EventViewSet()


@hooks.register("register_admin_urls")
def register_selftest() -> list[URLPattern]:
    """Add the page of the test."""
    return [path("razorpay-connection/", SelfTestView.as_view(), name="razorpay_connection")]


@hooks.register("register_settings_menu_item")
def show_selftest() -> SelfTestMenuItem:
    """Let owners find it among the settings."""
    return SelfTestMenuItem()
