"""What an editor is told while a product is written."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import UploadedFile
from django.forms.formsets import ORDERING_FIELD_NAME
from django.template.defaultfilters import filesizeformat
from django.urls import get_resolver
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Site

from catalog import films, publishing, variants

NO_MAKER = "Choose the maker: even a draft belongs to one."
NO_PICTURE = "Choose the picture, or delete this photo."


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
        if "brand" in self.fields:
            self.fields["brand"].error_messages["required"] = NO_MAKER
        for name, text in {"photos": publishing.NO_PHOTO, "variants": publishing.NO_VARIANT}.items():
            if name in self.formsets:
                self.formsets[name].error_messages["too_few_forms"] = text
        for form in self.formsets.get("photos", []):
            form.fields["image"].error_messages["required"] = NO_PICTURE

    def defer_required_fields(self) -> None:
        """Let a draft leave the first photo and the first variant empty, which the form asks for by itself.

        After a save in the background the browser takes such rows for saved ones, but without a primary key.
        """
        super().defer_required_fields()
        for form in self._fresh_rows():
            form.empty_permitted = True
            # Where a row stands says nothing of whether somebody filled it in.
            form.fields[ORDERING_FIELD_NAME].has_changed = lambda initial, data: False

    def _fresh_rows(self) -> list[Any]:
        sets = [self.formsets[name] for name in ("photos", "variants") if name in self.formsets]
        return [form for each in sets for form in each.forms if form.instance.pk is None]

    def _place_empty_rows(self) -> None:
        # Wagtail and Django order the rows of a form by a place, which they leave out of empty ones.
        for form in self._fresh_rows():
            if form.is_valid():
                form.cleaned_data.setdefault(ORDERING_FIELD_NAME, None)

    def clean(self) -> Any:
        """Add an error to every variant whose SKU is double, taken or fixed.

        And to every field that a product and its variants need to be published, when they are.
        """
        cleaned = super().clean()
        is_draft = self.is_deferred_validation or "action-cancel-workflow" in self.data
        self._place_empty_rows()
        if not is_draft:
            for name, text in publishing.lacks(self.cleaned_data).items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, text)
        if "variants" in self.formsets:
            # The rows are validated after the page; their SKUs are needed now.
            self.formsets["variants"].is_valid()
            rows = [form for form in self.formsets["variants"].forms if _counts(form)]
            self._check_skus(rows)
            if not is_draft:
                self._check_options(rows)
                self._check_whole(rows)
            self._check_approval(rows)
        return cleaned

    def _check_options(self, forms: list[Any]) -> None:
        options = [str(form.cleaned_data.get("option") or "").strip().casefold() for form in forms]
        double = {option for option, times in Counter(options).items() if times > 1}
        for form, option in zip(forms, options, strict=True):
            if option in double:
                form.add_error("option", "Two variants look the same to a shopper: say in what they differ.")

    def _check_whole(self, forms: list[Any]) -> None:
        found = {id(form.instance): form for form in forms}
        is_gift = bool(self.cleaned_data.get("per_person_limit"))
        for variant, name, text in variants.lacks([form.instance for form in forms], is_gift=is_gift):
            if name not in found[id(variant)].errors:
                found[id(variant)].add_error(name, text)

    def _check_approval(self, forms: list[Any]) -> None:
        # What is asked of prices reads the models, which import this module.
        from catalog import approval

        if not self.data.get("action-publish") or approval.may_publish(self.for_user):
            return
        sold = [form for form in forms if form.cleaned_data.get("is_active")]
        fresh = approval.fresh(self.instance, [(_sku(form), form.cleaned_data.get("price")) for form in sold])
        for form in sold:
            if _sku(form) in fresh:
                form.add_error("price", approval.WORDS)

    def _check_skus(self, forms: list[Any]) -> None:
        model = apps.get_model("catalog", "Variant")
        skus = [_sku(form) for form in forms]
        double = {sku for sku, times in Counter(skus).items() if sku and times > 1}
        taken = {row.sku: row for row in model.objects.filter(sku__in=skus).exclude(page_id=self.instance.pk)}
        fixed = variants.with_moved_stock(form.instance.pk for form in forms if form.instance.pk)
        known = dict(model.objects.filter(pk__in=fixed).values_list("pk", "sku"))
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
    is_filled = form.instance.pk is not None or form.has_changed()
    return is_filled and bool(getattr(form, "cleaned_data", None)) and not form.cleaned_data.get("DELETE")
