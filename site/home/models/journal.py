"""The journal and its stories."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from catalog import pictures
from catalog.forms import TopPageForm
from catalog.models import Genre, ProductPage, ShopImage
from home.blocks import StoryStreamBlock
from home.blocks.base import Wants
from home.models.shown import shown_in

PAGE_SIZE = 12


class JournalIndexPage(Page):
    """The list of all stories, the newest first."""

    introduction = models.TextField(_("introduction"), blank=True, help_text=_("One or two sentences below the title."))

    base_form_class = TopPageForm
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.StoryPage"]
    max_count_per_parent = 1
    page_description = _("The journal: lists every story below it.")
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("journal")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add one page of stories; `?page=` chooses it."""
        from home.stories import newest_stories

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        told: Any = newest_stories()
        stories = Paginator(told.child_of(self), PAGE_SIZE).get_page(request.GET.get("page"))
        stories.object_list = list(stories.object_list)
        pictures.prefetch(story.picture for story in stories)
        # The head of the page tells the address of this part of the list.
        context["stories"] = context["pages"] = stories
        return context


class StoryPage(Page):
    """One story: how a model was made, or what its original did."""

    told_on = models.DateField(_("date"), default=timezone.localdate, help_text=_("Stories are listed by it."))
    author = models.CharField(_("author"), max_length=80, blank=True, help_text=_("Such as Meena Deshpande."))
    introduction = models.TextField(
        _("introduction"), max_length=300, help_text=_("One or two sentences, also shown in lists and feeds.")
    )
    picture = models.ForeignKey(
        ShopImage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_("Shown at the top of the story and in lists."),
    )
    picture_alt = models.CharField(
        _("alternative text"),
        max_length=200,
        blank=True,
        help_text=_("What the picture shows: Close-up of the taxi’s front wing."),
    )
    body = StreamField(StoryStreamBlock(), blank=True, verbose_name=_("story"))
    genres = ParentalManyToManyField(
        Genre,
        blank=True,
        related_name="+",
        verbose_name=_("genres"),
        help_text=_("The story is also shown with products of these genres."),
    )

    parent_page_types = ["home.JournalIndexPage"]
    subpage_types: list[str] = []
    page_description = _("A story with pictures, linked to genres and products.")
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("told_on"), FieldPanel("author")]),
        FieldPanel("introduction"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], heading=_("Picture")),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("genres"),
                InlinePanel("products", label=_("product"), max_num=8, help_text=_("The story is shown with them.")),
            ],
            heading=_("What it is about"),
        ),
    ]

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")

    def shown_images(self) -> list[ShopImage]:
        """Return the pictures at the top and of the blocks."""
        return [*([self.picture] if self.picture else []), *shown_in(self.body)]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the display of its blocks, the products that it is about, and other stories."""
        from home.display import read_display
        from home.stories import RELATED

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        rows = list(self.products.all())
        named = Wants(
            products=tuple(row.product_id for row in rows),
            images=(self.picture_id,) if self.picture_id else (),
            stories=RELATED + 1,
        )
        display = read_display([(child.block, child.value) for child in self.body], request, also=named)
        context.update(
            display=display,
            picture=display.images.get(self.picture_id),
            leading_picture=display.images.get(self.picture_id),
            cards=[display.cards[row.product_id] for row in rows if row.product_id in display.cards],
            stories=[story for story in display.stories if story.pk != self.pk][:RELATED],
        )
        return context


class StoryProduct(Orderable):
    """A product that a story is about."""

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="products")
    product = models.ForeignKey(ProductPage, on_delete=models.CASCADE, related_name="+", verbose_name=_("product"))

    panels = [FieldPanel("product")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "product"], name="a_story_names_a_product_once")]
