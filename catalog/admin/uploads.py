"""Uploading a table of products or of counted stock: checked first, shown, confirmed, and then followed."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from catalog.models import CatalogPage, Upload, UploadLine
from catalog.uploads import working
from catalog.uploads.lines import Outcome
from catalog.uploads.report import XLSX, report, template
from catalog.uploads.table import MOST_BYTES, UnreadableTable

TITLES = {
    Upload.Kind.PRODUCTS: gettext_lazy("Import products"),
    Upload.Kind.STOCKTAKE: gettext_lazy("Stocktake"),
}
ICONS = {Upload.Kind.PRODUCTS: "upload", Upload.Kind.STOCKTAKE: "clipboard-list"}
BACK = {Upload.Kind.PRODUCTS: "products:index", Upload.Kind.STOCKTAKE: "stock:index"}
SHOWN = 200
LATELY = 10
# The worker looks every two seconds.
NOBODY_AFTER = timedelta(seconds=15)
# A person waits for this in the browser, and a thread of the server with them.
BY_HAND = 8.0


def may_upload(user: Any, kind: str) -> bool:
    """Return whether this person may bring in a table of this kind."""
    if kind == Upload.Kind.STOCKTAKE:
        return bool(user.has_perm("catalog.adjust_stock"))
    catalogue = CatalogPage.objects.order_by("path").first()
    return catalogue is not None and catalogue.permissions_for_user(user).can_add_subpage()


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, at most 5 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Split it."))
        return found


class Page(WagtailAdminTemplateMixin, View):
    """What the pages of uploads have in common: title, way back, and who may see them."""

    kind = ""
    subtitle = ""

    def allow(self, kind: str) -> None:
        """Remember the kind. Raises Http404 for another one, PermissionDenied for people who may not upload it."""
        if kind not in Upload.Kind.values:
            raise Http404
        if not may_upload(self.request.user, kind):
            raise PermissionDenied
        self.kind = kind

    def get_page_title(self) -> Any:
        """Return what is uploaded here."""
        return TITLES[Upload.Kind(self.kind)]

    def get_header_icon(self) -> str:
        """Return the icon of the kind."""
        return ICONS[Upload.Kind(self.kind)]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return the way back to the list that the table is about."""
        kind = Upload.Kind(self.kind)
        start = {"url": reverse("uploads:start", args=[self.kind]), "label": TITLES[kind]}
        name = _("Products") if kind == Upload.Kind.PRODUCTS else _("Stock")
        items = [*self.breadcrumbs_items, {"url": reverse(BACK[kind]), "label": name}, start]
        return [*items, {"url": "", "label": self.subtitle}] if self.subtitle else items


class StartView(Page):
    """The form, the template to fill in, and what was uploaded lately."""

    template_name = "catalog/admin/upload_start.html"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Show the form."""
        self.allow(kind)
        return self._page(UploadForm())

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Take the file in and show what would become of it."""
        self.allow(kind)
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                upload = working.receive(kind=kind, name=file.name, content=file.read(), user=request.user)
            except UnreadableTable as error:
                form.add_error("file", str(error))
            else:
                return redirect("uploads:show", upload.pk)
        return self._page(form, status=422)

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        written = UploadLine.objects.filter(upload=OuterRef("pk"), outcome__in=[Outcome.NEW, Outcome.CHANGED])
        latest = Upload.objects.filter(kind=self.kind).annotate(writes=Exists(written))
        latest = latest.defer("content").select_related("user")[:LATELY]
        context = self.get_context_data(form=form, kind=self.kind, uploads=latest)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


class ShowView(Page):
    """One upload: what would become of it, how far it is, and what became of it."""

    template_name = "catalog/admin/upload.html"
    upload: Upload

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it as it is now."""
        self.find(pk)
        response: HttpResponse = self.render_to_response(self.get_context_data(**told(self.upload)))
        return response

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm it, or do a share of it in this request where no worker runs. Twice is once."""
        self.find(pk)
        if "now" in request.POST and is_small(self.upload):
            if self.upload.state == Upload.State.CHECKING:
                working.check(self.upload)
            working.carry_on(self.upload, budget=BY_HAND)
        elif not working.confirm(self.upload, user=request.user):
            messages.warning(request, _("This was confirmed before. Nothing is imported twice."))
        return redirect("uploads:show", pk)

    def find(self, pk: int) -> None:
        """Find the upload. Raises Http404 or PermissionDenied."""
        self.upload = get_object_or_404(Upload.objects.select_related("user").defer("content"), pk=pk)
        self.allow(self.upload.kind)
        self.subtitle = self.upload.name


class StateView(ShowView):
    """How far it is, for the page's script."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Return it as JSON."""
        self.find(pk)
        upload = self.upload
        known = {"state": upload.state, "done": upload.done, "total": upload.total}
        return JsonResponse({**known, "moving": upload.is_moving, "nobody": nobody_works(upload)})


class ReportView(ShowView):
    """The whole report as a file."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return it as CSV."""
        self.find(pk)
        headers = {"Content-Disposition": f'attachment; filename="report-{pk}.csv"'}
        return HttpResponse(report(self.upload, stage_of(self.upload)), "text/csv; charset=utf-8", headers=headers)


class TemplateView(Page):
    """The file to fill in."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Return it as XLSX."""
        self.allow(kind)
        headers = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
        return HttpResponse(template(kind), XLSX, headers=headers)


def stage_of(upload: Upload) -> str:
    """Return which of the two reports counts now."""
    is_checked = upload.state in (Upload.State.CHECKING, Upload.State.CHECKED)
    return UploadLine.Stage.CHECK if is_checked else UploadLine.Stage.IMPORT


def nobody_works(upload: Upload) -> bool:
    """Return whether it should move and does not."""
    return upload.is_moving and upload.moved_at < timezone.now() - NOBODY_AFTER


def is_small(upload: Upload) -> bool:
    """Return whether a person may wait for it in the browser."""
    return upload.total <= working.SMALL


def told(upload: Upload) -> dict[str, Any]:
    """Return what the page of an upload shows: counts, all bad rows first, and the others, up to a number of each."""
    stage = stage_of(upload)
    counts, lines = working.counts(upload, stage), upload.lines.filter(stage=stage)
    return {
        "upload": upload,
        "counts": [(value, label, counts[value]) for value, label in Outcome.choices],
        "bad": lines.filter(outcome=Outcome.BAD)[:SHOWN],
        "others": lines.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED])[:SHOWN],
        "writes": counts[Outcome.NEW] + counts[Outcome.CHANGED],
        "shown": SHOWN,
        "nobody": nobody_works(upload),
        "is_small": is_small(upload),
        "is_checked": upload.state == Upload.State.CHECKED,
    }


def addresses() -> list[URLPattern]:
    """Return the addresses below /admin/uploads/."""
    return [
        path("<int:pk>/", ShowView.as_view(), name="show"),
        path("<int:pk>/state/", StateView.as_view(), name="state"),
        path("<int:pk>/report.csv", ReportView.as_view(), name="report"),
        path("<slug:kind>/", StartView.as_view(), name="start"),
        path("<slug:kind>/template.xlsx", TemplateView.as_view(), name="template"),
    ]
