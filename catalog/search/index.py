"""What the search knows of each product: written when a product or one of its labels changes, never by a visit."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from wagtail.rich_text import get_text_for_indexing

from catalog.models.pages import ProductPage, ProductPhoto
from catalog.models.search import SearchEntry
from catalog.models.variant import Variant
from catalog.search.words import split_for_index

logger = logging.getLogger(__name__)

BATCH = 500
MOST_WORDS = 2000
"""Words kept of one part of an entry. Nobody writes so much about a model car, but a paste can hold a book."""
PARTS = ("name", "labels", "details", "story")


def refresh(pages: Iterable[int]) -> int:
    """Write the entries of these products anew, drop those of products that are not live; return how many there are."""
    wanted = sorted(set(pages))
    entries = [entry for batch in _batches(wanted) for entry in _written(batch)]
    gone = set(wanted) - {entry.page_id for entry in entries}
    SearchEntry.objects.filter(page_id__in=gone).delete()
    return len(entries)


def label_changed(**label: Any) -> None:
    """Write the entries of the live products anew that carry a label, such as `brand=brand`."""
    _follow(ProductPage.objects.live().filter(**label).values_list("pk", flat=True))


def rebuild(told: Callable[[int], object] = lambda number: None) -> int:
    """Write every entry anew, in batches; `told` hears how many are done. Safe to stop and to run again."""
    SearchEntry.objects.exclude(page__live=True).delete()
    done = 0
    for batch in _batches(list(ProductPage.objects.live().order_by("pk").values_list("pk", flat=True))):
        done += refresh(batch)
        told(len(batch))
    return done


def catch_up() -> int:
    """Write what a change in bulk, a restored database or a crash left out; return how many entries. For the worker."""
    SearchEntry.objects.exclude(page__live=True).delete()
    return refresh(stale().values_list("pk", flat=True))


def stale() -> QuerySet[ProductPage]:
    """Return the live products that the search does not know, or knows as they were before their last publication."""
    is_old = Q(search_entry__indexed_at__lt=F("last_published_at"))
    found: QuerySet[ProductPage] = ProductPage.objects.live().filter(Q(search_entry=None) | is_old)
    return found


def page_changed(sender: type, instance: ProductPage, **kwargs: Any) -> None:
    """Follow a product that was published, unpublished or moved."""
    _follow([instance.pk])


def _follow(pages: Iterable[int]) -> None:
    """Refresh entries without ever being in the way of an editor: what fails is logged, and the worker catches up."""
    try:
        with transaction.atomic():
            refresh(pages)
    except DatabaseError:
        logger.exception("The search could not follow a change.")


def _batches(keys: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(keys), BATCH):
        yield keys[first : first + BATCH]


@transaction.atomic
def _written(batch: list[int]) -> list[SearchEntry]:
    """Write the entries of one batch, in four queries and one insert."""
    pages = ProductPage.objects.live().filter(pk__in=batch).select_related("brand", "genre").order_by("pk")
    texts = _texts(batch)
    entries = [_entry(page, texts[page.pk]) for page in pages]
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["page"], update_fields=[*PARTS, "indexed_at"]
    )
    return entries


def _texts(batch: list[int]) -> dict[int, dict[str, list[str]]]:
    """Return what variants and photos say of each product: SKUs, options, and what the pictures show."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    variants = Variant.objects.filter(page_id__in=batch, is_active=True).order_by("page_id", "sort_order", "pk")
    for page, sku, option in variants.values_list("page_id", "sku", "option"):
        found[page]["sku"].append(sku)
        found[page]["option"].append(option)
    photos = ProductPhoto.objects.filter(page_id__in=batch).order_by("page_id", "sort_order", "pk")
    for page, alt, caption in photos.values_list("page_id", "alt_text", "caption"):
        found[page]["photo"] += [alt, caption]
    return found


def _entry(page: ProductPage, texts: dict[str, list[str]]) -> SearchEntry:
    """Return the entry of a product: what names it, what it is filed under, how it looks, what is told of it."""
    genre = page.genre.name if page.genre else ""
    condition = "" if page.condition == ProductPage.Condition.NEW else page.get_condition_display()
    edition = f"limited edition {page.edition_size}" if page.edition_size else ""
    scale, parts = page.scale.partition(":")[2], (page.material, page.opening_parts)
    return SearchEntry(
        page_id=page.pk,
        name=_words(page.title, *texts["sku"]),
        labels=_words(page.brand.name, genre, page.scale, scale, "scale", condition),
        details=_words(*texts["option"], *texts["photo"][:1], *parts, str(page.model_year or ""), edition),
        story=_words(page.curators_note, get_text_for_indexing(page.description), *texts["photo"]),
        indexed_at=timezone.now(),
    )


def _words(*texts: str) -> str:
    """Return the words of some texts, each once: how often a word stands there says nothing of a product."""
    found = dict.fromkeys(word for text in texts for word in split_for_index(text))
    return " ".join(list(found)[:MOST_WORDS])
