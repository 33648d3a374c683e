"""Turns an uploaded picture into its sizes and formats: decoded once, scaled from the larger size to the smaller."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

QUALITY: dict[str, dict[str, Any]] = {
    "avif": {"quality": 61, "speed": 7},
    "webp": {"quality": 80, "method": 2},
    "jpeg": {"quality": 78, "progressive": True, "optimize": True},
    "png": {"optimize": False, "compress_level": 7},
}


def encode(original: bytes, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], bytes]:
    """Return the bytes of `original` in each (width, format), never enlarged; "jpeg" gives PNG for transparency.

    The keys are those that were really made. Raises OSError (PIL.UnidentifiedImageError) for what is no picture.
    """
    with Image.open(BytesIO(original)) as opened:
        profile = opened.info.get("icc_profile")
        picture = ImageOps.exif_transpose(opened)
    is_transparent = _is_transparent(picture)
    picture = picture.convert("RGBA" if is_transparent else "RGB")
    made = {}
    for width, form in sorted(wanted, reverse=True):
        picture = _scaled(picture, width)
        real = "png" if form == "jpeg" and is_transparent else form
        made[width, real] = _saved(picture, real, profile)
    return made


def _is_transparent(picture: Image.Image) -> bool:
    """Return whether any point lets the page shine through; many opaque pictures carry an alpha channel."""
    if not picture.has_transparency_data:
        return False
    lowest, _ = picture.convert("RGBA").getchannel("A").getextrema()
    return bool(int(lowest) < 255)  # type: ignore[arg-type]  # One channel has one pair of numbers.


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _saved(picture: Image.Image, form: str, profile: bytes | None) -> bytes:
    output = BytesIO()
    picture.save(output, form.upper(), icc_profile=profile, **QUALITY[form])
    return output.getvalue()
