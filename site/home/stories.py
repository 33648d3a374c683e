"""Which stories of the journal are shown where."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog import pictures
from catalog.cards import private
from catalog.models import ProductPage
from home.models import StoryPage, StoryProduct

RELATED = 3


def newest_stories() -> QuerySet[StoryPage]:
    """Return the live and public stories with their pictures, the newest first."""
    stories: QuerySet[StoryPage] = StoryPage.objects.live().filter(~private()).select_related("picture")
    return stories.order_by("-told_on", "-pk")


def stories_about(product: ProductPage) -> list[StoryPage]:
    """Return stories that name a product, then those of its genre, in two queries."""
    names_it = StoryProduct.objects.filter(page_id=OuterRef("pk"), product_id=product.pk)
    of_genre = StoryPage.genres.through.objects.filter(storypage_id=OuterRef("pk"), genre_id=product.genre_id)
    found = newest_stories().annotate(is_named=Exists(names_it), is_near=Exists(of_genre))
    found = found.filter(Q(is_named=True) | Q(is_near=True)).order_by("-is_named", "-told_on", "-pk")
    stories = list(found[:RELATED])
    pictures.prefetch(story.picture for story in stories)
    return stories
