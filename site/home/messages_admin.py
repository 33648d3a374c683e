"""What visitors wrote, in the admin: listed, read, marked as answered. Nobody writes or changes one there."""

from functools import partial
from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from checkout.admin.home import Figure
from checkout.admin.mail_samples import Preview
from checkout.admin.policy import NamedActsPolicy
from home import letters
from home.models import ContactMail, ContactMessage

POLICY = NamedActsPolicy(ContactMessage, {"view", "change", "delete"})
LOOK = ["view", "change"]


class MessageFilterSet(WagtailFilterSet):
    """By subject and by what waits."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[("open", _("To answer")), ("answered", _("Answered"))], method="by_state"
    )

    class Meta:
        model = ContactMessage
        fields = ["subject"]

    def by_state(self, queryset: QuerySet[ContactMessage], name: str, value: str) -> QuerySet[ContactMessage]:
        """Return the messages that are answered, or those that are not."""
        return queryset.filter(answered_at__isnull=value == "open")


class MessageIndexView(generic.IndexView):
    """The list, what waits first."""

    any_permission_required = LOOK

    def order_queryset(self, queryset: QuerySet[ContactMessage]) -> QuerySet[ContactMessage]:
        """Put what waits before what is answered, unless a column was clicked."""
        if self.is_explicitly_ordered and self.ordering:
            return queryset.order_by(self.ordering)
        return queryset.order_by(F("answered_at").desc(nulls_first=True), "-pk")


class MessageView(generic.InspectView):
    """One message, with one button."""

    any_permission_required = LOOK

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mark it as answered, or as waiting again."""
        if not self.user_has_permission("change"):
            raise PermissionDenied
        waits = "answered" in request.POST
        ContactMessage.objects.filter(pk=self.object.pk).update(
            answered_at=timezone.now() if waits else None, answered_by=request.user if waits else None
        )
        messages.success(request, _("%(ticket)s is marked.") % {"ticket": self.object.ticket})
        return redirect("messages:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the message and whether this person may mark it."""
        may_mark = self.user_has_permission("change")
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "message": self.object, "may_mark": may_mark}


class MessageViewSet(ModelViewSet):
    """The messages of visitors."""

    model = ContactMessage
    name = "messages"
    icon = "mail"
    menu_label = _("Messages")
    menu_order = 130
    add_to_admin_menu = True
    add_to_reference_index = False
    form_fields: list[str] = []
    index_view_class = MessageIndexView
    inspect_view_enabled = True
    inspect_view_class = MessageView
    inspect_template_name = "home/admin/message.html"
    inspect_view_fields = ["subject"]
    copy_view_enabled = False
    permission_policy = POLICY
    list_per_page = 50
    filterset_class = MessageFilterSet
    search_fields = ["name", "email", "order_number", "text"]
    search_backend_name = None
    list_display = [
        TitleColumn(
            "ticket", label=_("Ticket"), get_url=lambda message: reverse("messages:inspect", args=[message.pk])
        ),
        Column("subject", label=_("About"), accessor="get_subject_display"),
        Column("name", label=_("Name"), sort_key="name"),
        Column("email", label=_("Email")),
        Column("order_number", label=_("Order")),
        DateColumn("created_at", label=_("Received"), sort_key="created_at"),
        DateColumn("answered_at", label=_("Answered"), sort_key="answered_at"),
    ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Name no view that does not exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        return {**common, **{f"{view}_url_name": None for view in ("add", "edit", "history", "usage")}}

    def get_urlpatterns(self) -> list[Any]:
        """Keep the list, the message and its deletion, which a sender may ask for."""
        kept = ("index", "index_results", "inspect", "delete")
        return [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]

    def register_admin_url_finder(self) -> None:
        """Register none: there is no form to find."""

    def get_permissions_to_register(self) -> Any:
        """Offer groups only what can be done."""
        return POLICY.permissions()


def figure(user: Any) -> Figure | None:
    """Return how many messages wait, for people who may answer them."""
    if not POLICY.user_has_any_permission(user, LOOK):
        return None
    waiting = ContactMessage.objects.aggregate(number=Count("pk", filter=Q(answered_at=None)))["number"]
    words = _("message to answer") if waiting == 1 else _("messages to answer")
    return Figure("mail", str(waiting), str(words), f"{reverse('messages:index')}?state=open")


def mail_previews(user: Any) -> list[Preview]:
    """Return what the mails of messages look like, for people who may read messages."""
    if not POLICY.user_has_any_permission(user, LOOK):
        return []
    newest = ContactMessage.objects.first()
    message, source = newest or _sample(), newest.ticket if newest else gettext("made-up data")
    names = {"staff": gettext("Message, to staff"), "sender": gettext("Message, to its sender")}
    return [
        Preview(f"message-{reader}", names[reader], source, partial(letters.compose, mail))
        for reader in ContactMail.Reader.values
        for mail in [ContactMail(message=message, reader=reader)]
    ]


def _sample() -> ContactMessage:
    """Return a message with made-up words. Nothing of it is saved."""
    about, words = ContactMessage.Subject.GRIEVANCE, gettext("A mirror of my taxi is missing.")
    return ContactMessage(pk=42, name="Asha Kulkarni", email="asha@example.in", subject=about, text=words)
