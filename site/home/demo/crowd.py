"""A large catalogue for measuring: many products that share the demo shop's pictures, written in bulk.

Rows are written without revisions, Wagtail's search index and signals; tree, prices, stock book and what the shop's own
search knows are as valid as an editor's.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import OutputWrapper
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page

from catalog import stock
from catalog.models import CatalogPage, ProductPage, ProductPhoto, Variant
from catalog.money import PAISE
from catalog.progress import Progress
from catalog.search import index

BATCH = 500
PREFIX = "XL-"
COLOURS = ("Ivory", "Signal Red", "Peacock", "Marigold", "Slate", "Leaf Green", "Indigo", "Sand", "Maroon", "Silver")


def load_crowd(shop: CatalogPage, total: int, seed: int, stream: OutputWrapper) -> None:
    """Fill the shop up to `total` products. Every batch is one transaction, so it can be killed and run again."""
    patterns = list(ProductPage.objects.child_of(shop).exclude(variants__sku__startswith=PREFIX).distinct())
    made = Variant.objects.filter(sku__startswith=PREFIX).count()
    missing = total - len(patterns) - made
    if missing <= 0 or not patterns:
        return
    photos = {page.pk: list(page.photos.all()) for page in patterns}
    with Progress(stream, "Catalogue", missing) as progress:
        for first in range(made, made + missing, BATCH):
            numbers = range(first, min(first + BATCH, made + missing))
            _batch(shop.pk, numbers, patterns=patterns, photos=photos, seed=seed)
            progress.advance(len(numbers))


@transaction.atomic
def _batch(
    shop_id: int, numbers: range, *, patterns: list[ProductPage], photos: dict[int, list[ProductPhoto]], seed: int
) -> None:
    shop = CatalogPage.objects.select_for_update(of=("self",)).get(pk=shop_id)
    chosen = {number: patterns[_dice(seed, number).randrange(len(patterns))] for number in numbers}
    pages = Page.objects.bulk_create(_nodes(shop, chosen, seed))
    _insert_products(pages, list(chosen.values()))
    Page.objects.filter(pk=shop.pk).update(numchild=shop.numchild + len(pages))
    ProductPhoto.objects.bulk_create(_photos(pages, list(chosen.values()), photos))
    variants = Variant.objects.bulk_create(_variants(pages, numbers, seed))
    pieces = {
        row.pk: _dice(seed, -number).choice((0, 1, 4, 12, 30, 60))
        for row, number in zip(variants, numbers, strict=True)
    }
    stock.receive_many(quantities=pieces, reason="First delivery")
    index.refresh(page.pk for page in pages)


def _dice(seed: int, number: int) -> random.Random:
    """Return the chance of one product: the same for the same seed, whatever was made before."""
    return random.Random(f"{seed}:{number}")  # noqa: S311  # Nothing secret: demo data.


def _nodes(shop: CatalogPage, chosen: dict[int, ProductPage], seed: int) -> Iterator[Page]:
    """Yield the tree rows, each with the next free place below the shop."""
    last = shop.get_last_child()
    step = Page._str2int(last.path[-Page.steplen :]) if last else 0
    kind, now = ContentType.objects.get_for_model(ProductPage), timezone.now()
    for offset, (number, pattern) in enumerate(chosen.items(), start=1):
        title = f"{pattern.title}, {_dice(seed, number).choice(COLOURS)}, run {number + 1}"
        slug = f"{pattern.slug}-run-{number + 1}"
        at = now - timedelta(days=60, minutes=number)
        yield Page(
            title=title,
            draft_title=title,
            slug=slug,
            url_path=f"{shop.url_path}{slug}/",
            path=Page._get_path(shop.path, shop.depth + 1, step + offset),
            depth=shop.depth + 1,
            content_type=kind,
            locale_id=shop.locale_id,
            translation_key=uuid.uuid4(),
            live=True,
            first_published_at=at,
            last_published_at=at,
            search_description=pattern.search_description,
        )


def _insert_products(pages: list[Page], patterns: list[ProductPage]) -> None:
    """Insert the product half of the pages; Django's bulk_create does not know inherited models."""
    fields = ProductPage._meta.local_concrete_fields
    rows = []
    for page, pattern in zip(pages, patterns, strict=True):
        values = {field.attname: getattr(pattern, field.attname) for field in fields}
        values.update(page_ptr_id=page.pk, edition_size=None, per_person_limit=None, is_new_arrival=False)
        rows.append([field.get_db_prep_save(values[field.attname], connection) for field in fields])
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        table = quote(ProductPage._meta.db_table)
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608  # Own names.


def _photos(
    pages: list[Page], patterns: list[ProductPage], photos: dict[int, list[ProductPhoto]]
) -> list[ProductPhoto]:
    return [
        ProductPhoto(
            page_id=page.pk,
            image_id=photo.image_id,
            alt_text=photo.alt_text,
            caption=photo.caption,
            sort_order=photo.sort_order,
        )
        for page, pattern in zip(pages, patterns, strict=True)
        for photo in photos[pattern.pk]
    ]


def _variants(pages: list[Page], numbers: range, seed: int) -> list[Variant]:
    found = []
    for page, number in zip(pages, numbers, strict=True):
        price = _dice(seed, number).randrange(499, 14999, 50) * PAISE
        values: dict[str, Any] = {"price": price, "mrp": price, "weight_grams": 300, "sort_order": 0}
        found.append(Variant(page_id=page.pk, sku=f"{PREFIX}{number + 1:06}", **values))
    return found
