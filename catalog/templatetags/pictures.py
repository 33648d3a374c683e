"""Tags that show the sizes of a picture that exist. They never make one: that would write during a GET."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog import pictures
from catalog.models.images import ShopImage, ShopRendition

register = template.Library()


@register.simple_tag
def picture(
    image: ShopImage | None,
    alt: str = "",
    sizes: str = "100vw",
    loading: str = "lazy",
    priority: bool = False,
    **attributes: str,
) -> SafeString:
    """Render `image` as <picture> with the formats that exist; `priority` is for the page's main picture."""
    if image is None:
        return SafeString("")
    found = pictures.sources(image)
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        [
            (pictures.TYPES[form], _srcset(rows), sizes)
            for form, rows in found.by_format.items()
            if rows != found.fallback
        ],
    )
    if priority:
        attributes, loading = {**attributes, "fetchpriority": "high"}, "eager"
    img = _img(image, found.fallback, alt, sizes, {"loading": loading, "decoding": "async", **attributes})
    return format_html("<picture>{}{}</picture>", sources, img)


@register.simple_tag
def picture_url(image: ShopImage | None, width: int = 1200) -> str:
    """Return the address of the largest JPEG or PNG up to `width`; of the original when none was made yet."""
    return pictures.url_up_to(image, int(width)) if image is not None else ""


def _srcset(rows: list[ShopRendition]) -> str:
    return ", ".join(f"{row.url} {row.width}w" for row in rows)


def _img(image: ShopImage, rows: list[ShopRendition], alt: str, sizes: str, attributes: dict[str, str]) -> SafeString:
    """Return the <img> with the largest fallback, its natural size and its alternatives."""
    if rows:
        largest = rows[-1]
        attributes = {"srcset": _srcset(rows), "sizes": sizes, **attributes}
        src, width, height = largest.url, largest.width, largest.height
    else:
        src, width, height = image.file.url, image.width, image.height
    extra = format_html_join("", ' {}="{}"', sorted(attributes.items()))
    return format_html('<img src="{}" width="{}" height="{}" alt="{}"{}>', src, width, height, alt, extra)
