"""Mails in the admin: what each kind looks like, and what one buyer got, which can be sent again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from checkout import emails, orders
from checkout.admin import mail_samples, policy
from checkout.admin.acts import way_back
from checkout.models import OutboxEmail

# A mail has inline styles and nothing else. It is shown in a frame that can do nothing, whatever a buyer typed.
FRAME = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


class ForPeopleOfOrders(PermissionCheckedMixin):
    """For people who may look at orders."""

    permission_policy = policy.ORDERS
    any_permission_required = list(policy.LOOK)


class PreviewsView(ForPeopleOfOrders, WagtailAdminTemplateMixin, View):
    """Every kind of mail on one page."""

    template_name = "checkout/admin/mails.html"
    page_title = "Mails"
    header_icon = "mail"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show each kind with the newest real data."""
        context = self.get_context_data(previews=mail_samples.previews(request.user))
        response: HttpResponse = self.render_to_response(context)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the orders."""
        return [*self.breadcrumbs_items, {"url": reverse("orders:list"), "label": "Orders"}, {"label": "Mails"}]


class PreviewBodyView(ForPeopleOfOrders, View):
    """The HTML of one kind of mail, for its frame."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Show it."""
        found = {preview.key: preview for preview in mail_samples.previews(request.user)}
        if key not in found:
            raise Http404
        return framed(found[key].message)


class MailView(ForPeopleOfOrders, WagtailAdminTemplateMixin, View):
    """One mail of an order, as it is written today; a button sends it again."""

    template_name = "checkout/admin/mail.html"
    header_icon = "mail"
    mail: OutboxEmail

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        self.mail = find(pk)
        may_send = policy.ORDERS.user_has_permission(request.user, "change") and not emails.why_not_again(self.mail)
        context = self.get_context_data(mail=self.mail, message=emails.compose(self.mail), may_send=may_send)
        response: HttpResponse = self.render_to_response(context)
        return response

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the worker send it once more."""
        if not policy.ORDERS.user_has_permission(request.user, "change"):
            raise PermissionDenied
        mail = find(pk)
        if reason := send_again(mail, request.user):
            messages.warning(request, reason)
        else:
            messages.success(request, _("It goes to %(email)s in a moment.") % {"email": mail.order.email})
        return redirect("orders:inspect", mail.order_id)

    def get_page_title(self) -> str:
        """Return what kind of mail it is."""
        return emails.name_of(self.mail.kind)

    def get_page_subtitle(self) -> str:
        """Return which order it is about."""
        return self.mail.order.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the order."""
        return [*self.breadcrumbs_items, *way_back(self.request, self.mail.order, self.get_page_title())]


class MailBodyView(ForPeopleOfOrders, View):
    """The HTML of one mail of an order, for its frame."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        return framed(emails.compose(find(pk)))


class MailsMenuItem(MenuItem):
    """Shown to people who may look at orders."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether this person may look at orders."""
        return policy.ORDERS.user_has_any_permission(request.user, policy.LOOK)


def send_again(mail: OutboxEmail, user: Any) -> str:
    """Let a mail go out once more, with an entry in the story of its order; return why not, or an empty text."""
    with transaction.atomic():
        reason = emails.send_again(mail)
        if not reason:
            orders.note(mail.order, "mail_again", emails.name_of(mail.kind), user=user)
        return reason


def find(pk: int) -> OutboxEmail:
    """Return a mail with what it tells of. Raises Http404."""
    return get_object_or_404(OutboxEmail.objects.select_related("order", "refund__payment__order", "note"), pk=pk)


def framed(message: EmailMessage) -> HttpResponse:
    """Return the HTML of a mail as a page that only a frame of this site may show."""
    response = HttpResponse(mail_samples.html_of(message))
    response["Content-Security-Policy"] = FRAME
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
