"""The demo shop's film."""

from typing import Any

from django.core.files import File

from catalog.models import ShopImage, Video
from home.demo.data import VIDEOS


def load_film(row: dict[str, Any] | None, images: dict[str, ShopImage]) -> Video | None:
    """Return the film that a product names, uploaded now unless it is there."""
    if row is None:
        return None
    known: Video | None = Video.objects.filter(title=row["title"]).first()
    return known or _upload(row, images)


def _upload(row: dict[str, Any], images: dict[str, ShopImage]) -> Video:
    with (VIDEOS / row["file"]).open("rb") as file:
        video: Video = Video.objects.create(
            title=row["title"],
            file=File(file, name=row["file"]),
            poster=images[row["poster"]],
            description=row["text"],
        )
        return video
