"""The browser, the network or the webhook fails after the money has moved: the order is paid all the same."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.conftest import ON_A_PHONE, MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

pytestmark = ON_A_PHONE
SKU = "CW32-AR-0003"


def pay_and_close(shopper: Shopper) -> str:
    """Pay, and close the browser while the bank still thinks; return the number of the order."""
    number = shopper.place_order(SKU)
    shopper.upi("success@razorpay")
    shopper.window.get_by_role("heading", name="Approve in your UPI app").wait_for()
    shopper.page.close()
    return number


def events(shop: Shop, number: str) -> list[str]:
    """Return what happened to an order, by kind."""
    query = """SELECT kind FROM checkout_orderevent JOIN checkout_order ON checkout_order.id = order_id
               WHERE number = ?"""
    return [row[0] for row in shop.rows(query, number)]


@pytest.mark.covers("C3", "PA4")
def test_browser_closed_after_paying(shopper: Shopper, shop: Shop, make_shopper: MakeShopper, screen: str) -> None:
    number = pay_and_close(shopper)
    shop.wait_for_status(number, "paid")
    assert "payment_signed" not in events(shop, number), "The browser told of the payment: the webhook did not do it."
    link = re.search(r"http://127\.0\.0\.1:\d+(/orders/[^/]+/)", shop.wait_for_mail(shopper.email))
    assert link
    later = make_shopper(screen)
    later.goto(link[1])
    later.expect_paid()
    assert later.number == number


@pytest.mark.covers("C4")
def test_verify_lost_and_webhook_comes(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    shopper.lose("**/payments/verify/")
    shopper.hurry()
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    assert shop.status(number) == "paid"
    assert "payment_signed" not in events(shop, number)


@pytest.mark.covers("C4", "PA4")
def test_verify_lost_and_webhook_late(shopper: Shopper, shop: Shop) -> None:
    """Both pages say that the bank is confirming and offer nothing else; the second turns paid by itself."""
    held: list[Route] = []
    shopper.place_order(SKU)
    shopper.lose("**/payments/verify/")
    shopper.context.route("**/payments/verify/", lambda route: route.abort() if held else held.append(route))
    shopper.hurry()
    with shop.without_webhooks():
        shopper.upi("success@razorpay")
        expect(shopper.page.get_by_text("do not pay again")).to_be_visible()
        expect(shopper.heading("Confirming your payment")).to_be_visible()
        expect(shopper.pay_button).to_be_hidden()
        expect(shopper.page.get_by_role("link", name="Cancel this order")).to_be_hidden()
        while not held:
            shopper.page.wait_for_timeout(20)
        held[0].abort()
        expect(shopper.page.get_by_text("Don't pay again.")).to_be_visible()
    # The worker may have asked meanwhile: whoever is first, the page finds out.
    shopper.expect_paid()
    expect(shopper.page.locator("h1")).to_be_focused()


@pytest.mark.covers("C4", "PA5")
def test_verify_and_webhook_lost_then_check_again(shopper: Shopper, shop: Shop) -> None:
    number = shopper.place_order(SKU)
    shopper.lose("**/payments/verify/")
    shopper.hurry()
    with shop.without_webhooks():
        shopper.upi("success@razorpay")
        expect(shopper.heading("Confirming your payment")).to_be_visible()
        shopper.button("Check again").click()
        shopper.expect_paid()
        assert shop.status(number) == "paid"


@pytest.mark.covers("C3")
def test_verify_and_webhook_lost_then_reconcile(shopper: Shopper, shop: Shop) -> None:
    with shop.without_webhooks():
        number = pay_and_close(shopper)
        shop.wait_for_payment_at_razorpay(number)
        # The worker asks by itself: whoever is first, the order is paid when the command has ended.
        shop.manage("reconcile")
        assert shop.status(number) == "paid"
        shop.wait_for_mail(shopper.email)
    assert shop.payments(number) == ["captured"]
