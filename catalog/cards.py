"""Product cards: what a listing, the front door and "Parks well beside" show of a product, in four narrow queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

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
    products: QuerySet[ProductPage] = ProductPage.objects.live().public().filter(Exists(active_variants()))
    return products


def build_cards(products: QuerySet[ProductPage], *, request: HttpRequest | None, threshold: int) -> list[Card]:
    """Return the cards of `products`, which must be sliced already. Four queries, however many there are."""
    fields = ("title", "slug", "url_path", "scale", "edition_size", "is_new_arrival", "brand__name")
    first_photo = ProductPhoto.objects.filter(page_id=OuterRef("pk")).order_by(IN_ORDER, "pk").values("pk")[:1]
    pages = list(products.select_related("brand").annotate(photo_id=Subquery(first_photo)).only(*fields))
    variants = _variants(pages)
    photos = ProductPhoto.objects.select_related("image").in_bulk([page.photo_id for page in pages if page.photo_id])
    pictures.prefetch(photo.image for photo in photos.values())
    return [
        _card(page, variants[page.pk], photos.get(page.photo_id), request=request, threshold=threshold)
        for page in pages
        if variants[page.pk]
    ]


def card_image(page: ProductPage) -> tuple[ShopImage | None, str]:
    """Return the first photo of a product and its alternative text. Uses prefetched `photos__image`."""
    photo = next(iter(page.photos.all()), None)
    return (photo.image, photo.alt_text) if photo else (None, "")


def _variants(pages: Sequence[ProductPage]) -> dict[int, list[Variant]]:
    """Return the active variants of each page with their stock, cheapest first."""
    rows = Variant.objects.filter(page_id__in=[page.pk for page in pages], is_active=True)
    found: dict[int, list[Variant]] = defaultdict(list)
    for row in rows.select_related("stock").order_by("price", "pk"):
        found[row.page_id].append(row)
    return found


def _card(
    page: Any, variants: list[Variant], photo: ProductPhoto | None, *, request: HttpRequest | None, threshold: int
) -> Card:
    free = sum(variant.stock.available for variant in variants if hasattr(variant, "stock"))
    words = availability(free, threshold=threshold)
    flag, tone = _flag(page, words)
    return Card(
        title=page.title,
        url=page.get_url(request) or "",
        brand=page.brand.name,
        scale=page.scale,
        price=variants[0].price,
        mrp=variants[0].mrp,
        from_price=variants[0].price != variants[-1].price,
        image=photo.image if photo else None,
        alt=photo.alt_text if photo else "",
        availability=words,
        flag=flag,
        flag_tone=tone,
    )


def _flag(page: ProductPage, words: Availability) -> tuple[str, str]:
    """Return the one flag that says most, with its tone."""
    if words.state == "sold_out":
        return "Sold out", "sold"
    if page.edition_size:
        return f"1 of {page.edition_size}", "limited"
    return ("New", "new") if page.is_new_arrival else ("", "")
