"""What owners find in the admin of the shop as a whole."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail import hooks

from config import first_steps
from config.first_steps_admin import FirstStepsMenuItem, FirstStepsPanel, FirstStepsView, TestMailView


@hooks.register("register_admin_urls")
def register_first_steps() -> list[URLPattern]:
    """Add the page and its button."""
    return [
        path("first-steps/", FirstStepsView.as_view(), name="first_steps"),
        path("first-steps/test-mail/", TestMailView.as_view(), name="first_steps_mail"),
    ]


@hooks.register("construct_homepage_panels")
def show_first_steps(request: HttpRequest, panels: list[Any]) -> None:
    """Show what is open before everything but what has stopped."""
    panels.insert(0, FirstStepsPanel())


@hooks.register("register_settings_menu_item")
def show_menu_item() -> FirstStepsMenuItem:
    """Let owners find it among the settings."""
    return FirstStepsMenuItem()


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Name what owners do there."""
    actions.register_action(first_steps.TEST_MAIL, "Send a test mail", "Sent a test mail")
