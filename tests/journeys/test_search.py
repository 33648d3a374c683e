"""Finding a model: with suggestions and the keyboard alone, and without JavaScript; Back brings back what was there."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper
from tests.programs import wait_until


def open_search(shopper: Shopper) -> Locator:
    """Open the search of the header and return its field."""
    shopper.goto("/about/")
    shopper.button("Search").filter(visible=True).first.click()
    field = shopper.page.locator("#search-header")
    expect(field).to_be_focused()
    return field


def test_a_model_is_found_with_the_keyboard_alone(shopper: Shopper) -> None:
    field, page = open_search(shopper), shopper.page
    expect(field).to_have_role("combobox")
    options = shopper.suggest(field, "kaali")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^\d suggestions$"))).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = options.first.get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", str(chosen))
    page.keyboard.press("ArrowUp")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("kaali")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shop/kaali-peeli*/")


def test_a_suggestion_is_clicked(shopper: Shopper) -> None:
    options = shopper.suggest(open_search(shopper), "bengal")
    options.filter(has_text="Bengal Diecast maker").click()
    shopper.page.wait_for_url("**/shop/?brand=bengal-diecast")


def test_enter_searches_for_what_was_typed_and_the_shop_is_told(shopper: Shopper, shop: Shop) -> None:
    field, page = open_search(shopper), shopper.page
    text = f"mosoon {page.viewport_size}"[:12].strip()
    field.press_sequentially(text)
    field.press("Enter")
    page.wait_for_url("**/shop/?q=mosoon*")
    query = "SELECT 1 FROM wagtailsearchpromotions_query WHERE query_string LIKE 'mosoon%'"
    wait_until(lambda: bool(shop.rows(query)), "nobody told the shop what was searched for")


def test_without_a_network_the_form_still_searches(shopper: Shopper) -> None:
    field, page = open_search(shopper), shopper.page
    shopper.lose("**/search/suggestions/*")
    field.press_sequentially("rally")
    field.press("Enter")
    page.wait_for_url("**/shop/?q=rally")
    expect(page.get_by_role("heading", name="Monsoon Rally No. 64")).to_be_visible()


def filters(shopper: Shopper) -> Locator:
    """Return the filters: beside the models on a desk, behind a button on a phone."""
    button = shopper.button("Filter").first
    if button.is_visible():
        button.click()
    return shopper.page.get_by_role("form", name="Filters")


def listing_of(page_title: Locator, text: str) -> None:
    expect(page_title).to_contain_text(text)


@pytest.mark.covers("LS1")
def test_a_search_is_narrowed_without_javascript(plain_shopper: Shopper) -> None:
    shopper, page = plain_shopper, plain_shopper.page
    open_search_plainly(shopper, "chhota works")
    showing = page.get_by_role("status").first
    listing_of(showing, "“chhota works”")
    form = filters(shopper)
    form.get_by_role("checkbox", name="1:64").check()
    form.get_by_role("checkbox", name="Hide sold out").check()
    form.get_by_role("button", name="Show models").click()
    listing_of(showing, "“chhota works”, scale 1:64, in stock")
    filters(shopper).get_by_role("link", name="Up to ₹999").click()
    listing_of(showing, "up to ₹999")
    page.get_by_role("link", name="Remove Scale 1:64").click()
    expect(page.get_by_role("link", name="Remove Scale 1:64")).to_have_count(0)
    page.go_back()
    listing_of(showing, "scale 1:64, up to ₹999")
    expect(page.get_by_role("link", name="Remove Scale 1:64")).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    listing_of(showing, "models")
    expect(page.get_by_role("list", name="Chosen filters")).to_have_count(0)


def open_search_plainly(shopper: Shopper, text: str) -> None:
    """Search from the header, where no script runs."""
    shopper.goto("/")
    shopper.button("Search").filter(visible=True).first.click()
    field = shopper.page.locator("#search-header")
    field.fill(text)
    field.press("Enter")
    shopper.page.wait_for_url("**/shop/?q=*")


@pytest.mark.parametrize("misspelled", ["hogly", "Hogly saloon"])
def test_another_spelling_is_one_click_away(make_shopper: MakeShopper, misspelled: str) -> None:
    shopper = make_shopper("phone", java_script_enabled=False)
    open_search_plainly(shopper, misspelled)
    shopper.page.get_by_role("link", name=re.compile("^hooghly")).click()
    expect(shopper.page.get_by_role("heading", name="Hooghly ’62 Saloon").first).to_be_visible()


@pytest.mark.covers("LS1")
def test_filters_that_were_not_applied_are_gone_after_back(make_shopper: MakeShopper) -> None:
    shopper = make_shopper("desktop")
    page = shopper.page
    shopper.goto("/shop/")
    box = page.get_by_role("checkbox", name="1:64")
    box.check()
    page.get_by_role("link", name="Kaali-Peeli City Cab").click()
    page.wait_for_url("**/kaali-peeli-city-cab/")
    page.go_back()
    expect(box).not_to_be_checked()


COVERED = """element => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    return !found || !(element.contains(found) || found.contains(element));
}"""


@pytest.mark.covers("AX2")
@pytest.mark.parametrize("size", [(1280, 700), (360, 740), (320, 256)])
def test_nothing_covers_the_filter_that_has_the_focus(make_shopper: MakeShopper, size: tuple[int, int]) -> None:
    shopper = make_shopper("desktop", viewport={"width": size[0], "height": size[1]})
    shopper.goto("/shop/")
    form = filters(shopper)
    stops = form.locator("input:enabled:visible, a:visible, button:visible")
    stops.first.focus()
    for stop in stops.all():
        expect(stop).to_be_focused()
        assert not stop.evaluate(COVERED), stop.evaluate("element => element.outerHTML")
        shopper.page.keyboard.press("Tab")
    expect(form.locator(":focus")).to_have_count(0)
    assert not shopper.page.evaluate(f"({COVERED})(document.activeElement)")


@pytest.mark.covers("AX3")
def test_a_search_for_one_endless_word_fits_the_narrowest_screen(make_shopper: MakeShopper) -> None:
    shopper = make_shopper("phone", viewport={"width": 320, "height": 640})
    shopper.goto(f"/shop/?q={'W' * 100}")
    assert shopper.page.evaluate("document.documentElement.scrollWidth") == 320


def test_an_address_holds_no_empty_choice(make_shopper: MakeShopper) -> None:
    shopper = make_shopper("desktop")
    shopper.goto("/shop/")
    form = filters(shopper)
    form.get_by_role("checkbox", name="1:64").check()
    form.get_by_role("button", name="Show models").click()
    shopper.page.wait_for_url(re.compile(r"/shop/\?scale=1%3A64$"))
