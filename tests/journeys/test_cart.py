"""The cart: choosing, changing, removing, coming back another day, and news while one is shopping."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import ON_A_PHONE, MakeShopper
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

RALLY = "CW64-MR-0064"
REPRICE = """
from catalog.models import ProductPage
page = ProductPage.objects.get(variants__sku="{sku}")
variants = list(page.variants.all())
for variant in variants:
    variant.price += {change} if variant.sku == "{sku}" else 0
page.variants = variants
page.save_revision().publish()
"""


def total(shopper: Shopper) -> Locator:
    """The total of the cart."""
    return shopper.page.locator(".sum__total dd")


@contextmanager
def sold_to_others(shop: Shop, sku: str) -> Iterator[None]:
    """Have none of a SKU for the time of the block."""
    on_hand, reserved = shop.stock(sku)
    shop.manage("adjust_stock", sku, str(reserved - on_hand), "--reason", "Sold at a model fair")
    yield
    shop.manage("adjust_stock", sku, str(on_hand - reserved), "--reason", "Came back from the fair")


@pytest.mark.covers("PP6")
def test_choosing_a_variant(shopper: Shopper) -> None:
    page = shopper.page
    shopper.see("CG43-TX-0008")
    expect(page.locator(".price--big")).to_have_text("₹1,999")
    page.get_by_role("radio", name=re.compile("^Weathered by hand")).check()
    expect(page.locator(".price--big")).to_have_text("₹2,499")
    expect(page.locator("[data-show=sku]")).to_contain_text("CG43-TX-0009")
    expect(page).to_have_url(re.compile(r"\?variant=CG43-TX-0009$"))
    shopper.button("One more").click()
    shopper.button("Add to cart").click()
    page.wait_for_url("**/cart/")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Kaali-Peeli, Airport Stand, Weathered by hand")
    expect(page.get_by_text("₹2,499 each")).to_be_visible()


@pytest.mark.covers("CA1", "CA4")
def test_changing_removing_and_undoing(shopper: Shopper) -> None:
    page = shopper.page
    shopper.add(RALLY)
    shopper.button("One more").click()
    expect(total(shopper)).to_have_text("₹1,497")
    expect(page.get_by_role("link", name=re.compile("^Cart"))).to_contain_text("2")
    page.get_by_role("spinbutton").fill("4")
    page.get_by_role("spinbutton").press("Enter")
    expect(total(shopper)).to_have_text("₹2,796")
    shopper.button("Remove").click()
    expect(page.get_by_role("heading", name="An empty garage")).to_be_visible()
    expect(page.locator("h1")).to_be_focused()
    shopper.button("Undo").click()
    expect(page.get_by_role("spinbutton")).to_have_value("4")
    page.reload()
    expect(total(shopper)).to_have_text("₹2,796")


@pytest.mark.covers("CA4")
@ON_A_PHONE
def test_more_than_there_are(shopper: Shopper, shop: Shop) -> None:
    """A number that the shop does not have is refused in words, and the cart stays as it was."""
    sku = "BD43-HG-0062"
    shopper.forgive("409 POST .*/cart/update/")
    shopper.add(sku)
    available = shop.stock(sku)[0]
    shopper.page.get_by_role("spinbutton").fill(str(available + 1))
    shopper.page.get_by_role("spinbutton").press("Enter")
    expect(shopper.page.locator(".notices")).to_contain_text(f"Only {available} of")
    expect(shopper.page.get_by_role("spinbutton")).to_have_value("1")


@pytest.mark.covers("CA1")
@ON_A_PHONE
def test_the_cart_survives_closing_the_browser(shopper: Shopper, make_shopper: MakeShopper, screen: str) -> None:
    shopper.add(RALLY)
    state = shopper.context.storage_state()
    state["cookies"] = [cookie for cookie in state["cookies"] if cookie["expires"] > 0]
    left = {
        cookie["name"]: dt.datetime.fromtimestamp(cookie["expires"], dt.UTC) - dt.datetime.now(dt.UTC)
        for cookie in state["cookies"]
    }
    assert dt.timedelta(days=29) < left["cart"] < dt.timedelta(days=31)
    shopper.context.close()
    later = make_shopper(screen, storage_state=state)
    later.goto("/cart/")
    expect(later.page.get_by_role("heading", name="Monsoon Rally No. 64")).to_be_visible()


@ON_A_PHONE
def test_sold_out_between_cart_and_checkout(shopper: Shopper, shop: Shop) -> None:
    sku = "CW32-EV-0005"
    shopper.add(sku)
    shopper.page.get_by_role("link", name="Check out").click()
    shopper.fill()
    shopper.forgive("409 POST .*/checkout/")
    with sold_to_others(shop, sku):
        shopper.button("Pay ₹").click()
        alert = shopper.page.get_by_role("alert")
        expect(alert).to_contain_text("Savari Parcel Van, Fleet of three is sold out. Remove it")
        expect(alert).to_be_focused()
        for name, value in shopper.details.items():
            expect(shopper.page.locator(f"[name={name}]")).to_have_value(value)
        assert shop.orders_of(shopper.email) == []
        alert.get_by_role("link", name="See the cart").click()
        expect(shopper.page.locator(".notices")).to_contain_text("It is sold out. Remove it to check out.")
        expect(shopper.page.get_by_role("link", name="Check out")).to_have_count(0)


@pytest.mark.covers("CA3")
@ON_A_PHONE
def test_price_changed_between_checkout_and_paying(shopper: Shopper, shop: Shop) -> None:
    """The new total is told, and charged only when the buyer presses again."""
    sku = "MM24-SY-0021"
    shopper.add(sku)
    shopper.page.get_by_role("link", name="Check out").click()
    shopper.fill()
    before = shopper.button("Pay ₹").inner_text()
    shop.python(REPRICE.format(sku=sku, change=-100_00))
    shopper.forgive("409 POST .*/checkout/")
    shopper.button("Pay ₹").click()
    expect(shopper.page.get_by_role("alert")).to_contain_text("price")
    expect(shopper.button("Pay ₹")).not_to_have_text(before)
    expect(shopper.page.locator("[name=full_name]")).to_have_value("Asha Kulkarni")
    assert shop.orders_of(shopper.email) == []
    told = shopper.button("Pay ₹").inner_text().strip()
    shopper.submit()
    expect(shopper.window.get_by_role("button", name=told)).to_be_visible()
    assert shop.orders_of(shopper.email) == [shopper.number]
