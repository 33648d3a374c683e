"""The demo shop's pictures."""

from django.core.files.images import ImageFile
from django.core.management.base import OutputWrapper

from catalog import pictures
from catalog.models import ShopImage
from catalog.progress import Progress
from home.demo.data import PICTURES, read


def load_photos(stream: OutputWrapper) -> dict[str, ShopImage]:
    """Upload the pictures that are missing, make their sizes, and return them by file name."""
    data = read("pictures.toml")
    known = {
        image.title: image for image in ShopImage.objects.filter(title__in=[row["title"] for row in data.values()])
    }
    found = {}
    with Progress(stream, "Pictures", len(data)) as progress:
        for name, row in data.items():
            found[name] = known.get(row["title"]) or _upload(name, row)
            progress.advance()
    _make_sizes(list(found.values()), stream)
    return found


def _upload(name: str, row: dict[str, str]) -> ShopImage:
    with (PICTURES / f"{name}.webp").open("rb") as file:
        upload = ImageFile(file, name=f"{name}.webp")
        image: ShopImage = ShopImage.objects.create(title=row["title"], description=row["alt"], file=upload)
        return image


def _make_sizes(images: list[ShopImage], stream: OutputWrapper) -> None:
    with Progress(stream, "Sizes", len(images)) as progress:
        for start in range(0, len(images), pictures.THREADS):
            batch = images[start : start + pictures.THREADS]
            pictures.make(batch)
            progress.advance(len(batch))
