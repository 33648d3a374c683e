"""How a product looks on days that have not come yet: what an editor can see in the preview."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

UNPUBLISHED = "unpublished"
MODES = [
    ("", _("As it is now")),
    ("in_stock", _("In stock")),
    ("few_left", _("Few left")),
    ("sold_out", _("Sold out")),
    (UNPUBLISHED, _("Before it is published")),
]
PIECES = {"in_stock": 99, "few_left": 2, "sold_out": 0}


def pretended_pieces(request: HttpRequest) -> int | None:
    """Return how many pieces of each variant the preview is to show, or None when it shows what there is."""
    return PIECES.get(getattr(request, "preview_mode", ""))
