"""The listing: search, facets with counts, chips, sort, paging, and addresses that nobody should trust."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from catalog import stock
from catalog.listing import Listing, build_listing, newest_first, tally
from catalog.models import Brand, CatalogPage, Genre, ProductPage, Variant
from catalog.query import ListingQuery
from tests.factories import make_product

pytestmark = pytest.mark.django_db
CEILING = 13
"""The shop allows 15: this leaves two for a cart's badge."""


def listing(query: str = "") -> Listing:
    return build_listing(page=CatalogPage.objects.get(), request=RequestFactory().get(f"/shop/{query}"))


def titles(query: str = "") -> list[str]:
    return [card.title for card in listing(query).cards]


def counts(query: str, facet: str) -> dict[str, int]:
    found = next(each for each in listing(query).facets if each.name == facet)
    return {option.value: option.count for option in found.options}


@pytest.fixture
def shelf() -> None:
    """Four products: two makers, two scales, two genres, one sold out."""
    city = Genre.objects.create(name="City Life", slug="city-life", sort_order=1)
    race = Genre.objects.create(name="Race Course", slug="race-course", sort_order=2)
    bengal = Brand.objects.create(name="Bengal Diecast", slug="bengal-diecast")
    cab = make_product("CG43-TX-0007", title="City Cab", price=189_900, genre=city, curators_note="From Mumbai")
    saloon = make_product("BD43-HG-0062", title="Hooghly Saloon", price=214_900, on_hand=0, genre=city)
    rally = make_product("CW64-MR-0064", title="Monsoon Rally", price=69_900, genre=race)
    truck = make_product("BD50-HK-0050", title="Highway King", price=279_900)
    ProductPage.objects.filter(pk__in=[saloon.page_id, truck.page_id]).update(brand=bengal)
    ProductPage.objects.filter(pk=rally.page_id).update(scale="1:64")
    assert cab.stock


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Highway King", "Monsoon Rally", "City Cab", "Hooghly Saloon"]),
        ("?sort=price", ["Monsoon Rally", "City Cab", "Hooghly Saloon", "Highway King"]),
        ("?sort=-price", ["Highway King", "Hooghly Saloon", "City Cab", "Monsoon Rally"]),
        ("?sort=name", ["City Cab", "Highway King", "Hooghly Saloon", "Monsoon Rally"]),
        ("?q=mumbai", ["City Cab"]),
        ("?q=hooghly+bengal", ["Hooghly Saloon"]),
        ("?q=hk-0050", ["Highway King"]),
        ("?q=race", ["Monsoon Rally"]),
        ("?q=nothing", []),
        ("?brand=bengal-diecast", ["Highway King", "Hooghly Saloon"]),
        ("?brand=bengal-diecast&brand=chhota-works&scale=1:43&available=1", ["Highway King", "City Cab"]),
        ("?genre=city-life", ["City Cab", "Hooghly Saloon"]),
        ("?min=700&max=2,000", ["City Cab"]),
        ("?min=2000&max=700", ["City Cab"]),
        ("?brand=unknown&scale=2:1", ["Highway King", "Monsoon Rally", "City Cab", "Hooghly Saloon"]),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_what_is_asked_for_is_found(query: str, found: list[str]) -> None:
    assert titles(query) == found
    assert listing(query).total == len(found)


@pytest.mark.usefixtures("shelf")
def test_a_facet_counts_as_if_only_the_others_were_on() -> None:
    assert counts("?brand=bengal-diecast", "brand") == {"bengal-diecast": 2, "chhota-works": 2}
    assert counts("?brand=bengal-diecast", "scale") == {"1:43": 2, "1:64": 0}
    assert counts("?scale=1:64", "genre") == {"city-life": 0, "race-course": 1}
    assert counts("?genre=city-life&available=1", "available") == {"1": 1}
    assert counts("?q=saloon", "brand") == {"bengal-diecast": 1, "chhota-works": 0}
    assert counts("?max=1000", "scale") == {"1:43": 0, "1:64": 1}


@pytest.mark.usefixtures("shelf")
def test_every_count_is_what_a_click_shows() -> None:
    for start in ("", "?brand=bengal-diecast", "?q=i&available=1", "?scale=1:43&genre=city-life"):
        for facet in listing(start).facets:
            for option in facet.options:
                if not option.selected and not any(each.selected for each in facet.options):
                    assert listing("?" + option.url.partition("?")[2]).total == option.count, option


@pytest.mark.usefixtures("shelf")
def test_chips_take_one_filter_off() -> None:
    found = listing("?q=cab&scale=1:43&brand=chhota-works&min=100&max=5000&available=1&sort=price")
    assert [chip.label for chip in found.chips] == [
        "“cab”",
        "Scale 1:43",
        "Chhota Works",
        "From ₹100",
        "Up to ₹5,000",
        "In stock",
    ]
    assert found.chips[1].remove_url == "/shop/?q=cab&brand=chhota-works&min=100&max=5000&available=1&sort=price"
    assert found.clear_url == "/shop/?sort=price"
    assert found.showing == "1 of 4 models, “cab”, scale 1:43, Chhota Works, from ₹100, up to ₹5,000, in stock"
    assert listing("").showing == "4 models"
    assert listing("?q=zzz").showing == "None of 4 models, “zzz”"


