"""What tests of the catalogue find in the shop."""

import pytest

from catalog.models import Brand, Genre, ProductPage
from catalog.search import index
from tests.factories import make_product


@pytest.fixture
def shelf(db: None) -> None:
    """Four products: two makers, two scales, two genres, one sold out."""
    city = Genre.objects.create(name="City Life", slug="city-life", sort_order=1)
    race = Genre.objects.create(name="Race Course", slug="race-course", sort_order=2)
    bengal = Brand.objects.create(name="Bengal Diecast", slug="bengal-diecast")
    cab = make_product("CG43-TX-0007", title="City Cab", price=189_900, genre=city, curators_note="From Mumbai")
    saloon = make_product("BD43-HG-0062", title="Hooghly Saloon", price=214_900, on_hand=0, genre=city)
    rally = make_product("CW64-MR-0064", title="Monsoon Rally", price=69_900, genre=race)
    truck = make_product("BD50-HK-0050", title="Highway King", price=279_900)
    ProductPage.objects.filter(pk__in=[saloon.page_id, truck.page_id]).update(brand=bengal)
    ProductPage.objects.filter(pk=rally.page_id).update(scale="1:64", condition="pre_owned")
    assert cab.stock
    index.rebuild()
