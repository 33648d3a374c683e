"""The demo shop's stories."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.management.base import OutputWrapper
from django.db import transaction
from django.utils import timezone

from catalog.models import Genre, ShopImage
from catalog.progress import Progress
from home.demo.compose import compose, product_key
from home.demo.data import FOLDER, read
from home.models import JournalIndexPage, StoryPage, StoryProduct


def load_stories(journal: JournalIndexPage, images: Mapping[str, ShopImage], stream: OutputWrapper) -> None:
    """Publish the stories that are missing."""
    rows = [read(f"stories/{path.name}") for path in sorted((FOLDER / "stories").glob("*.toml"))]
    with Progress(stream, "Stories", len(rows)) as progress:
        for row in rows:
            if not StoryPage.objects.filter(slug=row["slug"]).exists():
                _publish(_story(row, images), journal)
            progress.advance()


@transaction.atomic
def _publish(story: StoryPage, journal: JournalIndexPage) -> None:
    journal.add_child(instance=story)
    story.save_revision().publish()


def _story(row: dict[str, Any], images: Mapping[str, ShopImage]) -> StoryPage:
    names = ("title", "slug", "author", "introduction", "search_description")
    story = StoryPage(
        **{name: row[name] for name in names},
        live=False,
        told_on=timezone.localdate() - timedelta(days=row["days"]),
        picture=images[row["picture"]],
        picture_alt=read("pictures.toml")[row["picture"]]["alt"],
        body=compose(row["blocks"], images),
    )
    story.genres = list(Genre.objects.filter(name__in=row["genres"]))
    story.products = [
        StoryProduct(product_id=product_key(title), sort_order=position)
        for position, title in enumerate(row["products"])
    ]
    return story
