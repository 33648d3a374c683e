"""Something is gone in the middle of a purchase: the cookies, or the last use of a code."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ON_A_PHONE, MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

pytestmark = ON_A_PHONE
SKU = "CW64-MR-0064"
ONE_USE = """
from checkout.models import Coupon
Coupon.objects.get_or_create(code="LASTONE", kind="amount", amount=10_000, limit=1)
"""


def to_the_checkout(shopper: Shopper) -> None:
    """Put a car into the cart, and open the checkout."""
    shopper.add(SKU)
    shopper.page.get_by_role("link", name="Check out").click()
    shopper.page.wait_for_url("**/checkout/")


def test_cookies_lost_before_paying(shopper: Shopper, shop: Shop) -> None:
    """The order's address is enough to pay and to read it, though cart and session are gone."""
    number = shopper.place_order(SKU)
    shopper.window.get_by_role("button", name="Close").click()
    # The window takes its entry out of the browser's history first, which would cut a reload short.
    expect(shopper.page.get_by_text("Payment not finished.")).to_be_visible()
    shopper.context.clear_cookies()
    shopper.page.reload()
    shopper.pay_button.click()
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    assert (shopper.number, shop.payments(number)) == (number, ["captured"])


@pytest.mark.covers("CO12")
def test_cookies_lost_at_the_checkout(shopper: Shopper, shop: Shop) -> None:
    """Without its cookies a form cannot be taken: a page says what to do, and nothing that was typed is lost."""
    to_the_checkout(shopper)
    shopper.fill()
    shopper.context.clear_cookies()
    shopper.forgive("403 POST .*/checkout/")
    shopper.button("Pay ₹").click()
    expect(shopper.heading("That page had gone stale")).to_be_visible()
    expect(shopper.page.get_by_text("still there")).to_have_count(0)
    assert shop.orders_of(shopper.email) == []
    to_the_checkout(shopper)
    for name, value in shopper.details.items():
        expect(shopper.page.locator(f"[name={name}]")).to_have_value(value)
    shopper.submit()
    assert shop.orders_of(shopper.email) == [shopper.number]
    assert shopper.page.evaluate("sessionStorage.getItem('checkout')") is None


@pytest.mark.covers("CO7")
def test_the_state_follows_a_pin_code_that_is_corrected(shopper: Shopper) -> None:
    """A state that the page has set is not the shopper's word; one that the shopper chose is, and is only doubted."""
    page = shopper.page
    to_the_checkout(shopper)
    pin, state = page.locator("[name=postcode]"), page.locator("[name=state]")
    for typed, expected in (("411004", "27"), ("560001", "29"), ("605001", ""), ("560001", "29")):
        pin.fill(typed)
        pin.blur()
        expect(state).to_have_value(expected)
    state.select_option("27")
    pin.fill("600001")
    pin.blur()
    expect(state).to_have_value("27")
    page.reload()
    expect(pin).to_have_value("600001")
    shopper.button("Set the state to Tamil Nadu").click()
    expect(state).to_have_value("33")
    expect(shopper.button("Set the state")).to_be_hidden()


def test_two_want_the_last_use_of_a_code(shopper: Shopper, shop: Shop, make_shopper: MakeShopper, screen: str) -> None:
    shop.python(ONE_USE)
    other = make_shopper(screen)
    for one in (shopper, other):
        one.add(SKU)
        one.page.get_by_text("I have a code").click()
        one.page.locator("[name=code]").fill("lastone")
        one.button("Use it").click()
        expect(one.page.get_by_text("LASTONE").first).to_be_visible()
        one.page.get_by_role("link", name="Check out").click()
        one.page.wait_for_url("**/checkout/")
        one.fill()
    shopper.submit()
    other.forgive("409 POST .*/checkout/")
    other.button("Pay ₹").click()
    expect(other.page.get_by_role("alert")).to_contain_text("The code LASTONE has been used up.")
    expect(other.page.locator("[name=email]")).to_have_value(other.email)
    assert shop.orders_of(other.email) == []
