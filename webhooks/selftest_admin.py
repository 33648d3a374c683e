"""The page on which an owner tests the connection to Razorpay. Looking at it does nothing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from checkout import throttle
from webhooks import selftest
from webhooks.replay_admin import EVENTS


class SelfTestView(WagtailAdminTemplateMixin, TemplateView):
    """What is known of the connection, a button, and after a POST what came of it."""

    template_name = "webhooks/admin/selftest.html"
    page_title = "Razorpay connection"
    header_icon = "link"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in only those who may read what Razorpay reports."""
        if not EVENTS.user_has_permission(request.user, "view"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the page in its header."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the address for Razorpay and when Razorpay was heard of last."""
        last = selftest.last_from_razorpay()
        context: dict[str, Any] = super().get_context_data(webhook_url=selftest.webhook_url(), last=last, **kwargs)
        return context

    def post(self, request: HttpRequest) -> HttpResponse:
        """Test now."""
        if seconds := throttle.wait(throttle.SELF_TEST, str(request.user.pk)):
            messages.error(request, throttle.text(seconds))
            return self.render_to_response(self.get_context_data(), status=429, headers={"Retry-After": str(seconds)})
        return self.render_to_response(self.get_context_data(findings=selftest.run()))


class SelfTestMenuItem(MenuItem):
    """Shown to people who may test."""

    def __init__(self) -> None:
        super().__init__("Razorpay connection", reverse("razorpay_connection"), icon_name="link", order=450)

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this person may test."""
        return EVENTS.user_has_permission(request.user, "view")
