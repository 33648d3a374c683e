"""An editor brings a table of models into the shop."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.catalog.uploads.tables import csv_of
from tests.journeys.shop import Shop
from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.parametrize("screen", ["desktop"])


def table(name: str) -> bytes:
    """Return five rows for makers of the demo shop, three of them bad."""
    headings = ["SKU", "Title", "Maker", "Scale", "Price (₹)", "MRP (₹)", "Weight (g)", "Opening stock"]
    good: dict[str, Any] = {"maker": "Chhota Works", "scale": "1:43", "price": "1,29,900.00", "mrp": "1,30,000"}

    def row(number: int, **fields: str) -> list[str]:
        each = {**good, **fields}
        sku, title = f"{name}-{number}", f"{name.title()} Model {number}"
        return [sku, title, each["maker"], each["scale"], each["price"], each["mrp"], "300", "12"]

    bad = [row(3, price="cheap"), row(4, scale="1:9"), row(5, price="1,31,000")]
    return csv_of([headings, row(1), row(2), *bad], separator=";", encoding="utf-8-sig")


@pytest.mark.covers("ED1")
def test_a_table_with_three_bad_rows(shopper: Shopper, shop: Shop, screen: str) -> None:
    page, name = shopper.page, f"IMP-{screen.upper()}"
    shopper.log_in("editor")
    shopper.goto("/admin/products/")
    page.get_by_role("link", name="Import products").first.click()
    file: Any = {"name": "models.csv", "mimeType": "text/csv", "buffer": table(name)}
    page.get_by_label("File").set_input_files(file)
    shopper.button("Check the file").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("To be confirmed")
    for text in ("“cheap”: Enter an amount in rupees", "Enter one of the scales", "above the MRP of ₹1,30,000.00"):
        expect(main).to_contain_text(text)
    query = "SELECT count(*) FROM catalog_variant WHERE sku LIKE ?"
    assert shop.rows(query, f"{name}-%") == [(0,)]
    shopper.button("Import 2 rows").click()
    # The worker imports it, and the page follows by itself.
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    assert shop.rows(query, f"{name}-%") == [(2,)]
    assert [shop.stock(f"{name}-{number}") for number in (1, 2)] == [(12, 0), (12, 0)]
    with page.expect_download() as report:
        page.get_by_role("link", name="Download the report").click()
    assert report.value.path().read_text("utf-8-sig").count("Not imported") == 3
    shopper.goto(f"/admin/products/?q={name}")
    expect(page.locator("#listing-results tbody tr")).to_have_count(2)
    expect(page.locator("#listing-results tbody tr").first).to_contain_text(
        re.compile(r"₹1,29,900\.00.*Draft", re.DOTALL)
    )
