"""What the filters of a listing say: counts that are what a click shows, chips, price bands."""

import pytest
from django.test import Client

from catalog.models import Variant
from tests.catalog.listings import counts, listing
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.mark.covers("LS2")
@pytest.mark.usefixtures("shelf")
def test_a_facet_counts_as_if_only_the_others_were_on() -> None:
    assert counts("?brand=bengal-diecast", "brand") == {"bengal-diecast": 2, "chhota-works": 2}
    assert counts("?brand=bengal-diecast", "scale") == {"1:43": 2, "1:64": 0}
    assert counts("?scale=1:64", "genre") == {"city-life": 0, "race-course": 1}
    assert counts("?genre=city-life&available=1", "available") == {"1": 1}
    assert counts("?q=saloon", "brand") == {"bengal-diecast": 1, "chhota-works": 0}
    assert counts("?max=1000", "scale") == {"1:43": 0, "1:64": 1}
    assert counts("?scale=1:43", "condition") == {"new": 3, "pre_owned": 0}


@pytest.mark.usefixtures("shelf")
def test_every_count_is_what_a_click_shows() -> None:
    for start in ("", "?brand=bengal-diecast", "?q=i&available=1", "?scale=1:43&genre=city-life"):
        for facet in listing(start).facets:
            for option in facet.options:
                if not option.selected and not any(each.selected for each in facet.options):
                    assert listing("?" + option.url.partition("?")[2]).total == option.count, option


@pytest.mark.covers("LS2")
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


@pytest.mark.covers("LS2")
@pytest.mark.usefixtures("shelf")
def test_an_option_that_finds_nothing_is_disabled_and_stays(client: Client) -> None:
    """LS2."""
    page = " ".join(client.get("/shop/?q=saloon").content.decode().split())
    assert 'value="1:64" disabled> 1:64' in page
    assert 'value="1:43"> 1:43' in page
    assert 'value="pre_owned" disabled> Pre-owned' in page
    assert 'pick--none"> Up to ₹999' in page
    assert 'name="available" value="1" disabled> Hide sold out' in page


def test_price_bands_leave_no_price_out_and_count_each_once() -> None:
    """LS2: a band is both ends of the price range, and its count is what it shows."""
    for number, price in enumerate((99_900, 99_950, 100_000, 249_900, 249_999, 250_000, 1_000_000)):
        make_product(f"AAA-{number}", price=price)
    two = make_product("BBB-1", price=99_900).page
    two.variants.add(Variant(sku="BBB-2", price=300_000, mrp=300_000, weight_grams=1))
    two.save_revision().publish()
    bands = listing().bands
    assert [(band.label, band.count, band.url) for band in bands] == [
        ("Up to ₹999", 3, "/shop/?max=999"),
        ("₹1,000 to ₹2,499", 3, "/shop/?min=1000&max=2499"),
        ("₹2,500 to ₹4,999", 1, "/shop/?min=2500&max=4999"),
        ("₹5,000 to ₹9,999", 0, "/shop/?min=5000&max=9999"),
        ("From ₹10,000", 1, "/shop/?min=10000"),
    ]
    for place, band in enumerate(bands):
        chosen = listing("?" + band.url.partition("?")[2])
        assert chosen.total == len(chosen.cards) == band.count
        assert [each.count for each in chosen.bands] == [3, 3, 1, 0, 1]
        assert [each.selected for each in chosen.bands] == [each is band for each in bands]
        assert [chip.label for chip in chosen.chips] == [band.label]
        assert chosen.bands[place].url == "/shop/"
