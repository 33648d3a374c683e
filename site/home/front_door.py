"""What the home page shows of the catalogue."""

from typing import Any

from django.http import HttpRequest

from catalog import pictures
from catalog.listing import newest, scales_for_sale
from catalog.models import CatalogPage, Variant
from home.models import HomePage

NEWEST = 8
WORDS = {
    "1:87": "railway size",
    "1:64": "pocket-size",
    "1:50": "working trucks",
    "1:43": "the collector’s classic",
    "1:32": "slot-car size",
    "1:24": "shelf pieces",
    "1:18": "full detail",
    "1:12": "the big ones",
}


def front_door(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """Return the newest cards, how many products there are, each scale with words and address, and the hero's price."""
    counts = scales_for_sale()
    pictures.prefetch([page.hero_image])
    shop = CatalogPage.objects.live().first()
    base = (shop.get_url(request) if shop else None) or "/shop/"
    return {
        "hero_price": _lowest_price(page.hero_product_id),
        "cards": newest(request=request, limit=NEWEST),
        "total_products": sum(counts.values()),
        "scales": [(scale, words, f"{base}?scale={scale}") for scale, words in WORDS.items() if scale in counts],
    }


def _lowest_price(product_id: int | None) -> int | None:
    """Return the lowest price of a product in paise, or None when it has nothing for sale."""
    prices = Variant.objects.filter(page_id=product_id, page__live=True, is_active=True).order_by("price")
    return prices.values_list("price", flat=True).first() if product_id else None