def test_a_card_tells_the_lowest_price_and_the_stock_of_all_variants() -> None:
    car = make_product(on_hand=2, price=200_00)
    page = ProductPage.objects.get().get_latest_revision_as_object()
    page.variants.add(Variant(sku="AAA-2", price=150_00, mrp=180_00, weight_grams=1, sort_order=5))
    page.variants.add(Variant(sku="AAA-3", price=1_00, mrp=1_00, weight_grams=1, is_active=False))
    page.save_revision().publish()
    stock.receive(variant=Variant.objects.get(sku="AAA-2"), quantity=1)
    (card,) = listing().cards
    assert (card.price, card.mrp, card.from_price) == (150_00, 180_00, True)
    assert card.availability.text == "Only 3 left"
    assert car.page_id


@pytest.mark.parametrize(
    ("fields", "on_hand", "flag"),
    [
        ({"is_new_arrival": True}, 9, ("New", "new")),
        ({"is_new_arrival": True, "edition_size": 640}, 9, ("1 of 640", "limited")),
        ({"edition_size": 640}, 0, ("Sold out", "sold")),
        ({}, 9, ("", "")),
    ],
)
def test_a_card_has_the_flag_that_says_most(fields: dict[str, Any], on_hand: int, flag: tuple[str, str]) -> None:
    make_product(on_hand=on_hand, **fields)
    (card,) = listing().cards
    assert (card.flag, card.flag_tone) == flag


def test_drafts_private_pages_and_pages_without_variants_are_not_listed() -> None:
    for sku in ("AAA-1", "AAA-2", "AAA-3", "AAA-4"):
        make_product(sku, title=sku)
    ProductPage.objects.get(title="AAA-1").unpublish()
    PageViewRestriction.objects.create(page=ProductPage.objects.get(title="AAA-2"), restriction_type="login")
    Variant.objects.filter(sku="AAA-3").update(is_active=False)
    assert titles() == ["AAA-4"]
    assert tally().counts("scale") == {"1:43": 1}
    assert [page.title for page in newest_first()] == ["AAA-4"]


def test_long_lists_have_pages(client: Client) -> None:
    for number in range(26):
        make_product(f"AAA-{number:02}", on_hand=0)
    first, second = listing("?sort=name"), listing("?sort=name&page=2")
    assert (len(first.cards), len(second.cards)) == (24, 2)
    assert (first.previous_url, first.next_url) == ("", "/shop/?sort=name&page=2")
    assert second.page_links == [(1, "/shop/?sort=name", False), (2, "/shop/?sort=name&page=2", True)]
    for odd in ("0", "-1", "99", "abc", "1e9", "9" * 5000):
        assert listing(f"?page={odd}").page_obj.number in (1, 2)
    assert client.get("/shop/?page=2").status_code == 200


HOSTILE = ["\x00", "%00", "1e400", "NaN", "-1", "9" * 10_000, "'\"><script>", "\ud800", "१२३", "../..", "%", "_", "\\"]


@pytest.mark.parametrize("name", ["q", "brand", "scale", "genre", "min", "max", "available", "sort", "page", "variant"])
@pytest.mark.usefixtures("shelf")
def test_no_address_breaks_the_listing(client: Client, name: str) -> None:
    for value in HOSTILE:
        text = quote(value.encode("utf-8", "surrogatepass"))
        # The gate refuses NUL before any page sees it; everything else is answered by the listing.
        assert client.get(f"/shop/?{name}={text}").status_code == (400 if value == "\x00" else 200), value
    assert client.get("/shop/?" + "&".join([f"{name}=x"] * 200)).status_code == 200


def test_control_characters_are_dropped_by_the_listing_itself() -> None:
    assert ListingQuery.read(QueryDict("q=a%00b&brand=%00&page=%00")).text == "a b"


def test_a_query_is_written_as_it_was_read() -> None:
    text = "q=red+cab&scale=1:43&scale=1:64&brand=a&genre=b&min=1&max=2.50&available=1&sort=-price"
    query = ListingQuery.read(QueryDict(text))
    assert query.encoded() == f"?{text}"
    assert ListingQuery.read(QueryDict(query.encoded(3).lstrip("?"))) == query
    assert ListingQuery.read(QueryDict("")).encoded() == ""


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_queries_do_not_grow_with_products(client: Client) -> None:
    make_product("AAA-1", title="One")
    url = "/shop/?q=o&scale=1:43&available=1"
    one = queries(client, url)
    for sku in ("AAA-2", "AAA-3"):
        make_product(sku, title=f"One {sku}")
    assert queries(client, url) == one
    for number in range(4, 28):
        make_product(f"AAA-{number}", title=f"One {number}")
    assert queries(client, url) == one <= CEILING
