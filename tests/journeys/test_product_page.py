"""The product page: its pictures with the keyboard, and how little it weighs."""

import re

import pytest
from playwright.sync_api import Locator, Response, expect

from tests.journeys.conftest import MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper
from tests.journeys.states import CHOICE, FILMED, LIMITED, PLAIN
from tests.programs import wait_until

KILOBYTE = 1024
MOST = 300 * KILOBYTE
MOST_SCRIPT = 30 * KILOBYTE
SHIFT = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 500);
})"""


def area(picture: Locator) -> float:
    """Return how large something is on the screen, in square pixels."""
    box = picture.bounding_box()
    assert box
    return box["width"] * box["height"]


@pytest.mark.covers("PP3", "PP4")
def test_the_full_view_opens_and_closes_with_the_keyboard(shopper: Shopper) -> None:
    shopper.see(PLAIN)
    gallery = shopper.page.locator("[data-gallery]")
    pictures, thumbs = gallery.locator("ul").first.locator("a"), gallery.locator(".gallery__thumbs a")
    assert pictures.count() == thumbs.count() > 1
    pictures.first.focus()
    shopper.page.keyboard.press("Enter")
    full = shopper.page.get_by_role("dialog", name="Large picture")
    large, place, total = full.locator("img"), full.get_by_role("status"), pictures.count()
    expect(large.first).to_be_in_viewport()
    expect(place).to_have_text(re.compile(f"^1 of {total}"))
    assert [picture.get_attribute("alt") for picture in large.all()] == [
        picture.get_attribute("alt") for picture in pictures.locator("img").all()
    ]
    assert area(large.first) > area(pictures.first)
    shopper.page.keyboard.press("ArrowRight")
    expect(place).to_have_text(re.compile(f"^2 of {total}"))
    expect(large.nth(1)).to_be_in_viewport()
    full.get_by_role("button", name="Previous picture").click()
    expect(place).to_have_text(re.compile(f"^1 of {total}"))
    full.locator("ul").evaluate("strip => strip.scrollTo({ left: strip.scrollWidth, behavior: 'instant' })")
    expect(place).to_have_text(re.compile(f"^{total} of {total}"))
    shopper.page.keyboard.press("Escape")
    expect(full).to_be_hidden()
    expect(pictures.first).to_be_focused()


@pytest.mark.covers("PP1")
def test_what_decides_a_purchase_stands_in_the_first_screen_of_a_phone(make_shopper: MakeShopper) -> None:
    shopper = make_shopper("phone")
    shopper.page.set_viewport_size({"width": 360, "height": 740})
    # One model, two to choose from, a limited edition, and those with the longest words.
    for sku in (PLAIN, CHOICE, LIMITED, "CG43-TX-0013", "CW64-MR-0070"):
        shopper.see(sku)
        buy = shopper.page.locator("[data-buy]")
        shown = [f"[data-show={name}]" for name in ("price", "stock", "legal", "delivery")]
        for name in (*shown, ".buy__add [type=submit]"):
            box = buy.locator(name).bounding_box()
            assert box is not None, (sku, name)
            assert box["y"] + box["height"] <= 740, (sku, name, box)


def test_a_wrong_pin_code_is_called_wrong(shopper: Shopper) -> None:
    shopper.forgive("400 POST .*/cart/delivery/")
    shopper.see(PLAIN)
    form = shopper.page.locator(".buy__pin")
    wrong = form.locator(".field__error")
    expect(wrong).to_be_hidden()
    for pin, fault in (("4110", "Error: PIN code 4110 is too short"), ("411004", "")):
        form.get_by_role("textbox").fill(pin)
        form.get_by_role("button", name="Check").click()
        if fault:
            expect(wrong).to_contain_text(fault)
        else:
            expect(form.get_by_role("status")).to_contain_text("to 411004")
        expect(wrong).to_be_visible(visible=bool(fault))


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
    wait_until(lambda: bool(film.evaluate("film => film.currentTime > 0")), "The film does not play")
    page.locator(".gallery__thumbs a").first.click()
    wait_until(lambda: bool(film.evaluate("film => film.paused")), "The film plays on")


@pytest.mark.covers("PP15")
def test_without_javascript_the_film_has_the_browsers_own_buttons(plain_shopper: Shopper) -> None:
    plain_shopper.see(FILMED)
    plain_shopper.page.locator(".gallery__play").click()
    expect(plain_shopper.page.locator("video")).to_be_in_viewport()
    expect(plain_shopper.page.locator("video")).to_have_attribute("controls", "")
