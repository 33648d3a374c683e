"""Blocks that tell something: on the home page and in stories."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, IntegerBlock, PageChooserBlock, RichTextBlock, TextBlock

from home.blocks.base import ShopBlock, Wants
from home.blocks.choosers import PictureBlock

TEXT_FEATURES = ["bold", "italic", "link", "ul", "ol"]


class TeaserBlock(ShopBlock):
    """A few sentences beside a picture, and where to read on."""

    title = CharBlock(max_length=80, help_text=_("Such as “Cut from a taxi in Byculla”."))
    text = RichTextBlock(features=TEXT_FEATURES, help_text=_("Two to four sentences."))
    image = PictureBlock(required=False)
    page = PageChooserBlock(required=False, help_text=_("Where the link leads: a story, a product, a page of text."))
    link = CharBlock(required=False, max_length=40, help_text=_("Such as “Read the story”."))

    class Meta:
        icon = "doc-full"
        group = _("Words")
        template = "home/blocks/teaser.html"
        label = _("Story")
        description = _("A picture with a few sentences beside it and a link to read on.")
        preview_value = {
            "title": "Cut from a taxi in Byculla",
            "text": "<p>We measured a surviving 1974 car with a tape, and cut the tool from that.</p>",
            "link": "Read the story",
        }

    def wants(self, value: Any) -> Wants:
        """Return the picture."""
        return Wants(images=(value["image"].pk,) if value.get("image") else ())

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return the picture."""
        return {"image": display.image(value.get("image"))}


class JournalBlock(ShopBlock):
    """The newest stories, without anybody picking them."""

    title = CharBlock(max_length=60, default="From the bench", help_text=_("Such as “From the bench”."))
    number = IntegerBlock(min_value=2, max_value=4, default=3, help_text=_("From 2 to 4."))

    class Meta:
        icon = "edit"
        group = _("Words")
        template = "home/blocks/journal.html"
        label = _("Journal")
        description = _("The newest stories of the journal, always up to date.")
        preview_value = {"title": "From the bench", "number": 3}

    def wants(self, value: Any) -> Wants:
        """Return how many stories are shown."""
        return Wants(stories=value["number"])

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return the newest stories."""
        return {"stories": display.stories[: value["number"]]}


class PromisesBlock(ShopBlock):
    """How the shop packs, sends and takes back, in the words of its settings."""

    title = CharBlock(max_length=60, default="How we park them", help_text=_("Such as “How we park them”."))

    class Meta:
        icon = "success"
        group = _("Words")
        template = "home/blocks/promises.html"
        label = _("Promises")
        description = _("Packing, dispatch and returns, in the words of the shop’s settings.")
        preview_value = {"title": "How we park them"}


class NoticeBlock(ShopBlock):
    """Something that shoppers should know before they order."""

    tone = ChoiceBlock(
        choices=[("info", _("Good to know")), ("warn", _("Take care")), ("ok", _("Good news"))], default="info"
    )
    title = CharBlock(max_length=80, help_text=_("Such as “Closed from 1 to 4 November”."))
    text = TextBlock(required=False, max_length=240, help_text=_("Such as “Orders placed then leave on the 5th.”"))

    class Meta:
        icon = "warning"
        group = _("Words")
        template = "home/blocks/notice.html"
        label = _("Notice")
        description = _("One short notice in a coloured box: holidays, delays, good news.")
        preview_value = {"tone": "info", "title": "Closed for Diwali", "text": "Orders leave on the 5th."}


class IllustrationBlock(ShopBlock):
    """A picture in a story."""

    image = PictureBlock()
    caption = CharBlock(required=False, max_length=200, help_text=_("Shown below the picture."))

    class Meta:
        icon = "image"
        group = _("Words")
        template = "home/blocks/picture.html"
        label = _("Picture")
        description = _("A picture as wide as the text, with words for people who cannot see it, and a caption.")

    def wants(self, value: Any) -> Wants:
        """Return the picture."""
        return Wants(images=(value["image"].pk,) if value.get("image") else ())

    def furnish(self, value: Any, display: Any) -> dict[str, Any]:
        """Return the picture."""
        return {"image": display.image(value.get("image"))}


class QuoteBlock(ShopBlock):
    """What somebody said."""

    text = TextBlock(max_length=400, help_text=_("Without quotation marks."))
    speaker = CharBlock(required=False, max_length=80, help_text=_("Such as “Ramesh, who drove one for 31 years”."))

    class Meta:
        icon = "openquote"
        group = _("Words")
        template = "home/blocks/quote.html"
        label = _("Quote")
        description = _("One or two sentences that somebody said, large, with the speaker’s name.")
        preview_value = {"text": "The meter was the only honest part of it.", "speaker": "Ramesh, driver"}
