"""The page on which staff write a note about an order."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from checkout import notes
from checkout.admin import policy
from checkout.admin.acts import way_back
from checkout.forms import CHECKOUT_KEY
from checkout.models import Order

READERS = [("staff", "Colleagues only"), ("buyer", "The buyer: it is emailed now and stands on the page of the order")]


class NoteForm(forms.Form):
    """What is written, and who reads it. `key` makes one note of a form that is sent twice."""

    use_required_attribute = False
    reader = forms.ChoiceField(label="Who reads it", choices=READERS, widget=forms.RadioSelect, initial="staff")
    text = forms.CharField(
        label="Note",
        max_length=1000,
        widget=forms.Textarea({"rows": 5}),
        help_text="Such as Wants it gift-wrapped, or We send it on Monday: the box is on its way to us.",
        error_messages={"required": "Write something."},
    )
    key = forms.CharField(widget=forms.HiddenInput, validators=[CHECKOUT_KEY])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = secrets.token_urlsafe(18)


class NoteView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """Show the form on GET, write on POST."""

    permission_policy = policy.ORDERS
    permission_required = "change"
    template_name = "checkout/admin/note.html"
    page_title = "Add a note"
    header_icon = "comment"
    order: Order

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form."""
        self.order = get_object_or_404(Order, pk=pk)
        return self._page(NoteForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the note, once."""
        self.order, user = get_object_or_404(Order, pk=pk), request.user
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        data, for_buyer = form.cleaned_data, form.cleaned_data["reader"] == "buyer"
        try:
            is_new = notes.add(pk, text=data["text"], for_buyer=for_buyer, key=data["key"], user=user)  # type: ignore[arg-type]
        except notes.NobodyToTell as refusal:
            form.add_error("reader", str(refusal))
            return self._page(form, status=422)
        if is_new:
            log(instance=self.order, action="checkout.note", user=user)
        reader = f"goes to {self.order.email} in a moment" if for_buyer else "is kept for colleagues"
        messages.success(request, f"The note {reader}.")
        return redirect("orders:inspect", pk)

    def get_page_subtitle(self) -> str:
        """Return which order it is about."""
        return self.order.number

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the order."""
        return [*self.breadcrumbs_items, *way_back(self.request, self.order, self.page_title)]

    def _page(self, form: NoteForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(order=self.order, form=form)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response
