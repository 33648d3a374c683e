"""Changing the prices of the products that were ticked: asked for, shown before and after, then written."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, dumps, loads
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page

from catalog import approval
from catalog.fields import RupeeField
from catalog.models import ProductPage
from catalog.repricing import Change, Rounding, Rule, changes, newest, reprice

WAYS = [
    ("raise", gettext_lazy("Raise")),
    ("lower", gettext_lazy("Lower")),
]
MOST = 100


class PriceForm(forms.Form):
    """By how much, in which direction, and how it is rounded."""

    use_required_attribute = False
    way = forms.ChoiceField(label=gettext_lazy("Way"), choices=WAYS)
    percent = forms.DecimalField(
        label=gettext_lazy("Percent"),
        required=False,
        min_value=0,
        max_value=90,
        decimal_places=2,
        help_text=gettext_lazy("Such as 7.5. Fill in this or the amount."),
    )
    amount = RupeeField(label=gettext_lazy("Amount (₹)"), required=False, help_text=gettext_lazy("Such as 100."))
    rounding = forms.ChoiceField(label=gettext_lazy("Round"), choices=Rounding.choices, initial=Rounding.RUPEE)
    publish = forms.BooleanField(
        label=gettext_lazy("Publish at once"),
        required=False,
        initial=True,
        help_text=gettext_lazy("What is live and has no other unpublished changes. Everything else gets a draft."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned.get("percent")) == bool(cleaned.get("amount")):
            raise forms.ValidationError(_("Fill in the percent or the amount, one of the two."))
        return cleaned

    def rule(self) -> Rule:
        """Return what was asked for."""
        sign = 1 if self.cleaned_data["way"] == "raise" else -1
        return Rule(
            basis_points=sign * int((self.cleaned_data["percent"] or 0) * 100),
            paise=sign * (self.cleaned_data["amount"] or 0),
            rounding=self.cleaned_data["rounding"],
        )


class PriceBulkAction(PageBulkAction):
    """Two steps: the first POST shows every price before and after, the second one writes what was shown."""

    models = [Page]
    display_name = gettext_lazy("Change prices")
    action_type = "change_prices"
    aria_label = gettext_lazy("Change the prices of the selected products")
    template_name = "catalog/admin/prices.html"
    action_priority = 45
    form_class = PriceForm

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Any) -> list[ProductPage]:
        """Return the ticked products, up to 100; what is no id is left out."""
        ids = [each for each in map(str, object_ids) if each.isascii() and each.isdecimal() and len(each) < 19]
        return list(ProductPage.objects.filter(pk__in=ids).order_by("title", "pk")[:MOST])

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[ProductPage]:
        """Return nothing: only what somebody has seen and ticked is changed."""
        none: QuerySet[ProductPage] = ProductPage.objects.none()
        return none

    def check_perm(self, obj: ProductPage) -> bool:
        """Keep what this person may edit and nobody has locked."""
        lock = obj.get_lock()
        return obj.permissions_for_user(self.request.user).can_edit() and not (
            lock and lock.for_user(self.request.user)
        )

    def object_context(self, obj: ProductPage) -> dict[str, Any]:
        """Return the product alone."""
        return {"item": obj}

    def form_valid(self, form: PriceForm) -> HttpResponse:
        """Show the prices; with what was shown, write them."""
        products, rule = self.get_actionable_objects()[0], form.rule()
        expected = self._seen()
        if expected is None:
            return self._preview(form, products, rule)
        done, refused = self._write(products, rule, expected, publish=form.cleaned_data["publish"])
        self._tell(done, refused)
        return redirect(self.next_url if self.next_url != self.request.path else reverse("products:index"))

    def _preview(self, form: PriceForm, products: list[ProductPage], rule: Rule) -> HttpResponse:
        rows = [(page, changes(newest(page), rule)) for page in products]
        shown = {
            str(page.pk): [[each.sku, each.before, each.after, each.refusal] for each in row] for page, row in rows
        }
        good = [page for page, row in rows if row and not any(each.refusal for each in row)]
        context = self.get_context_data(form=form, rows=rows, seen=dumps(shown, compress=True), good=good)
        response: HttpResponse = self.render_to_response(context)
        return response

    def _seen(self) -> dict[str, list[Change]] | None:
        """Return the prices that were shown, or None when none were yet."""
        try:
            shown = loads(self.request.POST.get("seen", ""), max_age=3600)
        except BadSignature:
            return None
        return {key: [Change(*each) for each in row] for key, row in shown.items()}

    def _write(
        self, products: list[ProductPage], rule: Rule, expected: dict[str, list[Change]], *, publish: bool
    ) -> tuple[dict[str, int], list[str]]:
        done = {"published": 0, "submitted": 0, "drafted": 0, "skipped": 0}
        refused = []
        for page in products:
            wanted = expected.get(str(page.pk)) or []
            if not wanted or any(each.refusal for each in wanted):
                done["skipped"] += 1
                continue
            try:
                end = reprice(page.pk, rule, expected=wanted, user=self.request.user, publish=publish)
            except ValidationError as error:
                refused.append(f"{page.title}: {' '.join(error.messages)}")
            except PermissionDenied as error:
                refused.append(f"{page.title}: {error}")
            else:
                done[self._submitted(page) if end == "waiting" else end] += 1
        return done, refused

    def _submitted(self, page: ProductPage) -> str:
        # Outside the transaction that wrote the draft: a workflow sends mail to those who approve.
        return "submitted" if approval.submit(page.pk, self.request.user) else "drafted"

    def _tell(self, done: dict[str, int], refused: list[str]) -> None:
        for end, text in self._words(done).items():
            if done[end]:
                level = messages.WARNING if end == "skipped" else messages.SUCCESS
                messages.add_message(self.request, level, text % {"n": done[end]})
        if refused:
            messages.warning(self.request, _("Nothing changed here: %(which)s") % {"which": " ".join(refused)})
        if not any(done.values()) and not refused:
            messages.warning(self.request, _("No price could be changed."))

    def _words(self, done: dict[str, int]) -> dict[str, str]:
        return {
            "published": ngettext(
                "%(n)s product has new prices.", "%(n)s products have new prices.", done["published"]
            ),
            "submitted": ngettext(
                "The new prices of %(n)s product wait for approval.",
                "The new prices of %(n)s products wait for approval.",
                done["submitted"],
            ),
            "drafted": ngettext(
                "%(n)s product has a draft with new prices.",
                "%(n)s products have drafts with new prices.",
                done["drafted"],
            ),
            "skipped": ngettext(
                "%(n)s product stays as it is, as was shown.",
                "%(n)s products stay as they are, as was shown.",
                done["skipped"],
            ),
        }
