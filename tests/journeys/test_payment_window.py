"""Razorpay's window: failures, closing and coming back, pressing twice, two tabs. One order, paid once, always."""

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.parametrize("screen", ["desktop"])
SKU = "CW64-MR-0065"
LITTLE_TIME = """
from datetime import timedelta
from django.utils import timezone
from checkout.models import Order
Order.objects.filter(number="%s").update(expires_at=timezone.now() + timedelta(minutes=5))
"""


@pytest.mark.covers("C2")
def test_failure_then_success_in_the_same_window(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    on_hand, reserved = shop.stock(SKU)
    shopper.upi("failure@razorpay")
    expect(shopper.window.get_by_role("alert")).to_contain_text("temporary issue")
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    shop.wait_for_payments(number, ["captured", "failed"])
    assert len(shop.attempts(number)) == 1
    assert shop.stock(SKU) == (on_hand - 1, reserved - 1)
    shop.wait_for_mail(shopper.email)
    assert len(shop.mails_to(shopper.email)) == 1


def test_a_failed_payment_is_told_when_the_window_closes(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    shopper.upi("failure@razorpay")
    expect(shopper.window.get_by_role("alert")).to_contain_text("temporary issue")
    shopper.window.get_by_role("button", name="Close").click()
    shopper.expect_no_window()
    expect(shopper.heading("The payment did not go through")).to_be_visible()
    expect(shopper.page.get_by_role("status").first).to_contain_text("it will be refunded")
    expect(shopper.pay_button).to_have_accessible_name("Try again, pay ₹898")
    assert shop.status(number) == "pending"
    shopper.pay_button.click()
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    assert len(shop.attempts(number)) == 1


@pytest.mark.covers("C1", "PA3", "CO12")
def test_dismissal_then_resume(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    attempts = shop.attempts(number)
    shopper.window.get_by_role("button", name="Close").click()
    expect(shopper.page.get_by_text("Payment not finished.")).to_be_visible()
    expect(shopper.pay_button).to_be_focused()
    expect(shopper.pay_button).to_have_accessible_name("Resume, pay ₹898")
    shopper.pay_button.press("Enter")
    shopper.window.get_by_label("UPI ID").press("Escape")
    shopper.expect_no_window()
    expect(shopper.pay_button).to_be_focused()
    assert shop.status(number) == "pending"
    shopper.pay_button.press("Enter")
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    assert shop.attempts(number) == attempts


@pytest.mark.covers("CO16")
def test_opening_the_window_late_gives_time_and_says_so(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    shopper.window.get_by_role("button", name="Close").click()
    shop.python(LITTLE_TIME % number)
    shopper.page.reload()
    hold = shopper.page.locator("[data-hold]")
    expect(hold).to_contain_text("From opening the payment window you have at least 15 minutes.")
    before = hold.text_content() or ""
    shopper.pay_button.click()
    shopper.window.get_by_role("button", name="Close").click()
    expect(hold).not_to_contain_text("From opening")
    told = hold.text_content() or ""
    assert told.split(". ")[0] != before.split(". ")[0], "another time"
    expect(shopper.page.get_by_text("Payment not finished.")).to_be_visible()
    shopper.pay_button.click()
    shopper.upi("success@razorpay")
    shopper.expect_paid()


@pytest.mark.covers("A5", "CO14")
def test_pressing_twice_reloading_and_going_back_make_one_order(shopper: Shopper, shop: Shop) -> None:
    page = shopper.page
    shopper.add(SKU)
    shopper.goto("/checkout/")
    shopper.fill()
    shopper.button("Pay ₹").dblclick()
    page.wait_for_url("**/pay/*")
    number = shopper.number
    shopper.window.get_by_label("UPI ID").wait_for()
    page.reload()
    expect(shopper.pay_button).to_be_enabled()
    shopper.expect_no_window()
    shopper.goto("/checkout/")
    expect(page.locator("[name=full_name]")).to_have_value("Asha Kulkarni")
    shopper.submit()
    assert shopper.number == number
    shopper.window.get_by_label("UPI ID").wait_for()
    page.go_back()
    shopper.expect_no_window()
    page.go_back()
    page.wait_for_url("**/checkout/")
    shopper.fill(city="Poona")
    shopper.submit()
    assert shopper.number == number
    shopper.window.get_by_role("button", name="Close").click()
    shopper.pay_button.dblclick()
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    assert shop.orders_of(shopper.email) == [number]
    assert len(shop.attempts(number)) == 1
    assert shop.payments(number) == ["captured"]


@pytest.mark.covers("C11")
def test_back_from_a_paid_order_says_that_it_is_paid(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    pay_url = shopper.page.url
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    shopper.page.go_back()
    shopper.expect_paid()
    shopper.page.goto(pay_url)
    shopper.expect_paid()
    shopper.goto("/checkout/")
    expect(shopper.page.get_by_role("heading", name="There is nothing to pay for")).to_be_visible()
    assert shop.orders_of(shopper.email) == [number]


@pytest.mark.covers("C11", "PA4")
def test_the_second_tab_says_already_paid(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    first, second = shopper.page, shopper.context.new_page()
    second.goto(first.url.partition("#")[0])
    shopper.page = second
    shopper.pay_button.click()
    shopper.window.get_by_label("UPI ID").wait_for()
    shopper.page = first
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    shopper.page = second
    shopper.upi("success@razorpay")
    expect(shopper.window.get_by_role("alert")).to_contain_text("already")
    shopper.forgive("400 POST .*/v1/checkout/")
    shopper.window.get_by_role("button", name="Close").click()
    shopper.pay_button.click()
    shopper.expect_paid()
    assert len(shop.attempts(number)) == 1
    assert shop.payments(number) == ["captured"]
