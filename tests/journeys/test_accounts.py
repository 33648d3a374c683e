"""An account from the first code to buying again."""

import pytest
from playwright.sync_api import expect

from tests.journeys.accounts import come_in
from tests.journeys.conftest import ON_A_PHONE
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

pytestmark = ON_A_PHONE


@pytest.mark.covers("CO1", "PA7")
def test_a_guest_finds_an_order_comes_in_and_buys_again(shopper: Shopper, shop: Shop) -> None:
    page, sku = shopper.page, "CW64-MR-0064"
    order = shopper.order(sku)
    shop.pay(order["number"], "success")
    shop.wait_for_status(order["number"], "paid")
    page.context.clear_cookies()
    shopper.goto("/")
    page.get_by_role("contentinfo").get_by_role("link", name="Find my order").click()
    page.get_by_label("Order number").fill(order["number"].lower())
    page.locator("main [name=email]").fill(shopper.email.upper())
    shopper.button("Send me the link").click()
    expect(page.get_by_text("If we know such an order")).to_be_visible()
    shop.wait_for_mails(shopper.email, f"The way to your order {order['number']}")

    come_in(shopper)
    expect(page.get_by_role("link", name=order["number"]).first).to_be_visible()
    shopper.button("Buy these again").click()
    page.wait_for_url("**/cart/")
    expect(page.get_by_text("1 model is in your cart.")).to_be_visible()
    page.get_by_role("link", name="Check out").click()
    for name in ("email", "full_name", "city", "address_line1"):
        expect(page.locator(f"[name={name}]")).to_have_value(shopper.details[name])
    shopper.submit()
    number = shopper.number
    shopper.upi("success@razorpay")
    shopper.expect_paid()

    shopper.goto("/account/")
    expect(page.get_by_role("link", name=number).first).to_be_visible()
    shopper.button("Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    shopper.goto("/account/")
    expect(shopper.heading("Log in")).to_be_visible()
