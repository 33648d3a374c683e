"""The front door."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from catalog.models import ShopImage
from home.blocks import HomeStreamBlock
from home.models.shown import shown_in


class HomePage(Page):
    """The front door: whatever an editor composes of blocks."""

    body = StreamField(HomeStreamBlock(), blank=True, verbose_name=_("blocks"))

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "catalog.CatalogPage",
        "checkout.CheckoutPage",
        "home.ContactPage",
        "home.ContentPage",
        "home.JournalIndexPage",
    ]
    max_count = 1
    page_description = _("The front door of the shop.")
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("home page")

    @property
    def hero(self) -> Any:
        """The hero, which holds the page's title, or None."""
        return self.body.first_block_by_name("hero")

    def shown_images(self) -> list[ShopImage]:
        """Return the pictures of the blocks."""
        return shown_in(self.body)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the blocks show of catalogue and journal."""
        # The display reads these models, so it can only be imported once they are loaded.
        from home.display import read_display

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["display"] = display = read_display([(child.block, child.value) for child in self.body], request)
        # What previews of links show.
        context["leading_picture"] = display.image(self.hero.value["image"]) if self.hero else None
        return context
