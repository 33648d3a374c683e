"""A listing as its tests look at it."""

from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from catalog.listing import Listing, build_listing
from catalog.models import CatalogPage

HOSTILE = ["\x00", "%00", "1e400", "NaN", "-1", "9" * 10_000, "'\"><script>", "\ud800", "१२३", "../..", "%", "_", "\\"]


def listing(query: str = "") -> Listing:
    return build_listing(page=CatalogPage.objects.get(), request=RequestFactory().get(f"/shop/{query}"))


def titles(query: str = "") -> list[str]:
    return [card.title for card in listing(query).cards]


def counts(query: str, facet: str) -> dict[str, int]:
    found = next(each for each in listing(query).facets if each.name == facet)
    return {option.value: option.count for option in found.options}


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
