"""What an uploaded film or its captions must be: looked at by content, since a name can say anything."""

from pathlib import PurePath
from typing import Any

import filetype
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat

LARGEST = 30 * 1024 * 1024
"""Bytes. A minute in good quality; somebody on a phone pays for every one of them."""
LARGEST_CAPTIONS = 200 * 1024
KINDS = {"video/mp4": ".mp4", "video/webm": ".webm"}
"""What every browser plays, with the ending that the server tells the type by."""


def check_film(file: Any) -> None:
    """Raise ValidationError unless an uploaded file is an MP4 or WebM film, called so, and not too large."""
    if file.size > LARGEST:
        size, most = filesizeformat(file.size), filesizeformat(LARGEST)
        raise ValidationError(f"This film has {size}; it may have {most}. Make it shorter, or export it smaller.")
    found = filetype.guess(_beginning(file, 8192))
    ending = KINDS.get(found.mime) if found else None
    if ending is None:
        what = f"This is {found.mime}" if found else "This is no film"
        raise ValidationError(f"{what}. Export it as MP4 (H.264) or WebM, which every browser plays.")
    if PurePath(file.name).suffix.lower() != ending:
        raise ValidationError(f"By its content this file is a {ending} file: name it so.")


def check_captions(file: Any) -> None:
    """Raise ValidationError unless an uploaded file holds captions as WebVTT."""
    if file.size > LARGEST_CAPTIONS:
        raise ValidationError(f"Captions are text and have at most {filesizeformat(LARGEST_CAPTIONS)}.")
    try:
        text = _beginning(file, LARGEST_CAPTIONS).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError("These captions are no UTF-8 text: export them as WebVTT.") from None
    if not text.startswith("WEBVTT") or PurePath(file.name).suffix.lower() != ".vtt":
        raise ValidationError("Captions are a .vtt file that begins with the word WEBVTT.")


def _beginning(file: Any, size: int) -> bytes:
    file.seek(0)
    found: bytes = file.read(size)
    file.seek(0)
    return found
