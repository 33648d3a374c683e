"""What staff find in the admin of messages, and what the worker sends."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from checkout.admin.home import FigureItem
from checkout.admin.mail_samples import HOOK, Preview
from home import first_page, guides, letters, shortages
from home.messages_admin import MessageViewSet, figure, mail_previews
from home.wanted import report, telling


@hooks.register("register_admin_viewset")
def register_messages() -> MessageViewSet:
    """Add the messages."""
    return MessageViewSet()


@hooks.register("construct_homepage_summary_items")
def show_messages(request: HttpRequest, items: list[Any]) -> None:
    """Show how many messages wait, after the figures of the orders."""
    if found := figure(request.user):
        items.append(FigureItem(request, found, 90))


@hooks.register("construct_homepage_summary_items")
def show_what_is_short(request: HttpRequest, items: list[Any]) -> None:
    """Show of how many SKUs few are left, before the messages."""
    if found := first_page.figure(request):
        items.append(FigureItem(request, found, 80))


@hooks.register("construct_homepage_panels")
def show_what_needs_editors(request: HttpRequest, panels: list[Any]) -> None:
    """Show people of goods what waits for them."""
    if first_page.edits(request.user) or first_page.sees_stock(request.user):
        panels.append(first_page.GoodsPanel())


@hooks.register("register_worker_job")
def send_letters() -> tuple[str, float, Callable[[], object]]:
    """Let the worker send the mails of messages, in the lane of mail, every two seconds."""
    return "mail", 2, letters.send_waiting


@hooks.register(HOOK)
def show_letters(user: Any) -> list[Preview]:
    """Show the mails of messages among those of the shop."""
    return mail_previews(user)


@hooks.register("register_worker_job")
def tell_who_waits() -> tuple[str, float, Callable[[], object]]:
    """Let the worker write to those whose model is back, in the lane of mail."""
    return "mail", 10, telling.send_waiting


@hooks.register("register_worker_job")
def forget_who_waited() -> tuple[str, float, Callable[[], object]]:
    """Let the worker delete what nobody needs any more."""
    return "pages", 3600, telling.forget


@hooks.register("register_worker_job")
def tell_of_shortages() -> tuple[str, float, Callable[[], object]]:
    """Let the worker look each minute what has run short, in the lane of mail."""
    return "mail", 60, shortages.watch


@hooks.register("register_admin_urls")
def register_report() -> list[Any]:
    """Add the report of what shoppers wait for."""
    return report.urls()


@hooks.register("register_admin_urls")
def register_guides() -> list[Any]:
    """Add the guides."""
    return guides.urls()


for place, name in enumerate(guides.GUIDES):
    hooks.register("register_help_menu_item", partial(guides.menu_item, name, place))


@hooks.register("construct_help_menu")
def leave_out_what_leads_away(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave out Wagtail's own links to the Internet: the guides speak of this shop."""
    items[:] = [item for item in items if not item.attrs.get("target")]


@hooks.register("register_reports_menu_item")
def show_report() -> MenuItem:
    """Show the report in the menu."""
    return report.menu_item()


@hooks.register("register_permissions")
def register_report_permission() -> QuerySet[Permission]:
    """Let groups be given the report."""
    return report.POLICY.permissions()
