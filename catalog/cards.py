"""Product cards: what a listing, the front door and "Parks well beside" show of a product, in four narrow queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length, Substr
from django.http import HttpRequest
from django.utils.translation import gettext
from wagtail.models import PageViewRestriction

from catalog import pictures
from catalog.models.images import ShopImage
from catalog.models.pages import ProductPage, ProductPhoto
from catalog.models.variant import Variant
from catalog.stock import Availability, availability

IN_ORDER = F("sort_order").asc(nulls_first=True)
"""The editor's order. SQLite and PostgreSQL disagree on where rows without a number stand."""


@dataclass(frozen=True)
class Card:
    """One product in a list. Prices are paise: the lowest of its variants, with `from_price` when they differ."""

    pk: int
    title: str
    url: str
    brand: str
    scale: str
    price: int
    mrp: int
    from_price: bool
    image: ShopImage | None
    alt: str
    availability: Availability
    flag: str
    flag_tone: str


def active_variants() -> QuerySet[Variant]:
    """Return the variants of the outer query's page that are for sale, for use in a subquery."""
    variants: QuerySet[Variant] = Variant.objects.filter(page_id=OuterRef("pk"), is_active=True)
    return variants


def in_stock() -> Exists:
    """Return the condition that a product has a variant with free pieces."""
    return Exists(active_variants().filter(stock__on_hand__gt=F("stock__reserved")))


def for_sale() -> QuerySet[ProductPage]:
    """Return the live and public products that have a variant for sale."""
    products: QuerySet[ProductPage] = ProductPage.objects.live().filter(Exists(active_variants()), ~private())
    return products


def private(path: str = "path") -> Exists:
    """Return the condition that a page or one above it is for some people only; Wagtail's own costs a query more."""
    above = Substr(OuterRef(path), 1, Length("page__path"))
    return Exists(PageViewRestriction.objects.filter(page__path=above))


@dataclass(frozen=True)
class Shelf:
    """Products with what their cards need: active variants and photos by page, in the editor's order."""

    pages: list[Any]
    variants: dict[int, list[Variant]]
    photos: dict[int, list[ProductPhoto]]


def read_shelf(
    products: QuerySet[ProductPage], *, beside: int | None = None, pictured: Iterable[ShopImage | None] = ()
) -> Shelf:
    """Read `products`, a few already, in four queries, however many there are.

    With the variants and all photos of the page `beside` which they stand, and with the sizes of what else is
    `pictured` on the page, for the same price.
    """
    fields = ("title", "slug", "url_path", "scale", "edition_size", "is_new_arrival", "brand__name")
    first_photo = ProductPhoto.objects.filter(page_id=OuterRef("pk")).order_by(IN_ORDER, "pk").values("pk")[:1]
    pages = list(products.select_related("brand").annotate(photo_id=Subquery(first_photo)).only(*fields))
    shelf = Shelf(pages, defaultdict(list), defaultdict(list))
    variants = Variant.objects.filter(page_id__in=[page.pk for page in pages] + [beside], is_active=True)
    for variant in variants.select_related("stock").order_by(IN_ORDER, "pk"):
        shelf.variants[variant.page_id].append(variant)
    photos = ProductPhoto.objects.filter(Q(pk__in=[page.photo_id for page in pages]) | Q(page_id=beside))
    for photo in photos.select_related("image").order_by(IN_ORDER, "pk"):
        shelf.photos[photo.page_id].append(photo)
    shown = [photo.image for group in shelf.photos.values() for photo in group]
    pictures.prefetch([*shown, *pictured])
    return shelf


def build_cards(shelf: Shelf, *, request: HttpRequest | None, threshold: int) -> list[Card]:
    """Return the cards of the shelf's products."""
    return [_card(page, shelf, request=request, threshold=threshold) for page in shelf.pages if shelf.variants[page.pk]]


def card_image(page: ProductPage) -> tuple[ShopImage | None, str]:
    """Return the first photo of a product and its alternative text. Uses prefetched `photos__image`."""
    photo = next(iter(page.photos.all()), None)
    return (photo.image, photo.alt_text) if photo else (None, "")


def _card(page: Any, shelf: Shelf, *, request: HttpRequest | None, threshold: int) -> Card:
    variants = shelf.variants[page.pk]
    cheapest = min(variants, key=lambda variant: variant.price)
    photo = next(iter(shelf.photos[page.pk]), None)
    free = sum(variant.stock.available for variant in variants if hasattr(variant, "stock"))
    words = availability(free, threshold=threshold)
    flag, tone = _flag(page, words)
    return Card(
        pk=page.pk,
        title=page.title,
        url=page.get_url(request) or "",
        brand=page.brand.name,
        scale=page.scale,
        price=cheapest.price,
        mrp=cheapest.mrp,
        from_price=any(variant.price != cheapest.price for variant in variants),
        image=photo.image if photo else None,
        alt=photo.alt_text if photo else "",
        availability=words,
        flag=flag,
        flag_tone=tone,
    )


def _flag(page: ProductPage, words: Availability) -> tuple[str, str]:
    """Return the one flag that says most, with its tone."""
    if words.state == "sold_out":
        return gettext("Sold out"), "sold"
    if page.edition_size:
        return gettext("1 of %(number)d") % {"number": page.edition_size}, "limited"
    return (gettext("New"), "new") if page.is_new_arrival else ("", "")
