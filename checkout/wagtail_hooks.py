"""What order staff find in the admin; `checkout/admin/` holds it, one subject a file."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from checkout import drafts, links
from checkout.admin.acts import ACTS
from checkout.admin.bulk import PackInBulk, PrintLabels, PrintSlips, ShipInBulk, forbid_bulk_delete
from checkout.admin.cases import CaseViewSet
from checkout.admin.coupons import CouponViewSet
from checkout.admin.doors import keep_checkout, keep_checkout_in_bulk
from checkout.admin.home import FigureItem, OrderSearchArea, SalesPanel, figures
from checkout.admin.mails import MailsMenuItem
from checkout.admin.report_views import ReportMenuItem, urls
from checkout.admin.reports import REPORTS
from checkout.admin.viewset import OrderViewSet
from checkout.admin.zones import ZoneViewSet

register_snippet(OrderViewSet)
register_snippet(CouponViewSet)
register_snippet(ZoneViewSet)
hooks.register("register_bulk_action", PackInBulk)
hooks.register("register_bulk_action", ShipInBulk)
hooks.register("register_bulk_action", PrintSlips)
hooks.register("register_bulk_action", PrintLabels)
hooks.register("before_delete_page", keep_checkout)
hooks.register("before_unpublish_page", keep_checkout)
hooks.register("before_bulk_action", keep_checkout_in_bulk)


@hooks.register("register_admin_viewset")
def register_cases() -> CaseViewSet:
    """Add the attention desk."""
    return CaseViewSet()


@hooks.register("register_admin_urls")
def close_bulk_delete() -> list[URLPattern]:
    """Add no address. It is the moment when all bulk actions are known and none has been asked for yet."""
    forbid_bulk_delete("order", "coupon")
    return []


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    """Add the reports."""
    return urls()


for place, report in enumerate(REPORTS):
    hooks.register("register_reports_menu_item", partial(ReportMenuItem, report, place))


@hooks.register("register_permissions")
def reading_the_books() -> QuerySet[Permission]:
    """Let a group be given the right to read the reports."""
    return Permission.objects.filter(content_type__app_label="checkout", codename="view_ledgerentry")


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Name the acts of staff in Wagtail's log."""
    for act in ACTS.values():
        actions.register_action(f"checkout.{act.name}", act.label, f"Marked {act.done}")
    actions.register_action("checkout.close_case", "Close case", "Closed a case")
    actions.register_action("checkout.note", "Add note", "Added a note")
    actions.register_action("checkout.refund", "Refund", "Asked for a refund")
    actions.register_action("checkout.cancel", "Cancel", "Cancelled a paid order")


@hooks.register("construct_homepage_summary_items")
def show_figures(request: HttpRequest, items: list[Any]) -> None:
    """Show the figures of the day before those of the pages."""
    items.extend(FigureItem(request, figure, place) for place, figure in enumerate(figures(request)))


@hooks.register("construct_homepage_panels")
def show_sales(request: HttpRequest, panels: list[Any]) -> None:
    """Show the sales of the last days to those who may read the books."""
    if SalesPanel.is_shown(request.user):
        panels.append(SalesPanel())


@hooks.register("register_admin_search_area")
def search_orders() -> OrderSearchArea:
    """Let the admin's search find orders."""
    return OrderSearchArea("Orders", reverse("orders:list"), name="orders", icon_name="clipboard-list", order=150)


@hooks.register("register_settings_menu_item")
def show_mails() -> MailsMenuItem:
    """Let people of orders find what the shop's mails look like."""
    return MailsMenuItem("Mails", reverse("orders:mail_previews"), icon_name="mail", order=820)


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """Add the shop's own admin styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("register_worker_job")
def answer_link_requests() -> tuple[str, float, Callable[[], object]]:
    """Let the worker look for the orders that buyers want to find again, in the lane of mail."""
    return "mail", 2, links.answer_waiting


@hooks.register("register_worker_job")
def tidy_drafts() -> tuple[str, float, Callable[[], object]]:
    """Forget what was typed into the checkout and never ordered, once in six hours."""
    return "pages", 6 * 3600, drafts.tidy
