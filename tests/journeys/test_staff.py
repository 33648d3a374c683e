"""What staff find in the admin."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.parametrize("screen", ["desktop"])


def test_order_staff_find_the_order_and_its_payment(shopper: Shopper, shop: Shop) -> None:
    page = shopper.page
    number = shopper.place_order("CW32-EV-0001")
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    [[payment]] = shop.rows(
        """SELECT razorpay_payment_id FROM checkout_payment JOIN checkout_order ON checkout_order.id = order_id
           WHERE number = ?""",
        number,
    )
    shopper.log_in("staff")
    shopper.goto("/admin/orders/")
    for wanted in (number, shopper.email, payment):
        page.get_by_role("textbox", name=re.compile("Search")).last.fill(wanted)
        expect(page.locator("#listing-results tbody tr")).to_have_count(1)
        expect(page.locator("#listing-results tbody tr")).to_contain_text("Paid")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("main")).to_contain_text(payment)
    expect(page.get_by_role("main")).to_contain_text("₹1,448.00")
    expect(page.get_by_role("main")).to_contain_text(shopper.email)
