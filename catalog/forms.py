"""What an editor is told while a product is written."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.urls import get_resolver
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Site

from catalog import films, publishing
from catalog.variants import with_moved_stock


class TopPageForm(WagtailAdminPageForm):
    """The editor of a page that may stand right below the home page, where the shop has addresses of its own."""

    def clean(self) -> Any:
        """Refuse a slug that one of the shop's own addresses would hide."""
        cleaned = super().clean()
        slug = self.cleaned_data.get("slug")
        is_at_the_top = Site.objects.filter(root_page=self.parent_page).exists()
        if slug and is_at_the_top and slug in taken_slugs():
            self.add_error("slug", f"The shop itself uses /{slug}/: choose another slug, or nobody will see this page.")
        return cleaned


def taken_slugs() -> set[str]:
    """Return the first parts of the shop's own addresses."""
    routes = [str(entry.pattern) for entry in _entries(get_resolver().url_patterns)]
    return {route.partition("/")[0] for route in routes} - {""}


def _entries(patterns: list[Any]) -> list[Any]:
    # Addresses that are included without a prefix begin with their own first part.
    return [
        found for entry in patterns for found in (_entries(entry.url_patterns) if str(entry.pattern) == "" else [entry])
    ]


class ProductPageForm(WagtailAdminPageForm):
    """The product editor: checks the SKUs against each other, against other products and against the stock book.

    What is published must be whole (`catalog/publishing.py`); a draft need not.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "photos" in self.formsets:
            self.formsets["photos"].error_messages["too_few_forms"] = publishing.NO_PHOTO

    def clean(self) -> Any:
        """Add an error to every variant that is given away by mistake, or whose SKU is double, taken or fixed.

        And to every field that a product needs to be published, when it is.
        """
        cleaned = super().clean()
        if not self.is_deferred_validation and "action-cancel-workflow" not in self.data:
            for name, text in publishing.lacks(self.cleaned_data).items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, text)
        if "variants" in self.formsets:
            # The rows are validated after the page; their SKUs are needed now.
            self.formsets["variants"].is_valid()
            rows = [form for form in self.formsets["variants"].forms if _counts(form)]
            self._check_skus(rows)
            self._check_options(rows)
            self._check_gifts(rows)
        return cleaned

    def _check_options(self, forms: list[Any]) -> None:
        options = [str(form.cleaned_data.get("option") or "").strip().casefold() for form in forms]
        double = {option for option, times in Counter(options).items() if times > 1}
        for form, option in zip(forms, options, strict=True):
            if option in double:
                form.add_error("option", "Two variants look the same to a shopper: say in what they differ.")

    def _check_gifts(self, forms: list[Any]) -> None:
        # A price that was forgotten must not empty the shelf, and a gift is not for one person alone.
        for form in forms:
            if form.cleaned_data.get("price") == 0 and not self.cleaned_data.get("per_person_limit"):
                form.add_error("price", "Only a gift costs ₹0: say below how many pieces one person may have.")

    def _check_skus(self, forms: list[Any]) -> None:
        variant = apps.get_model("catalog", "Variant")
        skus = [_sku(form) for form in forms]
        double = {sku for sku, times in Counter(skus).items() if sku and times > 1}
        taken = {row.sku: row for row in variant.objects.filter(sku__in=skus).exclude(page_id=self.instance.pk)}
        fixed = with_moved_stock(form.instance.pk for form in forms if form.instance.pk)
        known = dict(variant.objects.filter(pk__in=fixed).values_list("pk", "sku"))
        for form, sku in zip(forms, skus, strict=True):
            if sku in double:
                form.add_error("sku", f"{sku} is used twice on this page.")
            if sku in taken:
                form.add_error("sku", f"{sku} belongs to {taken[sku].page.title}. Every SKU is used once in the shop.")
            if form.instance.pk in known and known[form.instance.pk] != sku:
                form.add_error(
                    "sku",
                    f"Stock of {known[form.instance.pk]} has moved, so this SKU can no longer change. "
                    "Add a new variant and untick “for sale” on this one.",
                )


class ProductCopyForm(CopyForm):
    """Copying a product: always as a draft, since its variants need SKUs first; never as an alias, which has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)


class VideoForm(WagtailAdminModelForm):
    """The editor of a film: looks into its files, and leaves those that pages show as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["poster"].required = True
        self.fields["file"].help_text = f"MP4 or WebM, at most {filesizeformat(films.LARGEST)}."
        self.fields["file"].widget.attrs["accept"] = ",".join(films.KINDS)
        self.fields["captions"].widget.attrs["accept"] = ".vtt"
        if self.instance.pk:
            self.fields["file"].disabled = True
            self.fields["file"].help_text = "It stays as it is. Add another video for another film."

    def clean_file(self) -> Any:
        """Refuse what is no film."""
        return self._looked_at("file", films.check_film)

    def clean_captions(self) -> Any:
        """Refuse what are no captions."""
        return self._looked_at("captions", films.check_captions)

    def _looked_at(self, name: str, check: Callable[[Any], None]) -> Any:
        """Return what was sent; what is stored already was looked at when it came."""
        file = self.cleaned_data.get(name)
        if isinstance(file, UploadedFile):
            check(file)
        return file


def _sku(form: Any) -> str:
    return str(form.cleaned_data.get("sku") or "").strip().upper()


def _counts(form: Any) -> bool:
    """Return True for a row that was filled in and is not marked for deletion."""
    return bool(getattr(form, "cleaned_data", None)) and not form.cleaned_data.get("DELETE")
