"""Google's merchant feed: one item for each SKU with a price and a picture, written while it is read.

The attributes: https://support.google.com/merchants/answer/7052112. Models have no GTIN, and the shop knows no maker's
part numbers, which `identifier_exists` says.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from django.db.models import Count, Max, Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.models import PageViewRestriction

from catalog import pictures
from catalog.addresses import absolute
from catalog.cards import IN_ORDER, for_sale
from catalog.models import Brand, Genre, ProductPage, ProductPhoto, ShopSettings, StockMovement, Variant
from catalog.models.images import ShopRendition
from catalog.money import RUPEE, decimal_rupees
from catalog.stock import availability

# Names of elements with their texts, or with the elements in them.
Elements = Sequence[tuple[str, "str | Elements"]]

AT_ONCE = 250
MORE_PICTURES = 10
# XML knows no other control characters than tab and line ends.
UNKNOWN_TO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fingerprint(shop: ShopSettings) -> str:
    """Return an ETag that changes with everything that the feed tells: pages, pictures, stock and the shop's terms."""
    pages = ProductPage.objects.live().aggregate(Max("last_published_at"), Count("pk"))
    rows = [model.objects.aggregate(Max("pk"), Count("pk")) for model in (ShopRendition, PageViewRestriction)]
    moved = StockMovement.objects.aggregate(Max("pk"))
    labels = [list(model.objects.order_by("pk").values_list("name", flat=True)) for model in (Brand, Genre)]
    terms = (shop.shop_name, shop.strapline, shop.shipping_fee, shop.free_shipping_from)
    return f'"{hashlib.sha256(repr((pages, rows, moved, labels, terms)).encode()).hexdigest()[:32]}"'


def write(shop: ShopSettings) -> Iterator[str]:
    """Yield the feed in pieces; some products are in memory at a time, however many there are."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
    link = absolute(reverse("wagtail_serve", args=[""]))
    yield _elements([("title", shop.shop_name), ("link", link), ("description", shop.strapline)])
    for page in _products():
        for variant in page.variants.all():
            if variant.price and (images := _images(page)):
                yield f"\n<item>{_elements(_item(page, variant, images, shop))}</item>"
    yield "\n</channel></rss>\n"


def _products() -> Iterator[ProductPage]:
    variants = Variant.objects.filter(is_active=True).select_related("stock").order_by(IN_ORDER, "pk")
    photos = ProductPhoto.objects.select_related("image").order_by(IN_ORDER, "pk")
    last = 0
    while True:
        products = for_sale().select_related("brand", "genre").filter(pk__gt=last).order_by("pk")
        batch = list(products[:AT_ONCE])
        prefetch_related_objects(batch, Prefetch("variants", variants), Prefetch("photos", photos))
        pictures.prefetch(photo.image for page in batch for photo in page.photos.all())
        yield from batch
        if len(batch) < AT_ONCE:
            return
        last = batch[-1].pk


def _images(page: ProductPage) -> list[str]:
    return [absolute(pictures.url_up_to(photo.image, 1200)) for photo in page.photos.all()]


def _item(page: ProductPage, variant: Variant, images: list[str], shop: ShopSettings) -> Elements:
    about = page.curators_note or strip_tags(page.description) or page.title
    condition = "new" if page.condition == ProductPage.Condition.NEW else "used"
    kind = " > ".join(part for part in ("Scale models", page.scale, page.genre.name if page.genre else "") if part)
    return [
        ("g:id", variant.sku),
        ("g:title", variant.title[:150]),
        ("g:description", " ".join(about.split())[:5000]),
        ("g:link", f"{page.full_url}?variant={variant.sku}"),
        ("g:image_link", images[0]),
        *(("g:additional_image_link", image) for image in images[1 : 1 + MORE_PICTURES]),
        ("g:availability", availability(variant, threshold=shop.low_stock_threshold).in_feed),
        ("g:price", _price(variant.price)),
        ("g:brand", page.brand.name[:70]),
        ("g:condition", condition),
        ("g:identifier_exists", "no"),
        ("g:product_type", kind),
        ("g:shipping_weight", f"{variant.weight_grams} g"),
        ("g:shipping", [("g:country", "IN"), ("g:price", _price(shop.shipping_for(variant.price)))]),
    ]


def _price(paise: int) -> str:
    return f"{decimal_rupees(paise):.2f} {RUPEE}"


def _elements(elements: Elements) -> str:
    return "".join(f"<{name}>{_inside(value)}</{name}>" for name, value in elements)


def _inside(value: "str | Elements") -> str:
    return escape(UNKNOWN_TO_XML.sub(" ", value)) if isinstance(value, str) else _elements(value)
