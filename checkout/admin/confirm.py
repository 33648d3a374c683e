"""The page that asks once more before a named act, and then does it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from checkout import disputes, orders, pieces
from checkout.admin import policy
from checkout.admin.acts import ACTS, Act, PlainForm, way_back
from checkout.models import Order


class ActView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """Show the question on GET, act on POST. A second submit finds nothing left to do and is told so."""

    permission_policy = policy.ORDERS
    permission_required = "ship"
    template_name = "checkout/admin/act.html"
    header_icon = "tasks"
    act: Act
    order: Order

    def get(self, request: HttpRequest, act: str, pk: int) -> HttpResponse:
        """Show the confirmation, or say why there is nothing to confirm."""
        self.act, self.order = ACTS[act], get_object_or_404(Order, pk=pk)
        if not self.act.is_open(self.order):
            return self._refuse()
        initial = {"carrier": self.order.carrier, "tracking_number": self.order.tracking_number}
        return self._page(self.act.form_class(initial=initial))

    def post(self, request: HttpRequest, act: str, pk: int) -> HttpResponse:
        """Move the order, unless the form has errors or somebody else was faster."""
        self.act, self.order = ACTS[act], get_object_or_404(Order, pk=pk)
        form = self.act.form_class(request.POST)
        if not self.act.is_open(self.order):
            return self._refuse()
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            self.act.perform(self.order, user=request.user, parcel=form.parcel())
        except orders.IllegalMove as refusal:
            messages.warning(request, f"{refusal} Nothing changed.")
            return redirect("orders:inspect", self.order.pk)
        messages.success(request, f"{self.order.number} is marked {self.act.done}.")
        return redirect("orders:inspect", self.order.pk)

    def get_page_title(self) -> str:
        """Return the words of the button."""
        return self.act.label

    def get_page_subtitle(self) -> str:
        """Return which order it is about."""
        return self.order.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the order."""
        return [*self.breadcrumbs_items, *way_back(self.request, self.order, self.act.label)]

    def _page(self, form: PlainForm, status: int = 200) -> HttpResponse:
        found = disputes.before_dispatch([self.order])
        reduced = pieces.not_to_send([self.order])
        context = self.get_context_data(order=self.order, act=self.act, form=form, disputes=found, reduced=reduced)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response

    def _refuse(self) -> HttpResponse:
        text = f"{self.order.number} cannot be marked {self.act.done}: {self.act.refusal(self.order)}. Nothing changed."
        messages.warning(self.request, text)
        return redirect("orders:inspect", self.order.pk)
