"""What staff find in the admin, and a day of their work."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.journeys.conftest import MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper
from tests.journeys.test_accessibility import RULES

CAR = "CW32-EV-0001"
LOST = """
from checkout import attention
from checkout.models import Order
from checkout.models.attention import CaseKind
attention.open_case(CaseKind.DISPUTE_LOST, "The bank gave it back", order=Order.objects.get(number="{number}"))
"""


@pytest.mark.parametrize("screen", ["desktop"])
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


def paid_order(shopper: Shopper, shop: Shop) -> str:
    """Return the number of an order that was paid while nobody looked."""
    number = str(shopper.order(CAR)["number"])
    shop.pay(number, "success")
    shop.wait_for_status(number, "paid")
    return number


def key_of(shop: Shop, number: str) -> int:
    [[key]] = shop.rows("SELECT id FROM checkout_order WHERE number = ?", number)
    return int(key)


def complaints(page: Page) -> list[str]:
    """Return what axe finds in a page of the admin, without the frame that Wagtail puts around all of them."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        options = {"resultTypes": ["violations"], "runOnly": rules, "iframes": False}
        answer = page.evaluate("options => axe.run({include: ['main'], exclude: ['.w-slim-header']}, options)", options)
        found += [
            f"{page.url} {scheme} {rule['id']}: {node['html']}"
            for rule in answer["violations"]
            for node in rule["nodes"]
        ]
    return found


def test_staff_ship_ten_orders(make_shopper: MakeShopper, shop: Shop) -> None:
    shopper = make_shopper("desktop")
    page, numbers = shopper.page, [paid_order(shopper, shop) for _number in range(10)]
    shopper.log_in("staff")
    shopper.goto(f"/admin/orders/?status=paid&q={shopper.email}")
    expect(page.locator("#listing-results tbody tr")).to_have_count(10)
    page.get_by_role("checkbox", name="Select all").first.check()
    page.get_by_role("link", name="Mark selected orders shipped").click()
    page.get_by_label("Carrier").fill("Delhivery")
    for place, number in enumerate(numbers):
        page.get_by_label(f"Tracking number of {number}").fill(f"DL{place:08d}")
    shopper.button("Mark shipped").click()
    expect(page.get_by_text("10 orders marked shipped")).to_be_visible()
    assert {shop.status(number) for number in numbers} == {"shipped"}
    shop.wait_for_mails(shopper.email, "https://www.delhivery.com/track/package/DL00000009")


def test_one_line_is_refunded(make_shopper: MakeShopper, shop: Shop) -> None:
    shopper = make_shopper("desktop")
    page, number = shopper.page, paid_order(shopper, shop)
    shopper.log_in("owner")
    shopper.goto(f"/admin/orders/inspect/{key_of(shop, number)}/")
    page.get_by_role("link", name="Refund", exact=True).click()
    page.get_by_label("Pieces of").fill("1")
    page.get_by_label("Amount to refund (₹)").fill("500.50")
    page.get_by_label("Reason").fill("A mirror was missing")
    shopper.button("Refund").click()
    expect(page.get_by_text("is on its way back to the buyer")).to_be_visible()
    expect(page.locator("#shop-payments").locator("..")).to_contain_text("−₹500.50")
    shopper.goto(f"/admin/orders/?q={number}")
    expect(page.locator("#listing-results tbody tr")).to_contain_text("Paid")


def test_a_case_is_decided_and_leaves_the_desk(make_shopper: MakeShopper, shop: Shop) -> None:
    shopper = make_shopper("desktop")
    page, number = shopper.page, paid_order(shopper, shop)
    shop.python(LOST.format(number=number))
    shopper.log_in("staff")
    page.get_by_role("link", name=re.compile(r"Attention \(\d+\)")).first.click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("The bank gave it back")
    assert complaints(page) == []
    row.get_by_role("link", name="Decide").click()
    page.get_by_label("In your words").fill("The parcel never left")
    shopper.button("Close the case").click()
    expect(page.get_by_text("The case is closed.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=number)).to_have_count(0)


def test_our_pages_of_the_admin_are_accessible(make_shopper: MakeShopper, shop: Shop) -> None:
    shopper = make_shopper("desktop")
    key = key_of(shop, paid_order(shopper, shop))
    [[event]] = shop.rows("SELECT max(id) FROM webhooks_webhookevent")
    shopper.log_in("owner")
    order = [f"/admin/orders/{name}/{key}/" for name in ("inspect", "edit", "note", "ship", "refund", "cancel")]
    paths = [
        *("/admin/orders/", *order, f"/admin/bulk/checkout/order/mark_shipped/?id={key}", "/admin/orders/mails/"),
        *("/admin/webhook-events/", f"/admin/webhook-events/inspect/{event}/", "/admin/razorpay-connection/"),
        *(f"/admin/bulk/webhooks/webhookevent/replay/?id={event}", "/admin/reports/shop/gst/", "/admin/attention/"),
    ]
    found = []
    for path in paths:
        shopper.goto(path)
        shopper.page.get_by_role("main").wait_for()
        found += complaints(shopper.page)
    assert found == []
