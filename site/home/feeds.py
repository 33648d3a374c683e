"""The journal's feed."""

import datetime as dt

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from catalog.models import ShopSettings
from home.models import JournalIndexPage, StoryPage
from home.stories import newest_stories

LENGTH = 20


class JournalFeed(Feed):  # type: ignore[type-arg]
    """The newest stories as an Atom feed; without a journal it is empty."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> dict[str, str]:
        """Return what the feed says of itself."""
        journal = JournalIndexPage.objects.live().first()
        name = ShopSettings.for_request(request).shop_name
        return {
            "title": _("%(shop)s: %(journal)s") % {"shop": name, "journal": journal.title if journal else _("Journal")},
            "link": (journal.get_url(request) if journal else None) or "/",
            "subtitle": journal.introduction if journal else "",
        }

    def title(self, journal: dict[str, str]) -> str:
        """Return the feed's title."""
        return journal["title"]

    def link(self, journal: dict[str, str]) -> str:
        """Return the address of the journal."""
        return journal["link"]

    def subtitle(self, journal: dict[str, str]) -> str:
        """Return what the journal is about."""
        return journal["subtitle"]

    def items(self) -> list[StoryPage]:
        """Return the newest stories that everybody may read."""
        return list(newest_stories().prefetch_related("genres")[:LENGTH])

    def item_title(self, item: StoryPage) -> str:
        """Return a story's title."""
        return str(item.title)

    def item_link(self, item: StoryPage) -> str:
        """Return a story's address."""
        return item.full_url or "/"

    def item_description(self, item: StoryPage) -> str:
        """Return a story's introduction."""
        return item.introduction

    def item_pubdate(self, item: StoryPage) -> dt.datetime:
        """Return the day on which the story was told."""
        return make_aware(dt.datetime.combine(item.told_on, dt.time()))

    def item_updateddate(self, item: StoryPage) -> dt.datetime | None:
        """Return when the story last changed."""
        changed: dt.datetime | None = item.last_published_at
        return changed

    def item_author_name(self, item: StoryPage) -> str | None:
        """Return who told it."""
        return item.author or None

    def item_categories(self, item: StoryPage) -> list[str]:
        """Return the genres."""
        return [genre.name for genre in item.genres.all()]
