"""The owner's first steps in the admin: a card on the first page while something is open, and a page of its own."""

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.generic import TemplateView
from limits import RateLimitItemPerMinute
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from catalog.models import ShopSettings
from checkout import throttle
from config import first_steps

logger = logging.getLogger(__name__)

TEST_MAILS = RateLimitItemPerMinute(3, 1, "test-mails")


def may_see(user: Any) -> bool:
    """Return whether this person runs the shop."""
    return bool(user.has_perm("catalog.change_shopsettings"))


class OwnersOnly(View):
    """Refuses everybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may change the shop's settings."""
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class FirstStepsView(OwnersOnly, WagtailAdminTemplateMixin, TemplateView):
    """All lines, done and open, and what the deployment decides."""

    template_name = "config/first_steps.html"
    page_title = "First steps"
    header_icon = "tasks"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the page in its header."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the lines."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        steps = first_steps.all_steps(ShopSettings.for_request(self.request))
        is_done = all(step.is_done for step in steps)
        return {**context, "steps": steps, "is_done": is_done, "decided": first_steps.decided_by_deployment()}


class TestMailView(OwnersOnly):
    """One mail to the person who asks for it, sent while they wait; Wagtail's log keeps that it went out."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send it, and say what the mail server said."""
        if why := self._refusal(request):
            messages.error(request, why)
        elif why := _send(request.user.email):  # type: ignore[union-attr]
            messages.error(request, f"The mail server took no mail: {why}")
        else:
            log(request.user, first_steps.TEST_MAIL, user=request.user, data={"server": first_steps.mail_server()})
            messages.success(request, f"Sent to {request.user.email}. Look whether it arrives.")  # type: ignore[union-attr]
        return redirect("first_steps")

    def _refusal(self, request: HttpRequest) -> str:
        if not getattr(request.user, "email", ""):
            return "Your account has no email address: enter it under your name, Account."
        if first_steps.is_printed():
            return "Mail is printed instead of sent. Set EMAIL_URL where the shop is deployed."
        seconds = throttle.wait(TEST_MAILS, str(request.user.pk))
        return throttle.text(seconds) if seconds else ""


class FirstStepsPanel(Component):
    """What is open, on the admin's first page; nothing once all is done."""

    name = "first_steps"
    template_name = "config/first_steps_panel.html"
    order = 20

    def render_html(self, parent_context: Any = None) -> Any:
        """Return the open lines, or nothing."""
        request = parent_context["request"]
        if not may_see(request.user):
            return ""
        steps = first_steps.all_steps(ShopSettings.for_request(request))
        if all(step.is_done for step in steps):
            return ""
        return super().render_html({**parent_context.flatten(), "steps": steps})

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Add the lines, and how far one has come."""
        steps = parent_context["steps"]
        return {"steps": [step for step in steps if not step.is_done], "done": sum(step.is_done for step in steps)}


class FirstStepsMenuItem(MenuItem):
    """Shown to people who run the shop."""

    def __init__(self) -> None:
        super().__init__("First steps", reverse("first_steps"), icon_name="tasks", order=50)

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this person runs the shop."""
        return may_see(request.user)


def _send(address: str) -> str:
    """Send the test mail and return what went wrong, or nothing."""
    body = f"This mail shows that {settings.SITE_URL} can send mail. It was asked for at {timezone.localtime():%H:%M}."
    try:
        EmailMessage(subject=f"A test mail of {ShopSettings.current().shop_name}", body=body, to=[address]).send()
    # A mail server fails in many ways; whichever it is, the owner reads it.
    except Exception as error:
        logger.exception("A test mail was not sent.")
        return f"{type(error).__name__}: {error}"[:300]
    return ""
