"""The sizes and formats of pictures: made when a page is published or by the worker, never by a visit."""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Prefetch, Q, prefetch_related_objects

from catalog.encoding import encode
from catalog.models.images import ShopImage, ShopRendition

logger = logging.getLogger(__name__)

WIDTHS = (400, 800, 1200)
AT_ONCE = ("webp", "jpeg")
"""Formats made when a page is published."""
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg", "png": "image/png"}
"""Content types in the order in which a browser should prefer them."""
ALL = ("webp", "jpeg", "avif")
ENDINGS = {"avif": "avif", "webp": "webp", "jpeg": "jpg", "png": "png"}
THREADS = 4


def spec(width: int, form: str) -> str:
    """Return Wagtail's name of a rendition: "width-400|format-webp"."""
    return f"width-{width}|format-{form}"


SPECS = {spec(width, form): form for form in TYPES for width in WIDTHS}


def prefetch(images: Iterable[ShopImage | None]) -> None:
    """Read the renditions that pages may show of all `images` in one query."""
    rows = ShopRendition.objects.filter(filter_spec__in=SPECS)
    prefetch_related_objects([image for image in images if image], Prefetch("renditions", queryset=rows))


@dataclass
class Sources:
    """The renditions of one picture that exist, smallest first, by format."""

    by_format: dict[str, list[ShopRendition]] = field(default_factory=dict)

    @property
    def fallback(self) -> list[ShopRendition]:
        """The renditions that every browser can show."""
        return self.by_format.get("jpeg") or self.by_format.get("png") or []


def sources(image: ShopImage) -> Sources:
    """Return what exists of `image`, in the order of `TYPES`. Uses prefetched renditions when there are any."""
    found: dict[str, list[ShopRendition]] = {form: [] for form in TYPES}
    for rendition in image.renditions.all():
        if rendition.filter_spec in SPECS:
            found[SPECS[rendition.filter_spec]].append(rendition)
    ordered = {form: sorted(rows, key=lambda row: row.width) for form, rows in found.items() if rows}
    return Sources({form: _without_doubles(rows) for form, rows in ordered.items()})


def url_up_to(image: ShopImage, width: int) -> str:
    """Return the address of the largest JPEG or PNG not wider than `width`; else the smallest; else the original."""
    rows = sources(image).fallback
    fitting = [row for row in rows if row.width <= width] or rows[:1]
    return str(fitting[-1].url if fitting else image.file.url)


def make(images: Iterable[ShopImage], formats: Sequence[str] = AT_ONCE) -> int:
    """Make the missing renditions of `images` and return how many were made.

    "jpeg" means PNG for a picture with transparency. Encoding runs in threads (Pillow gives up the interpreter lock for
    it). A picture that cannot be read is logged and skipped: a broken upload must not keep a page from being published.
    """
    pictures = {image.pk: image for image in images}
    known: dict[int, set[str]] = {pk: set() for pk in pictures}
    for pk, name in ShopRendition.objects.filter(image_id__in=pictures).values_list("image_id", "filter_spec"):
        known[pk].add(name)
    jobs = [(image, wanted) for pk, image in pictures.items() if (wanted := _missing(known[pk], formats))]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return sum(_stored(image, files) for image, files in pool.map(_encoded, jobs))


def make_missing(formats: Sequence[str] = ALL, limit: int = 5) -> int:
    """Make what is missing for up to `limit` pictures and return how many renditions were made. For the worker."""
    made = pictures = 0
    for image in _incomplete(formats).iterator():
        here = make([image], formats)
        made += here
        pictures += bool(here)
        if pictures >= limit:
            break
    return made


def make_after_commit(sender: type, instance: Any, **kwargs: Any) -> None:
    """Make the renditions of a page that was published, outside the transaction that publishes it."""
    images = _images_of(instance)
    if images:
        transaction.on_commit(lambda: _make_quietly(images), robust=True)


def _make_quietly(images: list[ShopImage]) -> None:
    made = make(images)
    logger.info("Made %d renditions for a published page.", made)


def _images_of(page: Any) -> list[ShopImage]:
    """Return the pictures that the page shows: a product's photos, or what any other page says it shows."""
    photos = getattr(page, "photos", None)
    if photos is not None:
        posters = [page.video.poster] if page.video and page.video.poster else []
        return [*(photo.image for photo in photos.select_related("image")), *posters]
    return list(page.shown_images()) if hasattr(page, "shown_images") else []


def _incomplete(formats: Sequence[str]) -> Any:
    """Return the pictures that lack a rendition in one of `formats`."""
    images = ShopImage.objects.order_by("-pk")
    lacking = Q()
    for form in formats:
        same = ("jpeg", "png") if form == "jpeg" else (form,)
        specs = [spec(width, each) for each in same for width in WIDTHS]
        name = f"made_{form}"
        images = images.annotate(**{name: Count("renditions", filter=Q(renditions__filter_spec__in=specs))})
        lacking |= Q(**{f"{name}__lt": len(WIDTHS)})
    return images.filter(lacking)


def _missing(known: set[str], formats: Sequence[str]) -> list[tuple[int, str]]:
    """Return each width and format that a picture with these specs lacks; for "jpeg" a PNG counts too."""
    wanted = []
    for form in formats:
        for width in WIDTHS:
            names = {spec(width, "jpeg"), spec(width, "png")} if form == "jpeg" else {spec(width, form)}
            if known.isdisjoint(names):
                wanted.append((width, form))
    return wanted


def _encoded(job: tuple[ShopImage, list[tuple[int, str]]]) -> tuple[ShopImage, dict[tuple[int, str], bytes]]:
    """Return the bytes of each missing size, none for a broken picture. Runs in a thread: touches no database."""
    image, wanted = job
    try:
        with image.file.storage.open(image.file.name) as file:
            return image, encode(file.read(), wanted)
    except Exception:
        # Whatever is wrong with one upload (gone, no picture, a decoding bomb), the others are still made.
        logger.exception("Picture %s (%s) could not be resized.", image.pk, image.file.name)
        return image, {}


def _stored(image: ShopImage, files: dict[tuple[int, str], bytes]) -> int:
    """Save renditions in one insert; another process that made the same ones meanwhile wins."""
    stem = PurePath(image.file.name).stem[:30]
    rows = [
        ShopRendition(
            image=image,
            filter_spec=spec(width, form),
            file=ContentFile(content, name=f"{stem}.width-{width}.{ENDINGS[form]}"),
        )
        for (width, form), content in files.items()
    ]
    return len(ShopRendition.objects.bulk_create(rows, ignore_conflicts=True))


def _without_doubles(rows: list[ShopRendition]) -> list[ShopRendition]:
    """Drop renditions of equal width: a small original is never enlarged, so its sizes coincide."""
    return list({row.width: row for row in rows}.values())
