"""What the head of a page tells machines: search engines, and whoever shows a preview of a link."""

import json
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.models import Page

from catalog import pictures, structured_data
from catalog.addresses import absolute
from catalog.templatetags.shop import shop_settings

register = template.Library()

DESCRIPTION = 155
# What closes a script element, or opens another one, inside JSON.
AWKWARD = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.inclusion_tag("components/page_head.html", takes_context=True)
def page_head(context: Context) -> dict[str, Any]:
    """Write the description of any page, and for one that may be found its own address and what a preview shows."""
    page, shop = context.get("page"), shop_settings(context)
    if not isinstance(page, Page):
        return {"description": shop.strapline}
    texts = (getattr(page, name, "") for name in ("search_description", "curators_note", "introduction"))
    found = next((text for text in texts if text), shop.strapline)
    image, alt = _picture(context)
    return {
        "description": Truncator(" ".join(strip_tags(found).split())).chars(DESCRIPTION),
        "canonical": _canonical(page, context.get("listing"), context.get("pages")),
        "title": page.seo_title or page.title,
        "shop": shop,
        "kind": "product" if "variants" in context else "website",
        "image": absolute(image),
        "alt": alt or shop.shop_name,
    }


@register.simple_tag(takes_context=True)
def product_data(context: Context) -> SafeString:
    """Write what a product page sells, and the way to it."""
    page = context["page"]
    sold = structured_data.product(page, context["variants"], context["photos"], shop_settings(context))
    return _scripts(sold, structured_data.breadcrumbs([*_way(), _shelves(), (page.title, page.full_url or "")]))


@register.simple_tag(takes_context=True)
def page_data(context: Context) -> SafeString:
    """Write the way to a page below the home page."""
    page = context["page"]
    return _scripts(structured_data.breadcrumbs([*_way(), (page.title, page.full_url or "")]))


@register.simple_tag(takes_context=True)
def home_data(context: Context) -> SafeString:
    """Write who sells here and how the site is searched."""
    shop, url = shop_settings(context), context["page"].full_url or ""
    return _scripts(structured_data.organization(shop, url), structured_data.website(shop, url))


def _way() -> list[tuple[str, str]]:
    return [(_("Home"), reverse("wagtail_serve", args=[""]))]


def _shelves() -> tuple[str, str]:
    return _("All models"), reverse("wagtail_serve", args=["shop/"])


def _scripts(*data: dict[str, Any] | None) -> SafeString:
    texts = [json.dumps(each, ensure_ascii=False).translate(AWKWARD) for each in data if each]
    # Every character that could end the element is written as its number.
    return mark_safe("".join(f'<script type="application/ld+json">{text}</script>' for text in texts))  # noqa: S308


def _canonical(page: Page, listing: Any, pages: Any) -> str:
    """Return the one address of a page, or of one of its `pages`; none for a search or a choice."""
    if not getattr(page, "may_be_found", True) or (listing and (listing.chips or listing.query)):
        return ""
    pages = listing.page_obj if listing else pages
    number = pages.number if pages is not None else 1
    return (page.full_url or "") + (f"?page={number}" if number > 1 else "")


def _picture(context: Context) -> tuple[str, str]:
    """Return the address and the words of the page's leading picture, or of the shop's own."""
    photos = context.get("photos")
    if photos and photos[0].image_id:
        return pictures.url_up_to(photos[0].image, 1200), photos[0].alt_text
    leading = context.get("leading_picture")
    return (pictures.url_up_to(leading, 1200), "") if leading else (static("img/share.png"), "")
