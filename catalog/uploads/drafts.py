"""Finding the newest draft of a product, and writing it as an editor's save would."""

from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.coreutils import find_available_slug

from catalog.models import CatalogPage, ProductPage, Variant

MOST_NAMESAKES = 20


class Drafts:
    """The products of the catalogue as their newest drafts.

    On trial nothing is written: what was changed is remembered, so that later rows build on it.
    """

    def __init__(self, *, user: Any = None, trial: bool) -> None:
        self.user, self.trial = user, trial
        # Remembered as text, so that a bad row leaves no trace in them; found by SKU, primary key and title.
        self._kept: list[str] = []
        self._places: dict[tuple[str, Any], int] = {}
        self._titles: dict[str, set[int]] = defaultdict(set)

    def lock(self) -> None:
        """Let one import at a time write below the catalogue, so that two never make the same product."""
        list(CatalogPage.objects.select_for_update(of=("self",)).order_by("pk"))

    def find(self, sku: str, title: str, **labels: Any) -> ProductPage | None:
        """Return the product that has the SKU or, for a new SKU, the one with this title and these labels.

        Raises ValueError when several products have them.
        """
        if ("sku", sku) in self._places:
            return self._remembered(self._places["sku", sku])
        page_id = Variant.objects.filter(sku=sku).values_list("page_id", flat=True).first()
        if page_id is not None:
            return self._newest(page_id)
        named = self._named(title) if title else []
        found = [page for page in named if all(getattr(page, name) == value for name, value in labels.items())]
        if len(found) > 1:
            raise ValueError(_("Several products have this title, maker and scale: rename one of them first."))
        return found[0] if found else None

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
        place = getattr(page, "trial_place", len(self._kept))
        self._kept[place : place + 1] = [page.to_json()]
        self._titles[page.title.casefold()].add(place)
        self._places["sku", sku] = place
        if page.pk is not None:
            self._places["pk", page.pk] = place

    def _named(self, title: str) -> list[ProductPage]:
        remembered = [self._remembered(place) for place in sorted(self._titles.get(title.casefold(), ()))]
        known = {page.pk for page in remembered}
        named = ProductPage.objects.filter(Q(title__iexact=title) | Q(draft_title__iexact=title)).order_by("pk")
        found = named.values_list("pk", flat=True)[:MOST_NAMESAKES]
        return [*remembered, *(self._newest(pk) for pk in found if pk not in known)]

    def _newest(self, page_id: int) -> ProductPage:
        if ("pk", page_id) in self._places:
            return self._remembered(self._places["pk", page_id])
        found: ProductPage = ProductPage.objects.get(pk=page_id).get_latest_revision_as_object()
        # A page without unpublished changes comes from the database: its variants must be held to be changed.
        found.variants = list(found.variants.all())
        return found

    def _remembered(self, place: int) -> ProductPage:
        page: ProductPage = ProductPage.from_json(self._kept[place])
        page.trial_place = place
        return page

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
