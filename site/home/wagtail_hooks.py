"""What staff find in the admin of messages, and what the worker sends."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from checkout.admin.home import FigureItem
from checkout.admin.mail_samples import HOOK, Preview
from home import letters
from home.messages_admin import MessageViewSet, figure, mail_previews


@hooks.register("register_admin_viewset")
def register_messages() -> MessageViewSet:
    """Add the messages."""
    return MessageViewSet()


@hooks.register("construct_homepage_summary_items")
def show_messages(request: HttpRequest, items: list[Any]) -> None:
    """Show how many messages wait, after the figures of the orders."""
    if found := figure(request.user):
        items.append(FigureItem(request, found, 90))


@hooks.register("register_worker_job")
def send_letters() -> tuple[str, float, Callable[[], object]]:
    """Let the worker send the mails of messages, in the lane of mail, every two seconds."""
    return "mail", 2, letters.send_waiting


@hooks.register(HOOK)
def show_letters(user: Any) -> list[Preview]:
    """Show the mails of messages among those of the shop."""
    return mail_previews(user)
