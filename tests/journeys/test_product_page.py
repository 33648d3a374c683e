"""The product page: its pictures with the keyboard, and how little it weighs."""

import pytest
from playwright.sync_api import Response, expect

from tests.journeys.conftest import MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper
from tests.journeys.states import FILMED, PLAIN

KILOBYTE = 1024
MOST = 300 * KILOBYTE
MOST_SCRIPT = 30 * KILOBYTE
SHIFT = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 500);
})"""


@pytest.mark.covers("PP3", "PP4")
def test_the_full_view_opens_and_closes_with_the_keyboard(shopper: Shopper) -> None:
    shopper.see(PLAIN)
    gallery = shopper.page.locator("[data-gallery]")
    pictures, thumbs = gallery.locator("ul").first.locator("a"), gallery.locator(".gallery__thumbs a")
    assert pictures.count() == thumbs.count() > 1
    pictures.first.focus()
    shopper.page.keyboard.press("Enter")
    full = shopper.page.get_by_role("dialog", name="Large picture")
    expect(full.locator("img")).to_be_visible()
    assert full.locator("img").get_attribute("alt") == pictures.first.locator("img").get_attribute("alt")
    second = pictures.nth(1).locator("img").get_attribute("alt")
    shopper.page.keyboard.press("ArrowRight")
    expect(full.locator("img")).to_have_attribute("alt", str(second))
    full.get_by_role("button", name="Previous picture").click()
    expect(full.locator("img")).to_have_attribute("alt", str(pictures.first.locator("img").get_attribute("alt")))
    shopper.page.keyboard.press("Escape")
    expect(full).to_be_hidden()
    expect(pictures.first).to_be_focused()


@pytest.mark.covers("PP1")
def test_what_decides_a_purchase_stands_in_the_first_screen_of_a_phone(make_shopper: MakeShopper) -> None:
    shopper = make_shopper("phone")
    shopper.page.set_viewport_size({"width": 360, "height": 740})
    for sku in (PLAIN, FILMED):
        shopper.see(sku)
        buy = shopper.page.locator("[data-buy]")
        for name in ("[data-show=price]", "[data-show=stock]", "[data-show=legal]", "[type=submit] >> nth=0"):
            box = buy.locator(name).first.bounding_box()
            assert box is not None, name
            assert box["y"] + box["height"] <= 740, (sku, name, box)


@pytest.mark.covers("PP4")
def test_without_javascript_a_picture_is_a_link_to_the_large_one(plain_shopper: Shopper) -> None:
    plain_shopper.see(PLAIN)
    plain_shopper.page.locator("[data-gallery] ul").first.locator("a").first.click()
    plain_shopper.page.wait_for_url("**/media/**")


@pytest.mark.covers("AX5")
def test_the_page_is_light_asks_nobody_else_and_does_not_jump(make_shopper: MakeShopper, shop: Shop) -> None:
    shopper = make_shopper("phone")
    found: list[Response] = []

    def note(answer: Response) -> None:
        found.append(answer)

    shopper.page.on("response", note)
    shopper.see(PLAIN)
    shopper.page.wait_for_load_state("networkidle")
    assert [answer.url for answer in found if not answer.url.startswith(shop.url)] == []
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in found}
    pictures = [url for url in sizes if "/media/" in url]
    assert sum(size for url, size in sizes.items() if url not in pictures[1:]) <= MOST
    assert sum(size for url, size in sizes.items() if url.endswith(".js")) <= MOST_SCRIPT
    assert shopper.page.evaluate(SHIFT) < 0.01


@pytest.mark.covers("PP15")
def test_a_film_is_played_with_the_keyboard_and_loaded_only_then(shopper: Shopper) -> None:
    page = shopper.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    shopper.see(FILMED)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFT) < 0.01
    page.get_by_role("link", name="Video").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".gallery__play")).to_have_attribute("aria-current", "true")
    assert not [url for url in asked if "/videos/" in url]
    film = page.locator("video")
    film.focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    page.locator(".gallery__thumbs a").first.click()
    page.wait_for_function("document.querySelector('video').paused")


@pytest.mark.covers("PP15")
def test_without_javascript_the_film_has_the_browsers_own_buttons(plain_shopper: Shopper) -> None:
    plain_shopper.see(FILMED)
    plain_shopper.page.locator(".gallery__play").click()
    expect(plain_shopper.page.locator("video")).to_be_in_viewport()
    expect(plain_shopper.page.locator("video")).to_have_attribute("controls", "")
