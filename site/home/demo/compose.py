"""Turns blocks as the data files write them into what a StreamField stores."""

import json
from collections.abc import Mapping
from typing import Any

from wagtail.models import Page

from catalog.models import ProductPage, ShopImage
from home.demo.data import read


def compose(blocks: list[dict[str, Any]], images: Mapping[str, ShopImage]) -> str:
    """Return a stream as JSON, with the keys of the pictures, products and pages that the blocks name."""
    words = read("pictures.toml")
    return json.dumps([_block(block, images, words) for block in blocks])


def _block(block: dict[str, Any], images: Mapping[str, ShopImage], words: Mapping[str, Any]) -> dict[str, Any]:
    value = {name: part for name, part in block.items() if name not in ("type", "value", "decorative")}
    if "image" in value:
        is_decorative = block.get("decorative", False)
        alt = "" if is_decorative else words[value["image"]]["alt"]
        value["image"] = {"image": images[value["image"]].pk, "decorative": is_decorative, "alt_text": alt}
    if "product" in value:
        value["product"] = product_key(value["product"])
    if "products" in value:
        value["products"] = [product_key(title) for title in value["products"]]
    if "page" in value:
        value["page"] = Page.objects.get(slug=value["page"]).pk
    return {"type": block["type"], "value": block.get("value", value)}


def product_key(title: str) -> int:
    """Return the key of the demo product with this title. Raises DoesNotExist."""
    return int(ProductPage.objects.get(title=title).pk)
