"""What the list of products shows and exports of each, read for a whole page of the list at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import F, Max, Min, OuterRef, QuerySet, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalog.admin.columns import Shown
from catalog.availability import few
from catalog.cards import IN_ORDER
from catalog.models import ProductPage, ProductPhoto, ShopImage, Stock, Variant
from catalog.money import decimal_rupees

BATCH = 200
SHOWN_SKUS = 3
THUMB = "max-165x165"
"""The size that Wagtail's own lists of pictures make."""


def annotated(products: QuerySet[ProductPage]) -> QuerySet[ProductPage]:
    """Add the lowest and the highest price in paise and the free pieces of what is for sale, for order and filters."""
    active = Variant.objects.filter(page_id=OuterRef("pk"), is_active=True).order_by().values("page_id")
    stocks = Stock.objects.filter(variant__page_id=OuterRef("pk"), variant__is_active=True).order_by()
    free = stocks.values("variant__page_id").annotate(number=Sum(F("on_hand") - F("reserved"))).values("number")
    lowest = active.annotate(lowest=Min("price")).values("lowest")
    highest = active.annotate(highest=Max("price")).values("highest")
    found: QuerySet[ProductPage] = products.annotate(
        lowest_price=Subquery(lowest), highest_price=Subquery(highest), free_pieces=Coalesce(Subquery(free), 0)
    )
    return found


def with_few(products: QuerySet[ProductPage], shops: int) -> QuerySet[ProductPage]:
    """Add at how many free pieces the cards say that few are left; `shops` is the shop's own number."""
    active = Variant.objects.filter(page_id=OuterRef("pk"), is_active=True).order_by().values("page_id")
    lowest = active.annotate(number=Min(few(shops))).values("number")
    found: QuerySet[ProductPage] = products.annotate(few_pieces=Coalesce(Subquery(lowest), shops))
    return found


def filled(pages: Iterable[Any], *labels: str) -> Iterator[Any]:
    """Yield the products with `skus`, `all_skus`, `picture`, `state` and `labels`, in a few queries for each 200."""
    waiting = iter(pages)
    while batch := list(islice(waiting, BATCH)):
        prefetch_related_objects(batch, *labels)
        _fill(batch)
        yield from batch


def _fill(pages: list[Any]) -> None:
    keys = [page.pk for page in pages]
    skus: dict[int, list[str]] = defaultdict(list)
    variants = Variant.objects.filter(page_id__in=keys).order_by(IN_ORDER, "pk").values_list("page_id", "sku")
    for page_id, sku in variants:
        skus[page_id].append(sku)
    images = _first_images(keys)
    for page in pages:
        page.all_skus = skus[page.pk]
        page.skus = ", ".join(page.all_skus[:SHOWN_SKUS])
        if len(page.all_skus) > SHOWN_SKUS:
            page.skus += _(" and %(number)s more") % {"number": len(page.all_skus) - SHOWN_SKUS}
        page.picture = images.get(page.pk)
        page.state = state_of(page)


def _first_images(keys: list[int]) -> dict[int, ShopImage]:
    first: dict[int, int] = {}
    photos = ProductPhoto.objects.filter(page_id__in=keys).order_by(IN_ORDER, "pk")
    for page_id, image_id in photos.values_list("page_id", "image_id"):
        first.setdefault(page_id, image_id)
    images = ShopImage.objects.prefetch_renditions(THUMB).in_bulk(first.values())
    return {page_id: images[image_id] for page_id, image_id in first.items()}


def state_of(page: Any) -> Shown:
    """Return the state of a product that has `free_pieces`."""
    if not page.live:
        return Shown("pending", _("Scheduled")) if page.approved_schedule else Shown("draft", _("Draft"))
    if page.free_pieces <= 0:
        return Shown("failed", _("Sold out"))
    if page.has_unpublished_changes:
        return Shown("waiting", _("Live, with changes"))
    return Shown("delivered", _("Live"))


COLUMNS: dict[str, Callable[[Any], Any]] = {
    "SKU": lambda page: ", ".join(page.all_skus),
    "Title": lambda page: page.title,
    "Maker": lambda page: page.brand.name,
    "Genre": lambda page: page.genre.name if page.genre else "",
    "Scale": lambda page: page.scale,
    "Price": lambda page: None if page.lowest_price is None else decimal_rupees(page.lowest_price),
    "Available": lambda page: page.free_pieces,
    "State": lambda page: page.state.words,
    "HSN": lambda page: page.hsn.code if page.hsn else "",
    "Address": lambda page: page.full_url or "",
}
"""Heading and content of each exported column. The price is the lowest, in rupees."""
