"""The pictures of a page's blocks."""

from typing import Any

from catalog.models import ShopImage


def shown_in(body: Any) -> list[ShopImage]:
    """Return every picture that the blocks of a stream refer to, however deep."""
    references = body.stream_block.extract_references(body)
    keys = {key for model, key, *_place in references if issubclass(model, ShopImage)}
    return list(ShopImage.objects.filter(pk__in=keys))
