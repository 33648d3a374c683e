"""Which blocks a page may have, how many of each, and in which order."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks import CharBlock, RichTextBlock, StreamBlock
from wagtail.blocks.stream_block import StreamBlockValidationError

from home.blocks.goods import ArrivalsBlock, BrowseBlock, FeaturedBlock, HeroBlock
from home.blocks.words import (
    TEXT_FEATURES,
    IllustrationBlock,
    JournalBlock,
    NoticeBlock,
    PromisesBlock,
    QuoteBlock,
    TeaserBlock,
)


class HomeStreamBlock(StreamBlock):
    """The front door."""

    hero = HeroBlock()
    arrivals = ArrivalsBlock()
    featured = FeaturedBlock()
    browse = BrowseBlock()
    story = TeaserBlock()
    journal = JournalBlock()
    promises = PromisesBlock()
    notice = NoticeBlock()

    class Meta:
        max_num = 16
        block_counts = {
            "hero": {"max_num": 1},
            "arrivals": {"max_num": 1},
            "featured": {"max_num": 4},
            "browse": {"max_num": 3},
            "story": {"max_num": 3},
            "journal": {"max_num": 1},
            "promises": {"max_num": 1},
            "notice": {"max_num": 2},
        }

    def clean(self, value: Any, **kwargs: Any) -> Any:
        """Return the blocks. Raises StreamBlockValidationError when something but a notice stands above the hero."""
        cleaned = super().clean(value, **kwargs)
        names = [child.block_type for child in cleaned]
        if "hero" in names and set(names[: names.index("hero")]) - {"notice"}:
            error = ValidationError(_("The hero holds the page’s title: only a notice may stand above it."))
            raise StreamBlockValidationError(non_block_errors=[error])
        return cleaned


class StoryStreamBlock(StreamBlock):
    """A story of the journal."""

    heading = CharBlock(
        icon="title",
        max_length=80,
        template="home/blocks/heading.html",
        label=gettext_lazy("Heading"),
        description=gettext_lazy("A heading between two parts of the story."),
        preview_value="Measuring the original",
    )
    text = RichTextBlock(
        icon="pilcrow",
        features=[*TEXT_FEATURES, "h3"],
        label=gettext_lazy("Text"),
        description=gettext_lazy("Paragraphs with links, lists and small headings."),
        preview_value="<p>Every Mumbai childhood has one of these in it.</p>",
    )
    picture = IllustrationBlock()
    quote = QuoteBlock()
    products = FeaturedBlock()

    class Meta:
        block_counts = {"products": {"max_num": 2}}
