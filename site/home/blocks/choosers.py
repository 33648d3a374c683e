"""Choosers whose rows are not read with the block: the display reads everything that a page shows at once.

Wagtail reads the rows of each kind of block by themselves, several queries for every page that is shown.
"""

from typing import Any

from wagtail.admin.compare import BlockComparison
from wagtail.blocks import PageChooserBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock


class ReadLater:
    """Makes a chooser's values objects whose fields are read on first use. The storefront uses nothing but their key.

    What is chosen may be gone, which only reading it tells: whatever shows a value in the admin reads it here.
    """

    def bulk_to_python(self: Any, values: list[int | None]) -> list[Any]:
        """Return an object for each key, without a query."""
        key = self.model_class._meta.pk.attname
        return [self.model_class.from_db("default", [key], [value]) if value else None for value in values]

    def get_form_state(self, value: Any) -> Any:
        """Return what the editor shows."""
        return super().get_form_state(self._read(value))  # type: ignore[misc]

    def render_basic(self, value: Any, context: Any = None) -> Any:
        """Return what a comparison shows."""
        return super().render_basic(self._read(value), context)  # type: ignore[misc]

    def _read(self: Any, value: Any) -> Any:
        return self.to_python(value.pk) if value else None


class ProductChooserBlock(ReadLater, PageChooserBlock):
    """Chooses a product."""

    def __init__(self, page_type: Any = "catalog.ProductPage", **options: Any) -> None:
        super().__init__(page_type=page_type, **options)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Let migrations know Wagtail's chooser only."""
        _path, arguments, options = super().deconstruct()
        return "wagtail.blocks.PageChooserBlock", arguments, options


class LateImageChooserBlock(ReadLater, ImageChooserBlock):
    """Chooses a picture."""


class PictureBlock(ImageBlock):
    """Chooses a picture, with words for people who cannot see it or the mark that it only decorates."""

    def __init__(self, required: bool = True, **options: Any) -> None:
        super().__init__(required=required, **options)
        chooser = LateImageChooserBlock(required=required)
        chooser.set_name("image")
        self.child_blocks["image"] = chooser

    def get_comparison_class(self) -> Any:
        """Compare what is shown; Wagtail's own comparison of pictures fails for one that is gone."""
        return BlockComparison
