"""Setting a paper in type with Typst. What people typed reaches it as data and is never read as its markup."""

import json
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

HERE = Path(__file__).parent


def pdf(paper: dict[str, Any], layout: str = "paper") -> bytes:
    """Return `paper` as a tagged PDF, laid out by the file of that name. A letter that no font has is an empty box.

    `contents` and `parcels` describe papers; the same one gives the same bytes.
    """
    made = typst.compile(
        HERE / f"{layout}.typ",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper)},
        format="pdf",
        timestamp=int(paper["timestamp"]),
    )
    return bytes(made)


def qr(text: str) -> str:
    """Return a QR code as SVG."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, dark="#17181B")
    return drawn.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
