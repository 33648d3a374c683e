"""From the first visit to the paid order."""

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper


@pytest.mark.covers("CO1", "CA5")
def test_a_new_visitor_buys_a_car(shopper: Shopper, shop: Shop, screen: str) -> None:
    page, sku = shopper.page, "CW64-MR-0064"
    on_hand, reserved = shop.stock(sku)
    shopper.goto("/")
    page.get_by_role("button", name="Search").first.click()
    page.locator("#search-header").fill("rally")
    page.locator("#search-header").press("Enter")
    page.wait_for_url("**/shop/?q=rally")
    if screen == "phone":
        shopper.button("Filter").click()
    page.get_by_role("checkbox", name="Chhota Works").check()
    shopper.button("Show models").click()
    page.get_by_role("link", name="Monsoon Rally No. 64").click()
    shopper.button("Add to cart").click()
    expect(page.get_by_role("link", name="Cart")).to_contain_text("1")
    page.get_by_role("link", name="Check out").click()
    shopper.fill(postcode="4110", phone="12345")
    shopper.button("Pay ₹").click()
    expect(page).to_have_title("Error: Checkout · Chhota Garage")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("Check 2 answers before you pay")
    for name, value in {**shopper.details, "postcode": "4110", "phone": "12345"}.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    summary.get_by_role("link", name="PIN code 4110 is too short").click()
    expect(page.locator("[name=postcode]")).to_be_focused()
    expect(page.locator("[name=postcode]")).to_have_attribute("aria-invalid", "true")
    shopper.forgive("400 POST .*/checkout/")
    shopper.fill()
    shopper.submit()
    number = shopper.number
    assert shop.stock(sku) == (on_hand, reserved + 1)
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    assert shopper.number == number
    assert shop.status(number) == "paid"
    assert shop.stock(sku) == (on_hand - 1, reserved)
    assert number in shop.wait_for_mail(shopper.email)
    shopper.goto("/cart/")
    expect(page.get_by_role("heading", name="An empty garage")).to_be_visible()
