"""The listing: search, facets with counts, chips, sort, paging, and addresses that nobody should trust."""

from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.test import Client
from wagtail.models import PageViewRestriction

from catalog import stock
from catalog.listing import newest_first, tally
from catalog.models import ProductPage, Variant
from catalog.query import ListingQuery
from tests.catalog.listings import HOSTILE, listing, queries, titles
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CEILING = 13
"""The shop allows 15: this leaves two for a cart's badge."""


@pytest.mark.covers("LS3")
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
        ("?condition=pre_owned", ["Monsoon Rally"]),
        ("?condition=pre_owned&condition=new&scale=1:64", ["Monsoon Rally"]),
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
def test_a_search_is_in_order_of_fit_unless_another_is_asked_for() -> None:
    assert listing("?q=cab").sorts[0] == ("best", "Best match first", True)
    assert "best" not in [value for value, _label, _chosen in listing("?sort=best").sorts]
    assert listing("?sort=best&brand=bengal-diecast").facets == listing("?brand=bengal-diecast").facets
    assert ListingQuery.read(QueryDict("q=a&sort=best")).encoded() == "?q=a"
    assert ListingQuery.read(QueryDict("q=a&sort=newest")).encoded() == "?q=a&sort=newest"
    assert ListingQuery.read(QueryDict("sort=newest")).encoded() == ""


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


@pytest.mark.covers("LS5")
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


PARAMETERS = "q brand scale genre condition min max available sort page variant"


@pytest.mark.parametrize("name", PARAMETERS.split())
@pytest.mark.usefixtures("shelf")
def test_no_address_breaks_the_listing(client: Client, name: str) -> None:
    for value in HOSTILE:
        text = quote(value.encode("utf-8", "surrogatepass"))
        # The gate refuses NUL before any page sees it; everything else is answered by the listing.
        assert client.get(f"/shop/?{name}={text}").status_code == (400 if value == "\x00" else 200), value
    assert client.get("/shop/?" + "&".join([f"{name}=x"] * 200)).status_code == 200


def test_control_characters_are_dropped_by_the_listing_itself() -> None:
    assert ListingQuery.read(QueryDict("q=a%00b&brand=%00&page=%00")).text == "a b"


@pytest.mark.covers("LS1")
def test_a_query_is_written_as_it_was_read() -> None:
    text = "q=red+cab&scale=1:43&scale=1:64&brand=a&genre=b&min=1&max=2.50&available=1&sort=-price"
    query = ListingQuery.read(QueryDict(text))
    assert query.encoded() == f"?{text}"
    assert ListingQuery.read(QueryDict(query.encoded(3).lstrip("?"))) == query
    assert ListingQuery.read(QueryDict("")).encoded() == ""


@pytest.mark.covers("LS6")
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
    for other in ("", "?q=oen", "?q=ona", "?q=zeppelin", "?min=1&max=9999&condition=new"):
        assert queries(client, f"/shop/{other}") <= CEILING, other
