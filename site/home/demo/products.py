"""The demo shop's products, published like an editor would, with stock received through the stock book."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import OutputWrapper
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import slugify

from catalog import stock
from catalog.models import Brand, CatalogPage, Genre, HsnCode, ProductPage, ProductPhoto, ShopImage, Variant
from catalog.money import PAISE
from catalog.progress import Progress
from home.demo.data import read, read_products
from home.demo.films import load_film
from home.demo.labels import maker_addresses

SOLD = 6
"""Pieces that were received and sold over the counter of what is sold out today."""


def load_products(shop: CatalogPage, images: dict[str, ShopImage], hsn: HsnCode, stream: OutputWrapper) -> None:
    """Publish the products that are missing. Each comes with its stock or not at all."""
    rows, words, addresses = read_products(), read("pictures.toml"), maker_addresses()
    known = set(Variant.objects.values_list("sku", flat=True))
    with Progress(stream, "Products", len(rows)) as progress:
        for row in rows:
            if row["variants"][0]["sku"] not in known:
                page = _page(row, hsn=hsn, address=addresses[row["brand"]])
                page.photos = _photos(row, images=images, words=words)
                page.variants = _variants(row)
                page.video = load_film(row.get("video"), images)
                _publish(page, shop, row)
            progress.advance()


@transaction.atomic
def _publish(page: ProductPage, shop: CatalogPage, row: dict[str, Any]) -> None:
    shop.add_child(instance=page)
    page.save_revision().publish()
    variants = {variant.sku: variant for variant in Variant.objects.filter(page_id=page.pk)}
    for wanted in row["variants"]:
        variant, quantity = variants[wanted["sku"]], wanted["stock"]
        stock.receive(variant=variant, quantity=quantity or SOLD, reason="First delivery")
        if not quantity:
            stock.adjust(variant=variant, quantity=-SOLD, reason="Sold at the Pune model fair")


def _page(row: dict[str, Any], *, hsn: HsnCode, address: str) -> ProductPage:
    length, width, height = row["size"]
    return ProductPage(
        title=row["title"],
        slug=slugify(row["title"]),
        search_description=row["note"],
        live=False,
        first_published_at=timezone.now() - timedelta(days=row["days"]),
        brand=Brand.objects.get(name=row["brand"]),
        genre=Genre.objects.get(name=row["genre"]),
        hsn=hsn,
        scale=row["scale"],
        model_year=row["model_year"],
        material=row["material"],
        condition=row.get("condition", ProductPage.Condition.NEW),
        edition_size=row.get("edition"),
        per_person_limit=row.get("limit"),
        is_new_arrival=row.get("new", False),
        curators_note=row["note"],
        description=format_html_join("", "<p>{}</p>", [[text] for text in row["text"]]),
        length_mm=length,
        width_mm=width,
        height_mm=height,
        opening_parts=row["opening"],
        maker_address=address,
        packed_on=_packed(row["days"]),
    )


def _packed(days: int) -> date:
    """Return the first day of the month in which a product of this age was packed."""
    return (timezone.localdate() - timedelta(days=days + 20)).replace(day=1)


def _photos(row: dict[str, Any], *, images: dict[str, ShopImage], words: dict[str, Any]) -> list[ProductPhoto]:
    return [
        ProductPhoto(
            image=images[name], alt_text=words[name]["alt"], caption=words[name].get("caption", ""), sort_order=position
        )
        for position, name in enumerate(row["pictures"])
    ]


def _variants(row: dict[str, Any]) -> list[Variant]:
    return [
        Variant(
            sku=wanted["sku"],
            option=wanted.get("option", ""),
            price=wanted["price"] * PAISE,
            mrp=wanted["mrp"] * PAISE,
            weight_grams=wanted.get("grams", row["grams"]),
            sort_order=position,
        )
        for position, wanted in enumerate(row["variants"])
    ]
