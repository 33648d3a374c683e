"""The product page: its pictures with the keyboard, and how little it weighs."""

import pytest
from playwright.sync_api import Response, expect

from tests.journeys.conftest import MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper
from tests.journeys.states import PLAIN

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
    shopper.page.keyboard.press("Escape")
    expect(full).to_be_hidden()
    expect(pictures.first).to_be_focused()


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
