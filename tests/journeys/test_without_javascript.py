"""Everything can be bought without JavaScript, and when Razorpay's script does not come, on Razorpay's own page."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ON_A_PHONE
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

SKU = "CW64-MR-0064"


def pay_on_razorpays_page(shopper: Shopper) -> None:
    """Fail once, then succeed, at the test bank; stop before the way back to the shop."""
    page = shopper.page
    for outcome in ("Failure", "Success"):
        page.get_by_role("radio", name="Netbanking").check()
        page.get_by_role("button", name=re.compile("^Pay ₹")).click()
        page.get_by_role("button", name=outcome).click()


@pytest.mark.covers("C15", "AX8", "PA6", "CA5")
def test_a_whole_purchase(plain_shopper: Shopper, shop: Shop) -> None:
    shopper, page = plain_shopper, plain_shopper.page
    on_hand, reserved = shop.stock("CW64-MR-0070")
    shopper.goto("/shop/?sort=price")
    page.get_by_role("link", name="Monsoon Rally, Blind Box").click()
    page.get_by_role("radio", name=re.compile("^One carton")).check()
    page.get_by_role("spinbutton", name="How many").fill("3")
    shopper.button("Add to cart").click()
    expect(page.get_by_role("heading", name="Monsoon Rally, Blind Box, One carton")).to_be_visible()
    quantity = page.get_by_role("spinbutton", name="How many Monsoon Rally, Blind Box")
    expect(quantity).to_have_value("3")
    quantity.fill("2")
    shopper.button("Update").click()
    expect(quantity).to_have_value("2")
    expect(page.locator(".sum__total")).to_contain_text("₹1,297")
    page.get_by_role("link", name="Check out").click()
    shopper.fill(email="asha")
    shopper.button("Pay ₹").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an email address")
    shopper.forgive("400 POST .*/checkout/")
    shopper.forgive("409 POST .*/checkout/")
    shopper.fill(postcode="744 101", city="Port Blair", state="35")
    shopper.button("Pay ₹1,297").click()
    expect(page.get_by_role("alert")).to_contain_text("Delivery to 744101 costs ₹250; the total is now ₹1,448.")
    shopper.submit()
    number = shopper.number
    expect(shopper.pay_button).to_be_hidden()
    shopper.button("Pay ₹1,448 on Razorpay's page").click()
    pay_on_razorpays_page(shopper)
    shopper.button("Continue").click()
    shopper.expect_paid()
    assert shopper.number == number
    assert shop.stock("CW64-MR-0070") == (on_hand - 2, reserved)
    assert shop.orders_of(shopper.email) == [number]


@pytest.mark.covers("AX8")
@ON_A_PHONE
def test_removing_the_last_car(plain_shopper: Shopper) -> None:
    plain_shopper.add(SKU)
    plain_shopper.button("Remove").click()
    expect(plain_shopper.page.get_by_role("heading", name="An empty garage")).to_be_visible()


@pytest.mark.covers("C5", "PA6")
@ON_A_PHONE
def test_razorpays_script_is_blocked(shopper: Shopper, shop: Shop) -> None:
    page = shopper.page
    shopper.lose("**/v1/checkout.js")
    number = shopper.place_order(SKU)
    expect(page.get_by_text("The payment window does not open.")).to_be_visible()
    expect(shopper.pay_button).to_be_hidden()
    shopper.button("Pay ₹").click()
    pay_on_razorpays_page(shopper)
    shopper.expect_paid()
    assert shop.status(number) == "paid"


@ON_A_PHONE
def test_coming_back_from_razorpays_page_without_paying(plain_shopper: Shopper, shop: Shop) -> None:
    number = plain_shopper.place_order(SKU)
    plain_shopper.button("Pay ₹").click()
    plain_shopper.button("Cancel").click()
    plain_shopper.page.wait_for_url("**/orders/*/pay/*")
    assert plain_shopper.number == number
    assert shop.status(number) == "pending"


def cookies(shopper: Shopper, shop: Shop) -> dict[str, str]:
    """Return what the browser would send to the shop."""
    return {str(cookie["name"]): str(cookie["value"]) for cookie in shopper.context.cookies(shop.url)}


@pytest.mark.covers("C6", "C14")
@ON_A_PHONE
def test_the_callback_needs_no_cookie(plain_shopper: Shopper, shop: Shop) -> None:
    """A POST from another site brings no Lax cookie, and the shop must not give this browser a new one instead."""
    shopper = plain_shopper
    number = shopper.place_order(SKU)
    before = cookies(shopper, shop)
    shopper.button("Pay ₹").click()
    pay_on_razorpays_page(shopper)
    with shopper.page.expect_request("**/payments/callback/") as caught:
        shopper.button("Continue").click()
    assert "cookie" not in caught.value.all_headers()
    shopper.expect_paid()
    assert shopper.number == number
    assert cookies(shopper, shop) == before
    assert "cart" in before
    assert shop.payments(number) == ["failed", "captured"]
