"""An editor brings one model into the shop, from nothing to a buyer's cart."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import MakeShopper
from tests.journeys.shop import Shop

SKU, TITLE = "CG43-NEW-0001", "Konkan Coach"


def photo() -> bytes:
    """Return a picture that the shop does not have yet."""
    file = io.BytesIO()
    Image.new("RGB", (1280, 960), (20, 90, 60)).save(file, "PNG")
    return file.getvalue()


def add_photo(page: Page) -> None:
    """Upload a picture in Wagtail's chooser, and say what it shows."""
    page.get_by_role("button", name="Choose an image").first.click()
    page.get_by_role("tab", name="Upload").click()
    upload = page.get_by_role("tabpanel", name="Upload")
    file: Any = {"name": "coach.png", "mimeType": "image/png", "buffer": photo()}
    upload.locator("input[type=file]").set_input_files(file)
    expect(upload.get_by_label("Title")).to_have_value("coach")
    upload.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Alternative text").first.fill("Green coach from the left")


def choose(page: Page, button: str, name: str) -> None:
    """Choose a label in Wagtail's chooser."""
    page.get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def publish(page: Page) -> None:
    """Press Publish, which stands in the menu beside Save draft."""
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name="Publish", exact=True).click()


@pytest.mark.covers("ED12")
def test_a_product_from_nothing(make_shopper: MakeShopper, shop: Shop) -> None:
    editor = make_shopper("desktop")
    page = editor.page
    # What is written is saved as it is typed, and a draft without a maker cannot be.
    editor.forgive("400 POST .*/admin/pages/")
    editor.log_in("editor")
    [[catalogue]] = shop.rows("SELECT page_ptr_id FROM catalog_catalogpage")
    editor.goto(f"/admin/pages/{catalogue}/add_subpage/")
    page.locator("[name=title]").fill(TITLE)
    choose(page, "Choose brand", "Chhota Works")
    page.get_by_label("Scale").select_option("1:43")
    page.get_by_label("SKU").fill(SKU.lower())
    page.get_by_label("Selling price").fill("1,899")
    page.get_by_label("MRP").fill("1,499")
    page.get_by_label("Packed weight").fill("300")
    publish(page)
    main = page.get_by_role("main")
    for text in ("Choose the HSN code", "Name who made and packed it", "The selling price may not exceed the MRP"):
        expect(main).to_contain_text(text)
    page.get_by_label("MRP").fill("1,999")
    choose(page, "Choose HSN code", "9503")
    page.get_by_label("Made and packed, or imported, by").fill("Chhota Works, Shed 4, Bhosari, Pune 411026")
    add_photo(page)
    publish(page)
    expect(main).to_contain_text(re.compile(f"{TITLE}.*published", re.DOTALL))
    shopper = make_shopper("phone")
    shopper.see(SKU)
    expect(shopper.page.get_by_role("main")).to_contain_text("Sold out")
    editor.goto(f"/admin/stock/?q={SKU}")
    page.get_by_role("link", name=f"Receive {SKU}").click()
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Reason").fill("First delivery")
    page.get_by_role("button", name="Receive stock").click()
    expect(main).to_contain_text("2 received")
    shopper.add(SKU)
    expect(shopper.page.get_by_role("main")).to_contain_text(TITLE)
