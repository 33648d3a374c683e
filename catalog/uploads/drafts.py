"""Finding the newest draft of a product, and writing it as an editor's save would."""

from typing import Any

from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.coreutils import find_available_slug

from catalog.models import CatalogPage, ProductPage, Variant


class Drafts:
    """The products of the catalogue as their newest drafts.

    On trial nothing is written: what was changed is remembered, so that later rows build on it.
    """

    def __init__(self, *, user: Any = None, trial: bool) -> None:
        self.user, self.trial = user, trial
        # Remembered as text, so that a bad row leaves no trace in them.
        self._places: dict[Any, int] = {}
        self._kept: list[str] = []

    def lock(self) -> None:
        """Let one import at a time write below the catalogue, so that two never make the same product."""
        list(CatalogPage.objects.select_for_update(of=("self",)).order_by("pk"))

    def find(self, sku: str, title: str) -> ProductPage | None:
        """Return the product that has the SKU or, for a new SKU, the title. Raises ValueError for a double title."""
        if (page := self._remembered(("sku", sku))) is not None:
            return page
        page_id = Variant.objects.filter(sku=sku).values_list("page_id", flat=True).first()
        if page_id is not None:
            return self._newest(page_id)
        if not title:
            return None
        if (page := self._remembered(("title", title.casefold()))) is not None:
            return page
        named = ProductPage.objects.filter(Q(title__iexact=title) | Q(draft_title__iexact=title))
        found = list(named.order_by("pk").values_list("pk", flat=True)[:2])
        if len(found) > 1:
            raise ValueError(_("Two products have this title: rename one of them first."))
        return self._newest(found[0]) if found else None

    def refusal(self, page: ProductPage) -> str:
        """Return why this person may not change the product now, or an empty text."""
        if page.pk is None:
            return self._refused_addition()
        lock = page.get_lock()
        if lock and (self.user is None or lock.for_user(self.user)):
            return _("This product is locked, scheduled, or waits for a moderator. Release it first.")
        if self.user is not None and not page.permissions_for_user(self.user).can_edit():
            return _("You may not edit this product.")
        return ""

    def keep(self, page: ProductPage, sku: str) -> None:
        """Write the draft; on trial, remember it."""
        if not self.trial:
            self._write(page)
            return
        names = [("sku", sku), ("title", page.title.casefold()), ("pk", page.pk)]
        place = next((self._places[name] for name in names if name in self._places and name[1]), len(self._kept))
        self._kept[place : place + 1] = [page.to_json()]
        self._places.update((name, place) for name in names if name[1])

    def _newest(self, page_id: int) -> ProductPage:
        if (page := self._remembered(("pk", page_id))) is not None:
            return page
        found: ProductPage = ProductPage.objects.get(pk=page_id).get_latest_revision_as_object()
        # A page without unpublished changes comes from the database: its variants must be held to be changed.
        found.variants = list(found.variants.all())
        return found

    def _remembered(self, name: tuple[str, Any]) -> ProductPage | None:
        return ProductPage.from_json(self._kept[self._places[name]]) if name in self._places else None

    def _refused_addition(self) -> str:
        catalogue = CatalogPage.objects.order_by("path").first()
        if catalogue is None:
            return _("There is no catalogue yet: add a page of that kind below the home page first.")
        if self.user is not None and not catalogue.permissions_for_user(self.user).can_add_subpage():
            return _("You may not add products.")
        return ""

    def _write(self, page: ProductPage) -> None:
        is_new = page.pk is None
        if is_new:
            catalogue = CatalogPage.objects.order_by("path")[0]
            page.slug = find_available_slug(catalogue, slugify(page.title, allow_unicode=True)[:200] or "product")
            page.live, page.owner = False, self.user
            catalogue.add_child(instance=page)
        elif not page.live:
            page.save()
        page.save_revision(user=self.user, log_action=not is_new)
