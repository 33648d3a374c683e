"""Pages that sell nothing: the front door and the pages that explain."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from catalog.forms import TopPageForm
from catalog.models import ProductPage, ShopImage


class HomePage(Page):
    """The front door: a hero, what was just parked, and the scales."""

    hero_title = models.CharField(max_length=80, help_text="Short and plain, such as The city cab, at one forty-third.")
    hero_text = models.TextField(blank=True, help_text="One or two sentences below the title.")
    hero_image = models.ForeignKey(
        ShopImage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="A cut-out on a transparent ground looks best.",
    )
    hero_product = models.ForeignKey(
        ProductPage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The product that the hero's button opens.",
    )
    new_title = models.CharField("title of the new arrivals", max_length=60, default="Just parked")

    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    page_description = "The front door of the shop."
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("hero_title"),
                FieldPanel("hero_text"),
                FieldPanel("hero_image"),
                FieldPanel("hero_product"),
            ],
            heading="Hero",
        ),
        FieldPanel("new_title"),
    ]

    class Meta:
        verbose_name = "home page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the newest cards, the number of products and the scales to browse."""
        # The front door reads these models, so it can only be imported once they are loaded.
        from home.front_door import front_door

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context.update(front_door(self, request))
        return context


class ContentPage(Page):
    """A page of plain text: about, delivery, returns, privacy, contact."""

    introduction = models.TextField(blank=True, help_text="One or two sentences below the title.")
    body = RichTextField(blank=True, features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"])

    base_form_class = TopPageForm
    parent_page_types = ["home.HomePage", "home.ContentPage"]
    subpage_types = ["home.ContentPage"]
    page_description = "A page of text, such as Returns."
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
