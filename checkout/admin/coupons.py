"""Coupons in Wagtail's admin: written and ended by owners, never deleted."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from catalog.admin.columns import RupeesColumn
from checkout.admin import policy
from checkout.coupons import OVER
from checkout.models import Coupon


class CouponViewSet(SnippetViewSet):
    """The coupons."""

    model = Coupon
    url_namespace = "coupons"
    url_prefix = "coupons"
    icon = "tag"
    menu_label = "Coupons"
    menu_order = 125
    add_to_admin_menu = True
    copy_view_enabled = False
    permission_policy = policy.COUPONS
    list_display = [
        "code",
        Column("what", label="Takes off", accessor="effect_text"),
        BooleanColumn("is_active", label="In use"),
        DateColumn("ends_at", label="Until"),
        Column("used", label="Orders", sort_key="used"),
        Column("limit", label="Of"),
        RupeesColumn("given", label="Given in all", sort_key="given"),
    ]
    list_filter = ["is_active", "kind"]
    search_fields = ["code"]
    search_backend_name = None
    list_export = ["code", "effect_text", "is_active", "starts_at", "ends_at", "used", "limit", "given"]
    export_filename = "coupons"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count the orders that use each coupon, and add up what it gave (paise)."""
        counts = ~Q(orders__status__in=OVER)
        return Coupon.objects.annotate(
            used=Count("orders", filter=counts), given=Sum("orders__discount", filter=counts, default=0)
        )

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """Offer groups only what can be done."""
        return policy.COUPONS.permissions()

    def register_chooser_viewset(self) -> None:
        """Register none: nothing chooses a coupon."""
