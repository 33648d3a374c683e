"""Setting a paper in type with Typst. What people typed reaches it as data and is never read as its markup."""

import json
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

HERE = Path(__file__).parent


def pdf(paper: dict[str, Any]) -> bytes:
    """Return `paper`, as `contents` describes it, as a tagged PDF. A letter that no font has becomes an empty box."""
    inputs = {"paper": json.dumps({**paper, "qr": _qr(paper["url"])})}
    made = typst.compile(
        HERE / "paper.typ",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        format="pdf",
        timestamp=int(paper["timestamp"]),
    )
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])


def _qr(url: str) -> str:
    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, dark="#17181B")
    return drawn.getvalue().decode()
