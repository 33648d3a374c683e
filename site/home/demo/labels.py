"""The demo shop's makers, genres and tax rates."""

from django.utils.text import slugify

from catalog.models import Brand, Genre, GstRate, HsnCode
from home.demo.data import read


def load_labels() -> HsnCode:
    """Make the makers, genres and the HSN code that are missing, and return the code."""
    data = read("labels.toml")
    for position, genre in enumerate(data["genres"], start=1):
        defaults = {"name": genre["name"], "description": genre["description"], "sort_order": position}
        Genre.objects.get_or_create(slug=slugify(genre["name"]), defaults=defaults)
    for brand in data["brands"]:
        defaults = {key: brand[key] for key in ("name", "country", "description")}
        Brand.objects.get_or_create(slug=slugify(brand["name"]), defaults=defaults)
    hsn: HsnCode
    defaults = {"description": data["hsn"]["description"]}
    hsn, _ = HsnCode.objects.get_or_create(code=data["hsn"]["code"], defaults=defaults)
    for rate in data["hsn"]["rates"]:
        GstRate.objects.get_or_create(
            hsn=hsn, valid_from=rate["valid_from"], defaults={"basis_points": rate["basis_points"]}
        )
    return hsn


def maker_addresses() -> dict[str, str]:
    """Return the address of each maker by name, as the boxes declare it."""
    return {brand["name"]: brand["address"] for brand in read("labels.toml")["brands"]}
