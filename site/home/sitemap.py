"""Which pages the sitemap names: every public page that may be found, in parts that stay cheap to make."""

import hashlib
from datetime import datetime

from django.apps import apps
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page, PageViewRestriction

from catalog.cards import for_sale
from catalog.models import ProductPage


class ShopSitemap(Sitemap):
    """The pages of the site, read as plain pages: an address and a date is all that a sitemap tells."""

    limit = 5_000

    def items(self) -> QuerySet[Page]:
        """Return the public pages, without forms and without products that nobody can choose."""
        hidden = [model for model in apps.get_models() if not getattr(model, "may_be_found", True)]
        pages = self.get_wagtail_site().root_page.get_descendants(inclusive=True).live().public()
        empty = ProductPage.objects.filter(pk=OuterRef("pk")).exclude(Exists(for_sale().filter(pk=OuterRef("pk"))))
        fields = ("url_path", "last_published_at", "latest_revision_created_at", "locale_id")
        found: QuerySet[Page] = pages.not_type(tuple(hidden)).exclude(Exists(empty)).only(*fields).order_by("path")
        return found

    def get_latest_lastmod(self) -> datetime | None:
        """Return when a page last changed, for the index; Django reads every page for it."""
        latest: datetime | None = self.items().aggregate(latest=Max("last_published_at"))["latest"]
        return latest


def fingerprint() -> str:
    """Return an ETag that changes whenever a page is published, taken away or made private."""
    pages = Page.objects.live().aggregate(Max("last_published_at"), Count("pk"), Max("pk"))
    private = PageViewRestriction.objects.aggregate(Max("pk"), Count("pk"))
    return f'"{hashlib.sha256(repr((pages, private)).encode()).hexdigest()[:32]}"'
