"""What people of the shop see on its pages beyond what shoppers see."""

from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.template import Context
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar
from wagtail.models import Page

from accounts.bar import COOKIE

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_bar(context: Context) -> str:
    """Return Wagtail's bar on pages of who came in by the door of staff, and in the editor's preview.

    Whoever has not been in the admin costs no query and gets no byte more, signed in as a shopper or not; whether
    somebody may really enter the admin is the bar's own question.
    """
    request: Any = context.get("request")
    if request is None or not isinstance(context.get("page"), Page):
        return ""
    if not (getattr(request, "in_preview_panel", False) or _is_of_staff(request)):
        return ""
    return str(wagtailuserbar(context))


@register.simple_tag
def shop_sign() -> str:
    """Return the name above the admin's menu: the one on its first page, which costs no query on any other."""
    return str(settings.WAGTAIL_SITE_NAME)


def _is_of_staff(request: Any) -> bool:
    session = request.session if COOKIE in request.COOKIES else {}
    door = session.get(BACKEND_SESSION_KEY, settings.SHOPPER_BACKEND)
    return bool(door != settings.SHOPPER_BACKEND)
