"""Cases that a person must decide: listed, looked at, closed with words. Nobody adds or deletes one."""

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from checkout import judgement
from checkout.admin import decisions, desk, policy
from checkout.admin.columns import LinkColumn, PaymentColumn
from checkout.admin.decision_form import ResolutionForm
from checkout.admin.money import tell
from checkout.models import AttentionCase, Refund
from checkout.models.attention import CaseKind

STATES = [("open", "Open"), ("closed", "Closed")]
CASES = AttentionCase.objects.select_related("order", "payment", "closed_by")


class StateFilter(django_filters.ChoiceFilter):
    """Open or closed."""

    def filter(self, qs: QuerySet[AttentionCase], value: str) -> QuerySet[AttentionCase]:
        """Keep the cases in this state."""
        return qs.filter(closed_at__isnull=value == "open") if value else qs


class CaseFilterSet(WagtailFilterSet):
    """State and kind of cases."""

    state = StateFilter(choices=STATES, label="State", widget=forms.RadioSelect, empty_label="All")
    kind = django_filters.MultipleChoiceFilter(choices=CaseKind.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = AttentionCase
        fields: list[str] = []


class CaseIndexView(generic.IndexView):
    """The list, open cases first."""

    any_permission_required = list(policy.LOOK)

    def get_base_queryset(self) -> QuerySet[AttentionCase]:
        """Read order, payment and person with the case."""
        return CASES.all()

    def order_queryset(self, queryset: QuerySet[AttentionCase]) -> QuerySet[AttentionCase]:
        """Put what waits before what is decided, unless a column was clicked."""
        if self.is_explicitly_ordered and self.ordering:
            return queryset.order_by(self.ordering)
        return queryset.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-pk")


class CaseView(generic.InspectView):
    """One case. While it is open, people with the permission can close it."""

    page_title = "Attention"
    any_permission_required = list(policy.LOOK)
    form: ResolutionForm | None = None
    refund: Refund | None = None

    def get_object(self, queryset: Any = None) -> AttentionCase:
        """Return the case, but look for none when the person may not see cases."""
        if not self.permission_policy.user_has_any_permission(self.request.user, policy.LOOK):
            raise PermissionDenied
        return get_object_or_404(CASES, pk=self.pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Close the case. The first one to do so has the last word."""
        if not self.user_has_permission("change"):
            raise PermissionDenied
        choices = decisions.choices(self.object, request.user)
        if not choices:
            return self._too_late()
        self.form = ResolutionForm(request.POST, case=self.object, choices=choices)
        if not self.form.is_valid() or not self._decide(self.form):
            page: HttpResponse = self.render_to_response(self.get_context_data(), status=422)
            return page
        self.object.refresh_from_db()
        if self.refund is None and self.object.closed_by_id != request.user.pk:
            return self._too_late()
        log(instance=self.object, action="checkout.close_case", user=request.user)
        if self.refund:
            tell(request, self.refund)
        else:
            messages.success(request, self._closed_text(self.form.chosen()))
        return redirect("attention:desk")

    def _decide(self, form: ResolutionForm) -> bool:
        data = form.cleaned_data
        try:
            self.refund = decisions.take(
                self.object,
                form.chosen(),
                user=self.request.user,
                words=data["resolution"],
                order_number=data.get("order", ""),
                ticks=form.ticks(),
            )
        except decisions.Refused as refusal:
            form.add_error(None, str(refusal))
            return False
        return True

    def _closed_text(self, decision: str) -> str:
        payment = self.object.payment
        became = judgement.tell(payment.order, payment) if decision == "link" and payment and payment.order else ""
        return f"The case is closed. {became}".strip()

    def get_page_subtitle(self) -> str:
        """Return the kind of the case."""
        return str(self.object.get_kind_display())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, when there is something to decide, and what the ledger knows of the payment."""
        choices = decisions.choices(self.object, self.request.user)
        form = self.form or (ResolutionForm(case=self.object, choices=choices) if choices else None)
        payment = self.object.payment
        ledger = payment.entries.select_related("payment", "user") if payment else []
        is_for_others = decisions.is_for_others(self.object, self.request.user) and not self.object.closed_at
        context: dict[str, Any] = super().get_context_data(
            case=self.object, form=form, ledger=ledger, is_for_others=is_for_others, **kwargs
        )
        return context

    def _too_late(self) -> HttpResponse:
        text = f"already closed: {self.object.resolution}" if self.object.closed_at else "not yours to decide"
        messages.warning(self.request, f"This case is {text}")
        return redirect("attention:inspect", self.object.pk)


class CountedMenuItem(MenuItem):
    """A menu item that tells how much waits, for people who may see cases."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to people who may see cases."""
        return policy.CASES.user_has_any_permission(request.user, policy.LOOK)

    def render_component(self, request: HttpRequest) -> Any:
        """Return the item with the count in its label."""
        component, count = super().render_component(request), desk.count(request)
        component.label = f"{self.label} ({count})" if count else self.label
        return component


class CaseViewSet(ModelViewSet):
    """The desk, and the list of all cases."""

    model = AttentionCase
    name = "attention"
    icon = "warning"
    menu_label = "Attention"
    menu_order = 120
    menu_item_class = CountedMenuItem
    add_to_admin_menu = True
    add_to_reference_index = False
    form_fields: list[str] = []
    index_view_class = CaseIndexView
    inspect_view_enabled = True
    inspect_view_class = CaseView
    inspect_template_name = "checkout/admin/case.html"
    inspect_view_fields = ["kind"]
    copy_view_enabled = False
    permission_policy = policy.CASES
    list_per_page = 50
    filterset_class = CaseFilterSet
    search_fields = ["text", "order__number", "payment__razorpay_payment_id", "resolution"]
    search_backend_name = None
    list_display = [
        TitleColumn(
            "kind",
            label="What",
            accessor="get_kind_display",
            get_url=lambda case: reverse("attention:inspect", args=[case.pk]),
        ),
        LinkColumn(
            "order",
            label="Order",
            accessor="order.number",
            classname="shop-link",
            get_url=lambda case: reverse("orders:inspect", args=[case.order_id]) if case.order_id else None,
        ),
        Column("payment", label="Payment", accessor="payment.razorpay_payment_id", classname="shop-id shop-wide"),
        PaymentColumn("amount", label="Amount", accessor="payment", classname="shop-amount shop-wide"),
        Column("text", label="Why", classname="shop-why"),
        DateColumn("opened_at", label="Opened", sort_key="opened_at", classname="shop-wide"),
        Column("resolution", label="Decision", classname="shop-wide"),
    ]

    @property
    def menu_url(self) -> str:
        """Lead to the desk; the list has what was decided too."""
        return reverse("attention:desk")

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Name no view that does not exist."""
        common: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        absent = ("add", "edit", "delete", "history", "usage")
        return {**common, **{f"{view}_url_name": None for view in absent}}

    def get_urlpatterns(self) -> list[URLPattern]:
        """Keep the list and the case, and add the desk."""
        kept = ("index", "index_results", "inspect")
        patterns = [pattern for pattern in super().get_urlpatterns() if pattern.name in kept]
        return [*patterns, path("desk/", desk.DeskView.as_view(), name="desk")]

    def register_admin_url_finder(self) -> None:
        """Register none: there is no form to find."""

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """Offer groups only what can be done."""
        return policy.CASES.permissions()
