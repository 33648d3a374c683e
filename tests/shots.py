"""`make shots`: photographs of every page, light and dark, narrow and wide, in shots/. Options choose pages by name."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import FLAGS, MISSING, install_chromium
from tests.journeys.shop import Shop, running_shop
from tests.journeys.shopper import Shopper
from tests.programs import ROOT

SHOTS = ROOT / "shots"
WIDTHS = {390: 844, 1280: 900}
STOREFRONT = {
    "home": "/",
    "shop": "/shop/",
    "shop-filtered": "/shop/?scale=1:43&available=1",
    "shop-nothing": "/shop/?q=zzzzzz",
    "cart-empty": "/cart/",
    "not-found": "/nowhere/",
}
ADMIN = {"admin-login": "/admin/login/", "admin": "/admin/", "admin-pages": "/admin/pages/"}


def photograph(page: Page, name: str) -> None:
    """Save the whole page once its pictures are there; those that load lazily would stay blank."""
    page.evaluate(
        """async () => {
            for (const image of document.images) image.loading = "eager";
            await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
        }"""
    )
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    print(f"shots/{name}.png", flush=True)


def walk(shopper: Shopper, sku: str) -> Iterator[str]:
    """Go from page to page as somebody who buys `sku`; yield the name of each page when it is on the screen."""
    page = shopper.page
    for name, path in STOREFRONT.items():
        shopper.goto(path)
        yield name
    shopper.see(sku)
    yield "product"
    shopper.add(sku)
    yield "cart"
    page.get_by_role("link", name="Check out").click()
    page.wait_for_url("**/checkout/")
    yield "checkout"
    shopper.button("Pay ₹").click()
    page.wait_for_load_state()
    yield "checkout-errors"
    shopper.fill()
    shopper.submit()
    shopper.window.get_by_label("UPI ID").wait_for()
    yield "pay-window"
    shopper.upi("success@razorpay")
    shopper.expect_paid()
    yield "order-paid"
    for name, path in ADMIN.items():
        shopper.goto(path)
        yield name
        if name == "admin-login":
            page.locator("[name=username]").fill("owner")
            page.locator("[name=password]").fill("owner-demo")
            page.locator("[name=password]").press("Enter")
            page.wait_for_url("**/admin/")


def shoot(browser: Browser, shop: Shop, wanted: list[str]) -> None:
    """Walk once for each width and colour scheme."""
    sku = str(shop.rows("SELECT sku FROM catalog_variant JOIN catalog_stock ON variant_id = catalog_variant.id")[0][0])
    for width, height in WIDTHS.items():
        for scheme in ("light", "dark"):
            size = {"width": width, "height": height}
            context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
            shopper = Shopper(context, shop)
            for name in walk(shopper, sku):
                if not wanted or name in wanted:
                    photograph(shopper.page, f"{name}-{width}-{scheme}")
            context.close()


def main(wanted: list[str]) -> int:
    """Start a shop of its own, photograph it, stop it."""
    import tests.settings  # noqa: F401 - the environment of tests: keys for the simulator, and no .env.

    path = install_chromium()
    if not path:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_shop(Path(folder)) as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        shoot(browser, shop, wanted)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
