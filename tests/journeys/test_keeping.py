"""The wishlist and what was looked at: buttons that tell their state, and cards from the shop."""

import pytest
from playwright.sync_api import expect

from tests.journeys import accounts
from tests.journeys.conftest import ON_A_PHONE, MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper
from tests.journeys.states import PLAIN, SOLD_OUT
from tests.programs import wait_until

KEEP = "button.heart"


@pytest.mark.covers("PP13")
def test_a_model_is_kept_and_found_again(shopper: Shopper, screen: str) -> None:
    page = shopper.page
    shopper.goto("/wishlist/")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    shopper.goto("/shop/?q=rally")
    card = page.locator(".card").filter(has_text="Monsoon Rally No. 64")
    button = card.get_by_role("button", name="Keep Monsoon Rally No. 64")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("/shop/?q=rally")
    shopper.see(SOLD_OUT)
    page.locator(f".buy__head {KEEP}").click()
    if screen == "desktop":
        expect(page.get_by_role("link", name="Wishlist").first).to_contain_text("2")
    shopper.goto("/wishlist/")
    expect(page.locator(".card")).to_have_count(2)
    expect(page.get_by_text("One of these is sold out")).to_be_visible()
    expect(page.locator(f"{KEEP}[aria-pressed=true]")).to_have_count(2)
    page.locator(KEEP).first.click()
    page.reload()
    expect(page.locator(".card")).to_have_count(1)


@pytest.mark.covers("PP13")
@ON_A_PHONE
def test_what_is_gone_is_named_and_taken_off(shopper: Shopper) -> None:
    page = shopper.page
    shopper.goto("/")
    page.evaluate("localStorage.wishlist = JSON.stringify([{ id: 987654, title: 'Old Lorry' }])")
    shopper.goto("/wishlist/")
    expect(page.get_by_text("taken off your list: Old Lorry.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    # What is no list of ours is no list.
    for odd in ("{", "7", '[{"id": "x"}]', "[null]"):
        page.evaluate("text => { localStorage.wishlist = text; }", odd)
        page.reload()
        expect(page.get_by_text("Nothing here yet")).to_be_visible()


@pytest.mark.covers("PP16")
def test_an_account_has_one_list_on_every_device(make_shopper: MakeShopper) -> None:
    phone, laptop = make_shopper("phone"), make_shopper("desktop")
    laptop.email = phone.email
    phone.goto("/shop/?q=rally")
    phone.page.get_by_role("button", name="Keep Monsoon Rally No. 64").click()
    accounts.come_in(phone)
    wait_until(lambda: bool(phone.page.evaluate("localStorage['wishlist-of']")), "The lists are not joined")
    accounts.come_in(laptop)
    laptop.see(SOLD_OUT)
    laptop.page.locator(f".buy__head {KEEP}").click()
    laptop.goto("/wishlist/")
    expect(laptop.page.get_by_text("Kept in your account")).to_be_visible()
    expect(laptop.page.locator(".card")).to_have_count(2)
    with laptop.page.expect_response("**/account/wishlist/"):
        laptop.page.get_by_role("button", name="Keep Monsoon Rally No. 64").click()
    phone.goto("/wishlist/")
    expect(phone.page.locator(".card")).to_have_count(1)
    phone.goto("/account/")
    phone.button("Log out").click()
    phone.page.wait_for_url("**/")
    phone.goto("/wishlist/")
    expect(phone.page.get_by_text("Nothing here yet")).to_be_visible()
    assert "Highway" not in phone.page.evaluate("JSON.stringify({ ...localStorage, 'looked-at': '' })")


@pytest.mark.covers("PP14")
@ON_A_PHONE
def test_the_last_eight_that_were_looked_at_stand_below_a_model(shopper: Shopper, shop: Shop) -> None:
    page = shopper.page
    slugs = [
        slug
        for (slug,) in shop.rows("SELECT slug FROM wagtailcore_page WHERE url_path LIKE '%/shop/_%' AND live LIMIT 10")
    ]
    for slug in slugs:
        shopper.goto(f"/shop/{slug}/")
        page.wait_for_load_state("networkidle")
    section = page.locator("[data-recent]")
    expect(section.get_by_role("heading", name="Looked at lately")).to_be_visible()
    hrefs = [link.get_attribute("href") for link in section.locator(".card__name a").all()]
    assert hrefs == [f"/shop/{slug}/" for slug in reversed(slugs[1:9])]


@pytest.mark.covers("PP13")
@ON_A_PHONE
def test_without_javascript_there_is_no_button_that_does_nothing(plain_shopper: Shopper) -> None:
    page = plain_shopper.page
    for path in ("/shop/", "/wishlist/"):
        plain_shopper.goto(path)
        expect(page.locator(KEEP).filter(visible=True)).to_have_count(0)
    expect(page.get_by_text("keeps this list with JavaScript")).to_be_visible()


@pytest.mark.covers("PP5")
@ON_A_PHONE
def test_without_javascript_a_sold_out_model_takes_an_address(plain_shopper: Shopper, shop: Shop) -> None:
    page = plain_shopper.page
    plain_shopper.see(PLAIN)
    expect(page.get_by_text("Tell me when it is back")).to_have_count(0)
    plain_shopper.forgive("400 POST .*/back-in-stock/")
    plain_shopper.see(SOLD_OUT)
    page.get_by_label("Tell me when it is back").fill("asha")
    page.get_by_label("Tell me when it is back").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
    page.get_by_label("Email").fill(plain_shopper.email)
    plain_shopper.button("Tell me").click()
    expect(page.get_by_role("status").first).to_contain_text(f"We write to {plain_shopper.email} once")
    query = "SELECT sku FROM home_stockrequest JOIN catalog_variant ON variant_id = catalog_variant.id WHERE email = ?"
    assert shop.rows(query, plain_shopper.email) == [(SOLD_OUT,)]
