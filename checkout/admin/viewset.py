"""Orders in Wagtail's admin: listed, inspected, edited in a few fields; never added, copied or deleted."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, re_path
from wagtail.snippets.views.snippets import SnippetViewSet

from checkout.admin import policy
from checkout.admin.acts import ACTS
from checkout.admin.confirm import ActView
from checkout.admin.edit import AddressView, OrderEditView
from checkout.admin.export import COLUMNS
from checkout.admin.filters import OrderFilterSet
from checkout.admin.form import ADDRESS_PANELS, PARCEL_PANELS
from checkout.admin.inspect import OrderInspectView
from checkout.admin.listing import LIST_DISPLAY, OrderIndexView
from checkout.admin.mails import MailBodyView, MailView, PreviewBodyView, PreviewsView
from checkout.admin.money import CancelView, RefundView
from checkout.admin.notes import NoteView
from checkout.admin.search import TEXT_FIELDS
from checkout.models import Order

ABSENT = ("add", "copy", "delete", "history", "usage")


class OrderViewSet(SnippetViewSet):
    """The orders."""

    model = Order
    url_namespace = "orders"
    url_prefix = "orders"
    icon = "clipboard-list"
    menu_label = "Orders"
    menu_order = 110
    add_to_admin_menu = True
    # An index of what refers to what would cost queries in each checkout and tell nobody anything.
    add_to_reference_index = False
    index_view_class = OrderIndexView
    index_template_name = "checkout/admin/index.html"
    edit_view_class = OrderEditView
    edit_template_name = "checkout/admin/edit.html"
    edit_handler = PARCEL_PANELS
    inspect_view_enabled = True
    inspect_view_class = OrderInspectView
    inspect_template_name = "checkout/admin/inspect.html"
    inspect_view_fields = ["number"]
    copy_view_enabled = False
    permission_policy = policy.ORDERS
    list_display = LIST_DISPLAY
    list_per_page = 50
    ordering = ("-created_at", "-pk")
    filterset_class = OrderFilterSet
    search_fields = TEXT_FIELDS
    search_backend_name = None
    list_export = list(COLUMNS)
    export_filename = "orders"

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Name no view that does not exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        return {**common, **{f"{view}_url_name": None for view in ABSENT}}

    @property
    def address_view(self) -> Any:
        """The page on which name and address are corrected."""
        panels = ADDRESS_PANELS.bind_to_model(self.model)
        kwargs = self.get_edit_view_kwargs(panel=panels, form_class=panels.get_form_class())
        return self.construct_view(AddressView, **kwargs)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Leave out what nobody may do, and add the named acts."""
        acts = "|".join(ACTS)
        return [
            *(pattern for pattern in super().get_urlpatterns() if not str(pattern.name).startswith(ABSENT)),
            path("mails/", PreviewsView.as_view(), name="mail_previews"),
            path("mails/<slug:key>/body/", PreviewBodyView.as_view(), name="mail_preview_body"),
            re_path(r"^mail/(?P<pk>[0-9]{1,18})/$", MailView.as_view(), name="mail"),
            re_path(r"^mail/(?P<pk>[0-9]{1,18})/body/$", MailBodyView.as_view(), name="mail_body"),
            re_path(r"^refund/(?P<pk>[0-9]{1,18})/$", RefundView.as_view(), name="refund"),
            re_path(r"^note/(?P<pk>[0-9]{1,18})/$", NoteView.as_view(), name="note"),
            re_path(r"^address/(?P<pk>[0-9]{1,18})/$", self.address_view, name="address"),
            re_path(r"^cancel/(?P<pk>[0-9]{1,18})/$", CancelView.as_view(), name="cancel"),
            re_path(rf"^(?P<act>{acts})/(?P<pk>[0-9]{{1,18}})/$", ActView.as_view(), name="act"),
        ]

    def register_chooser_viewset(self) -> None:
        """Register none: Wagtail's choosers ask for no permission, and nothing chooses an order."""

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """Offer groups only what can be done."""
        return policy.ORDERS.permissions()
