"""What a product page shows: its variants as choices, its photos, its details and what parks well beside it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.availability import few_of
from catalog.cards import build_cards, for_sale, in_stock, read_shelf
from catalog.models import ProductPage, ShopSettings, Variant
from catalog.money import rupees
from catalog.previews import pretended_pieces
from catalog.stock import Availability, availability

RELATED = 4
MAX_QUANTITY = 99


@dataclass(frozen=True)
class VariantChoice:
    """One variant as the buy box shows it. Prices are paise; `max_quantity` is what one order may hold."""

    variant: Variant
    sku: str
    option: str
    label: str
    price: int
    mrp: int
    availability: Availability
    selected: bool
    url: str
    max_quantity: int


def product_context(*, page: ProductPage, request: HttpRequest) -> dict[str, Any]:
    """Return the template's context. An unknown `?variant=` falls back to the first; a draft without rows works too."""
    shop = ShopSettings.for_request(request)
    video = page.video
    shelf = read_shelf(_neighbours(page)[:RELATED], beside=page.pk, pictured=[video.poster] if video else [])
    variants = _draft(page.variants) if page.variants.is_deferring else shelf.variants[page.pk]
    photos = _draft(page.photos) if page.photos.is_deferring else shelf.photos[page.pk]
    choices = _choices(page, variants, shop=shop, request=request)
    selected = next((choice for choice in choices if choice.selected), None)
    return {
        "variants": choices,
        "selected": selected,
        "sold_out": [choice for choice in choices if choice.availability.is_sold_out],
        "photos": photos,
        "video": video,
        "details": details(page, selected.variant if selected else None, shop),
        "related": build_cards(shelf, request=request, threshold=shop.low_stock_threshold),
        "limit": page.per_person_limit,
        "shop": shop,
    }


def _draft(children: Any) -> list[Any]:
    """Return the rows of a draft that is previewed: with neither primary key nor stock, or without a price yet."""
    return list(children.all())


def details(page: ProductPage, variant: Variant | None, shop: ShopSettings) -> list[tuple[str, str]]:
    """Return the rows of the details table, with the declarations of the Legal Metrology rules; empty ones left out."""
    sizes = [page.length_mm, page.width_mm, page.height_mm]
    rows = [
        (_("MRP, all taxes included"), rupees(variant.mrp) if variant and variant.mrp else ""),
        (_("Scale"), page.scale),
        (_("Size"), _("%(sizes)s mm") % {"sizes": " × ".join(map(str, sizes))} if all(sizes) else ""),
        (_("Material"), page.material),
        (_("Opening parts"), page.opening_parts),
        (_("Weight, packed"), _weight(variant)),
        (_("Model year"), str(page.model_year or "")),
        (_("Condition"), page.get_condition_display()),
        (_("Edition"), _edition(page.edition_size)),
        (_("Age"), _("14 and over; not a toy")),
        (_("Country of origin"), page.country_of_origin),
        (_("Made and packed by") if page.country_of_origin == "India" else _("Imported by"), page.maker_address),
        (_("Net quantity"), _("1 model")),
        (_("Packed"), date_format(page.packed_on, "F Y") if page.packed_on else ""),
        (_("HSN"), page.hsn.code if page.hsn else ""),
        (_("Consumer care"), " · ".join(part for part in (shop.email, shop.phone) if part)),
    ]
    return [(label, value) for label, value in rows if value]


def _weight(variant: Variant | None) -> str:
    return _("%(grams)d g") % {"grams": variant.weight_grams} if variant and variant.weight_grams else ""


def _edition(size: int | None) -> str:
    return ngettext("%(number)d piece", "%(number)d pieces", size) % {"number": size} if size else ""


def _neighbours(page: ProductPage) -> QuerySet[ProductPage]:
    """Return the products of the same genre or maker, the closest first and what is sold out last."""
    near = Q(genre_id=page.genre_id, genre__isnull=False) | Q(brand_id=page.brand_id)
    found = for_sale().filter(near).exclude(pk=page.pk).annotate(has_stock=in_stock(), closeness=_closeness(page))
    ordered: QuerySet[ProductPage] = found.order_by("-has_stock", "-closeness", "-pk")
    return ordered


def _closeness(page: ProductPage) -> Case:
    """Return how near another product is: the same shelf counts most, then the same scale."""
    return Case(
        When(genre_id=page.genre_id, scale=page.scale, then=Value(2)),
        When(genre_id=page.genre_id, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )


def _choices(
    page: ProductPage, variants: list[Variant], *, shop: ShopSettings, request: HttpRequest
) -> list[VariantChoice]:
    rows = [row for row in variants if row.is_active and None not in (row.price, row.mrp)]
    wanted = request.GET.get("variant", "").upper()
    chosen = next((row.sku for row in rows if row.sku == wanted), rows[0].sku if rows else "")
    base = page.get_url(request) or ""
    pieces = pretended_pieces(request)
    return [_choice(row, pieces, page=page, shop=shop, base=base, selected=row.sku == chosen) for row in rows]


def _choice(
    row: Variant, pieces: int | None, *, page: ProductPage, shop: ShopSettings, base: str, selected: bool
) -> VariantChoice:
    few = few_of(row, shop.low_stock_threshold)
    words = availability(row if pieces is None else pieces, threshold=few)
    return VariantChoice(
        variant=row,
        sku=row.sku,
        option=row.option,
        label=row.option or page.title,
        price=row.price,
        mrp=row.mrp,
        availability=words,
        selected=selected,
        url=f"{base}?variant={row.sku}",
        max_quantity=min(words.quantity, page.per_person_limit or MAX_QUANTITY, MAX_QUANTITY),
    )
