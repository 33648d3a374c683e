"""The page with the edit form of an order."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from wagtail.admin.ui.components import MediaContainer
from wagtail.snippets.views import snippets

from checkout.admin import edits
from checkout.models import Order


class OrderEditView(snippets.EditView):
    """Writes the changed fields alone; see `edits.save`."""

    template_name = "checkout/admin/edit.html"

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
