"""What search engines are told of a page, as schema.org's words in JSON-LD.

Google's rules: https://developers.google.com/search/docs/appearance/structured-data/merchant-listing
"""

from collections.abc import Sequence
from typing import Any

from django.templatetags.static import static
from django.urls import reverse

from catalog import pictures
from catalog.addresses import absolute
from catalog.models import ProductPage, ProductPhoto, ShopSettings, Video
from catalog.money import RUPEE, decimal_rupees
from catalog.product import VariantChoice

SCHEMA = "https://schema.org/"
COUNTRY = "IN"


def product(
    page: ProductPage, choices: Sequence[VariantChoice], photos: Sequence[ProductPhoto], shop: ShopSettings
) -> dict[str, Any] | None:
    """Return the Product of a page with an Offer for each variant.

    None without a picture, a maker or a price above zero: gifts, and drafts that are previewed half done.
    """
    paid = [choice for choice in choices if choice.price]
    images = [absolute(pictures.url_up_to(photo.image, 1200)) for photo in photos if photo.image_id]
    if not (paid and images and page.brand_id):
        return None
    return {
        **_thing("Product", name=page.title, url=page.full_url or ""),
        "image": images,
        "description": page.search_description or page.curators_note or page.title,
        "sku": paid[0].sku,
        "brand": {"@type": "Brand", "name": page.brand.name},
        **({"material": page.material} if page.material else {}),
        **({"subjectOf": _video(page.video, images[0])} if page.video else {}),
        "offers": [_offer(page, choice, shop) for choice in paid],
    }


def breadcrumbs(trail: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the way to a page, from names and addresses, the page itself last."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": absolute(url)}
        for place, (name, url) in enumerate(trail, 1)
    ]
    return {"@context": SCHEMA, "@type": "BreadcrumbList", "itemListElement": items}


def organization(shop: ShopSettings, url: str) -> dict[str, Any]:
    """Return who sells here."""
    contact = {"email": shop.email, "telephone": shop.phone, "legalName": shop.legal_name, "taxID": shop.gstin}
    street = " ".join(shop.address.split())
    address = {"@type": "PostalAddress", "streetAddress": street, "addressCountry": COUNTRY}
    return {
        **_thing("OnlineStore", name=shop.shop_name, url=url),
        "logo": absolute(static("img/share.png")),
        **{name: value for name, value in contact.items() if value},
        **({"address": address} if street else {}),
        "hasMerchantReturnPolicy": _returns(shop),
    }


def website(shop: ShopSettings, url: str) -> dict[str, Any]:
    """Return the site and how it is searched."""
    target = f"{absolute(reverse('wagtail_serve', args=['shop/']))}?q={{search_term_string}}"
    return {
        **_thing("WebSite", name=shop.shop_name, url=url),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": target},
            "query-input": "required name=search_term_string",
        },
    }


def _thing(kind: str, *, name: str, url: str) -> dict[str, Any]:
    return {"@context": SCHEMA, "@type": kind, "name": name, "url": url}


def _video(video: Video, otherwise: str) -> dict[str, Any]:
    """Return a film, with its poster or the picture `otherwise`."""
    poster = absolute(pictures.url_up_to(video.poster, 1200)) if video.poster else otherwise
    return {
        "@type": "VideoObject",
        "name": video.title,
        "description": video.description,
        "thumbnailUrl": poster,
        "uploadDate": video.uploaded_at.isoformat(),
        "contentUrl": absolute(video.file.url),
    }


def _offer(page: ProductPage, choice: VariantChoice, shop: ShopSettings) -> dict[str, Any]:
    condition = "NewCondition" if page.condition == ProductPage.Condition.NEW else "UsedCondition"
    return {
        "@type": "Offer",
        "sku": choice.sku,
        "name": choice.variant.title,
        "url": f"{page.full_url}?variant={choice.sku}",
        "price": f"{decimal_rupees(choice.price):.2f}",
        "priceCurrency": RUPEE,
        "itemCondition": SCHEMA + condition,
        "availability": choice.availability.in_schema_org,
        "seller": {"@type": "Organization", "name": shop.shop_name},
        "shippingDetails": _shipping(shop.shipping_for(choice.price), shop),
        "hasMerchantReturnPolicy": _returns(shop),
    }


def _shipping(fee: int, shop: ShopSettings) -> dict[str, Any]:
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": f"{decimal_rupees(fee):.2f}", "currency": RUPEE},
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": COUNTRY},
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "handlingTime": _days(0, shop.dispatch_days),
            "transitTime": _days(shop.days_from, shop.days_to),
        },
    }


def _days(least: int, most: int) -> dict[str, Any]:
    return {"@type": "QuantitativeValue", "minValue": least, "maxValue": most, "unitCode": "DAY"}


def _returns(shop: ShopSettings) -> dict[str, Any]:
    policy = {"@type": "MerchantReturnPolicy", "applicableCountry": COUNTRY}
    if not shop.return_days:
        return {**policy, "returnPolicyCategory": f"{SCHEMA}MerchantReturnNotPermitted"}
    fees = "FreeReturn" if shop.returns_are_free else "ReturnFeesCustomerResponsibility"
    return {
        **policy,
        "returnPolicyCategory": f"{SCHEMA}MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": shop.return_days,
        "returnMethod": f"{SCHEMA}ReturnByMail",
        "returnFees": SCHEMA + fees,
    }
