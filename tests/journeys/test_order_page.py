"""What a buyer does with an order besides paying it, and buying with the keyboard alone."""

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

SKU = "CW64-MR-0065"


def tab_to(shopper: Shopper, target: Locator) -> None:
    """Press Tab until the focus is on `target`."""
    target.wait_for()
    for _press in range(120):
        shopper.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The Tab key never reaches {target}")


def test_cancelling(shopper: Shopper, shop: Shop) -> None:
    before = shop.stock(SKU)
    number = shopper.place_order(SKU)
    pay_url = shopper.page.url
    shopper.window.get_by_role("button", name="Close").click()
    shopper.page.get_by_role("link", name="Cancel this order").click()
    expect(shopper.page.get_by_text("Nothing was paid, so nothing has to go back.")).to_be_visible()
    shopper.button("Cancel the order").click()
    expect(shopper.heading("This order is cancelled")).to_be_visible()
    expect(shopper.page.get_by_text("Nothing is owed, and nothing was charged.")).to_be_visible()
    assert shop.status(number) == "cancelled"
    assert shop.stock(SKU) == before
    shopper.page.goto(pay_url)
    expect(shopper.heading("This order is cancelled")).to_be_visible()
    expect(shopper.pay_button).to_have_count(0)


@pytest.mark.covers("AX3")
def test_buying_with_the_keyboard_alone(shopper: Shopper, shop: Shop) -> None:
    page, keyboard = shopper.page, shopper.page.keyboard
    shopper.see(SKU)
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    keyboard.press("Enter")
    tab_to(shopper, shopper.button("Add to cart"))
    keyboard.press("Enter")
    page.wait_for_url("**/cart/")
    tab_to(shopper, page.get_by_role("link", name="Check out"))
    keyboard.press("Enter")
    page.wait_for_url("**/checkout/")
    for name in ("email", "phone", "full_name", "postcode", "address_line1", "city"):
        tab_to(shopper, page.locator(f"[name={name}]"))
        keyboard.type(shopper.details[name])
    expect(page.locator("[name=state]")).to_have_value("27")
    tab_to(shopper, shopper.button("Pay ₹"))
    keyboard.press("Enter")
    page.wait_for_url("**/pay/*")
    tab_to(shopper, shopper.window.get_by_label("UPI ID"))
    keyboard.type("success@razorpay")
    keyboard.press("Enter")
    shopper.expect_paid()
    assert shop.status(shopper.number) == "paid"
