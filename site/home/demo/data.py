"""Reads the demo shop's data files."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
PICTURES = FOLDER / "pictures"
VIDEOS = FOLDER / "videos"


def read(name: str) -> dict[str, Any]:
    """Return the contents of one data file, such as "labels.toml"."""
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


def read_products() -> list[dict[str, Any]]:
    """Return every product with what its family shares, in the order in which the shop made them."""
    products = []
    for path in sorted((FOLDER / "models").glob("*.toml")):
        family = read(f"models/{path.name}")
        shared = {key: value for key, value in family.items() if key != "products"}
        products += [{**shared, **product} for product in family["products"]]
    return products
