"""The pages with the forms of an order: note and parcel, and until dispatch name and address."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.ui.components import MediaContainer
from wagtail.snippets.views import snippets

from checkout.admin import edits, policy
from checkout.admin.acts import way_back
from checkout.models import Order


class OrderEditView(snippets.EditView):
    """Writes the changed fields alone; see `edits.save`."""

    template_name = "checkout/admin/edit.html"
    page_title = "Edit note and parcel"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the order."""
        return [*self.breadcrumbs_items, *way_back(self.request, self.object, self.page_title)]

    def get_object(self, queryset: Any = None) -> Order:
        """Return the order, but look for none when the person may not change orders."""
        if not self.permission_policy.user_has_permission(self.request.user, "change"):
            raise PermissionDenied
        order: Order = super().get_object(queryset)
        return order

    def save_instance(self) -> Order:
        """Save what this person changed."""
        self.has_content_changes = bool(self.form.changes)
        return edits.save(self.object.pk, self.form.changes, user=self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        """Save, or show the form again when the parcel left or was paid for while it was open."""
        try:
            response: HttpResponse = super().form_valid(form)
        except edits.Fixed as refusal:
            form.add_error(None, str(refusal))
            self.produced_error_message = self.get_error_message()
            response = self.form_invalid(form)
        return response

    def get_success_message(self) -> str:
        """Tell what was saved."""
        if not self.has_content_changes:
            return f"{self.object.number}: there was nothing to save."
        return f"{self.object.number} is saved: {', '.join(edits.label(name) for name in self.form.changes)}."

    def get_success_buttons(self) -> list[Any]:
        """Return none: the page that follows has them."""
        return []

    def get_success_url(self) -> str:
        """Return to the order."""
        return reverse("orders:inspect", args=[self.object.pk])

    def get_side_panels(self) -> Any:
        """Return none: the order's timeline stands on its own page."""
        return MediaContainer([])


class AddressView(OrderEditView):
    """Corrects name and address, as long as the parcel is here."""

    page_title = "Correct address"
    header_icon = "home"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say so when there is nothing to correct any more."""
        order = self.object = self.get_object()
        if not order.address_may_change:
            state = order.get_status_display().lower()
            messages.warning(request, f"The address of {order.number} is fixed: it is {state}. Nothing changed.")
            return redirect("orders:inspect", order.pk)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_edit_url(self) -> str:
        """Return where this form is sent."""
        return address_url(self.object)


def address_url(order: Order) -> str:
    """Return the page on which name and address are corrected."""
    return reverse("orders:address", args=[order.pk])


def may_correct(order: Order, user: Any) -> bool:
    """Tell whether this person can correct the address now."""
    return order.address_may_change and policy.ORDERS.user_has_permission(user, "change")
