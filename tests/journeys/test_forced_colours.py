"""With forced colours, as people with low vision set them, focus, choices, progress and buttons can still be seen.

Seen to fail: without its rule in shop.css the bar of free delivery looks the same whether empty or full.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Locator, Page

from tests.journeys.conftest import MakeShopper
from tests.journeys.shopper import Shopper
from tests.journeys.states import CHOICE, PLAIN

pytestmark = pytest.mark.covers("AX4")
AROUND = 8


@pytest.fixture
def shopper(make_shopper: MakeShopper) -> Shopper:
    """Somebody whose system forces its colours on pages."""
    found = make_shopper("desktop", forced_colors="active", reduced_motion="reduce")
    assert found.page.evaluate("matchMedia('(forced-colors: active)').matches")
    return found


def picture(page: Page, place: Locator) -> bytes:
    """Return what is seen at a place and closely around it."""
    box = place.bounding_box()
    assert box is not None
    left, top = max(0, box["x"] - AROUND), max(0, box["y"] - AROUND)
    wide, high = box["width"] + 2 * AROUND, box["height"] + 2 * AROUND
    clip: FloatRect = {"x": left, "y": top, "width": wide, "height": high}
    return page.screenshot(clip=clip, animations="disabled", caret="hide")


def is_seen(page: Page, place: Locator, change: Callable[[], object]) -> bool:
    """Return whether a change changes what is seen at a place."""
    place.scroll_into_view_if_needed()
    before = picture(page, place)
    change()
    return picture(page, place) != before


def focus_is_seen(page: Page, place: Locator) -> bool:
    """Return whether it is seen that the keyboard has come to a place."""
    # After a key browsers show where the focus is.
    page.keyboard.press("Shift")
    return is_seen(page, place, place.focus)


def test_focus_and_choices_of_a_product(shopper: Shopper) -> None:
    page = shopper.page
    shopper.see(CHOICE)
    first, second = page.locator(".buy .choice").all()[:2]
    for place in (
        page.locator(".brand").first,
        page.get_by_role("link", name="Cart"),
        page.locator(".gallery__thumbs a").nth(1),
        first.get_by_role("radio"),
        shopper.button("Add to cart"),
        page.locator(".buy__head .heart"),
        page.locator(".foot a").first,
    ):
        assert focus_is_seen(page, place), place
    assert is_seen(page, page.locator(".stepper"), page.get_by_role("spinbutton", name="How many").focus)
    shopper.button("Add to cart").focus()
    assert is_seen(page, first.get_by_role("radio"), second.get_by_role("radio").check)
    heart = page.locator(".buy__head .heart")
    assert is_seen(page, heart, lambda: heart.evaluate("button => button.click()"))


def test_buttons_and_fields_have_an_edge(shopper: Shopper) -> None:
    page = shopper.page
    shopper.add(PLAIN)
    for path in ("/shop/", "/cart/", "/checkout/", "/contact/"):
        shopper.goto(path)
        edges = page.locator("main :is(.btn, .input, .field input, .field select, .stepper, .heart)").evaluate_all(
            """found => found.filter((one) => one.checkVisibility()).map((one) => {
                const style = getComputedStyle(one);
                return [one.outerHTML.slice(0, 80), style.borderTopStyle, parseFloat(style.borderTopWidth)];
            })"""
        )
        assert edges
        assert [text for text, style, width in edges if style == "none" or width < 1] == [], path


def test_the_progress_to_free_delivery(shopper: Shopper) -> None:
    page = shopper.page
    shopper.add(PLAIN)
    bar = page.locator("progress")
    bar.evaluate("bar => { bar.value = 0; }")
    assert is_seen(page, bar, lambda: bar.evaluate("bar => { bar.value = bar.max / 2; }"))
    assert is_seen(page, bar, lambda: bar.evaluate("bar => { bar.value = bar.max; }"))


def test_boxes_mistakes_and_suggestions(shopper: Shopper) -> None:
    page = shopper.page
    shopper.add(PLAIN)
    shopper.goto("/checkout/")
    page.locator(".more summary").click()
    box = page.get_by_role("checkbox", name="The bill goes to another address")
    assert is_seen(page, box, box.check)
    phone = page.locator("[name=phone]")
    phone.fill("123")
    phone.blur()
    wrong = page.locator(".field--wrong")
    edge = wrong.evaluate(
        "one => [getComputedStyle(one).borderInlineStartStyle, getComputedStyle(one).borderInlineStartWidth]"
    )
    assert edge == ["solid", "4px"]
    shopper.goto("/shop/?q=zeppelin")
    field = page.get_by_role("searchbox").or_(page.get_by_role("combobox", name="Search for a")).filter(visible=True)
    options = shopper.suggest(field.first, "chho")
    assert is_seen(page, options.first, lambda: page.keyboard.press("ArrowDown"))
