"""Typing errors, Hindi and plurals are forgiven; what stands where decides the order; both databases say the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.cards import for_sale
from catalog.models import SearchEntry
from catalog.search.understanding import MAX_WORDS, understand
from tests.catalog.listings import listing, titles
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> None:
    """Four models of one maker, newest last."""
    make_product("BD43-HG-0062", title="Hooghly Saloon", curators_note="Monsoon rain outside the cafeteria")
    make_product("CW64-MR-0064", title="Monsoon Rally", material="Zinc")
    make_product("BD50-HK-0050", title="Goods Truck", description="<p>Horn OK please</p>")
    make_product("CG43-TX-0007", title="Kaali-Peeli Cab", model_year=1974)


@pytest.mark.parametrize(
    ("text", "corrected", "found"),
    [
        ("mosoon raly", "monsoon rally", ["Monsoon Rally"]),
        ("Goodz", "goods", ["Goods Truck"]),
        ("hoohgly", "hooghly", ["Hooghly Saloon"]),
        ("trucks", "", ["Goods Truck"]),
        ("goods-truck", "", ["Goods Truck"]),
        ("the truck", "", ["Goods Truck"]),
        ("hoog sal", "", ["Hooghly Saloon"]),
        ("काली पीली", "kaali peeli", ["Kaali-Peeli Cab"]),
        ("मानसून रैली", "monsoon rally", ["Monsoon Rally"]),
        ("KÀÂLI", "", ["Kaali-Peeli Cab"]),
        ("१९७४", "", ["Kaali-Peeli Cab"]),
        # A number is never another one, a short word is left alone, and stories correct nobody's spelling.
        ("0065", "", []),
        ("cib", "", []),
        ("cafetaria", "", []),
        ("zeppelin", "", []),
        ("🚗", "", []),
        ("!!! ???", "", []),
    ],
)
@pytest.mark.usefixtures("street")
def test_a_text_is_understood(text: str, corrected: str, found: list[str]) -> None:
    shown = listing(f"?q={text}")
    assert [card.title for card in shown.cards] == found
    assert shown.corrected == corrected


def test_words_in_the_name_come_before_words_in_the_story() -> None:
    make_product("AAA-1", title="Night Express")
    make_product("AAA-2", title="Expressway Van")
    make_product("AAA-3", title="Maker’s Van", condition="opened")
    make_product("AAA-4", title="Ivory Van", material="Express paint")
    make_product("AAA-5", title="Told Van", curators_note="The express of old")
    SearchEntry.objects.filter(page__title="Maker’s Van").update(labels="express")
    expected = ["Night Express", "Expressway Van", "Maker’s Van", "Ivory Van", "Told Van"]
    assert titles("?q=express") == expected
    assert titles("?q=express&sort=newest") == expected[::-1]
    assert titles("?q=express&sort=name") == sorted(expected)


@pytest.mark.covers("LS3")
def test_what_is_sold_out_comes_last_however_well_it_fits() -> None:
    make_product("AAA-1", title="Monsoon Rally", on_hand=0)
    make_product("AAA-2", title="Dry Car", curators_note="Never saw a monsoon rally")
    assert titles("?q=monsoon+rally") == ["Dry Car", "Monsoon Rally"]
    assert titles("?q=monsoon+rally&available=1") == ["Dry Car"]


@pytest.mark.covers("LS4")
@pytest.mark.usefixtures("street")
def test_a_bolder_guess_is_only_suggested() -> None:
    search = understand("hogly")
    assert (search.corrected, search.suggestion) == ("", "hooghly")
    assert understand("Hogly 1:43").suggestion == "hooghly 1:43"
    assert understand("zeppelin").suggestion == ""
    assert understand("saloon").suggestion == ""


@pytest.mark.usefixtures("street")
def test_words_that_find_something_alone_are_named() -> None:
    assert understand("saloon truck zeppelin").alone == ["saloon", "truck"]
    assert understand("saloon").alone == []


@pytest.mark.usefixtures("street")
def test_more_words_than_are_sensible_are_left_out() -> None:
    search = understand(" ".join(f"word{number}" for number in range(50)))
    assert len(search.words) == MAX_WORDS


HOSTILE_WORDS = """
" ' * ^ NEAR(a AND OR NOT - : {name} ( ) & | ! <-> \\ % _ cab काली 🚗 kaali:* '; DROP TABLE 1s43 é cab* "cab rally'::A
"""


@pytest.mark.usefixtures("street")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.lists(st.sampled_from(HOSTILE_WORDS.split()), max_size=8).map(" ".join))
def test_no_text_upsets_a_database(text: str) -> None:
    search = understand(text)
    rows = for_sale().filter(search.condition()).order_by(search.closeness(), "pk")
    assert len(rows) <= 4
    assert isinstance(search.suggestion, str)
