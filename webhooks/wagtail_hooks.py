"""The inbox of Razorpay's reports in the admin, to read and nothing else."""

from wagtail import hooks

from webhooks.admin import EventViewSet


@hooks.register("register_admin_viewset")
def register_events() -> EventViewSet:
    """Add the inbox to the reports."""
    return EventViewSet()
