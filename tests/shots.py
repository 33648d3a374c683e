"""`make shots`: photographs of every page and state, light and dark, narrow and wide, in shots/, with an index.html.

The pictures that docs/guides/ names are made with them: `pictures/orders.webp` shows the state `admin-orders`. Names as
arguments choose states; `guides` makes those pictures alone (or those named after it), `readme` docs/screenshot.png.
"""

import html
import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import FLAGS, MISSING, install_chromium
from tests.journeys.shop import Shop, running_shop
from tests.journeys.shopper import Shopper
from tests.journeys.states import ADMIN_STATES, MAIL_STATES, PHONE_STATES, STATES, WINDOW_STATES
from tests.programs import ROOT

SHOTS = ROOT / "shots"
README = ROOT / "docs" / "screenshot.png"
GUIDES = ROOT / "docs" / "guides"
GUIDE_WIDTH = 1000
HEIGHTS = {390: 844, 1280: 900}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
LOAD_ALL = """async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    await document.fonts.ready;
}"""
INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Photographs of the shop</title>
<style>body { font: 16px/1.4 sans-serif; margin: 2rem; background: #ddd }
div { display: flex; gap: 1rem; align-items: start; overflow-x: auto } img { height: 30rem; width: auto }</style>
<h1>Photographs of the shop</h1>
"""


def photograph(page: Page, name: str) -> None:
    """Save the whole page, or what is on the screen under an open panel, once all pictures are there."""
    page.evaluate(LOAD_ALL)
    full = not page.evaluate("!!document.querySelector(':popover-open, .razorpay-container')")
    page.screenshot(path=SHOTS / f"{name}.png", full_page=full, animations="disabled")
    print(f"shots/{name}.png", flush=True)


def shoot(shopper: Shopper, name: str, widths: tuple[int, ...]) -> None:
    """Photograph what is on the screen at each width in both schemes."""
    for width in widths:
        shopper.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in SCHEMES:
            shopper.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            photograph(shopper.page, f"{name}-{width}-{scheme}")


def shoot_all(browser: Browser, shop: Shop, wanted: list[str]) -> None:
    """Bring each wanted state onto a screen of its own, and photograph it."""
    both = tuple(HEIGHTS)
    for states, widths in (
        (STATES, both),
        (WINDOW_STATES, both),
        (PHONE_STATES, both[:1]),
        (MAIL_STATES, both),
        (ADMIN_STATES, both[1:]),
    ):
        for name, bring in states.items():
            if not wanted or name in wanted:
                with fresh_screen(browser, shop, widths[0]) as shopper:
                    bring(shopper)
                    shoot(shopper, name, widths)


@contextmanager
def fresh_screen(browser: Browser, shop: Shop, width: int) -> Iterator[Shopper]:
    """Give somebody a browser with nothing in it."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHTS[width]}, locale="en-IN")
    context.set_default_timeout(60_000)
    yield Shopper(context, shop)
    context.close()


def write_index() -> None:
    """Write shots/index.html with all photographs that are there."""
    names = sorted({path.stem.rsplit("-", 2)[0] for path in SHOTS.glob("*-*-*.png")})
    parts = [INDEX]
    for name in names:
        pictures = sorted(path.name for path in SHOTS.glob("*.png") if path.stem.rsplit("-", 2)[0] == name)
        images = "".join(f'<a href="{file}"><img src="{file}" alt="{file}" loading="lazy"></a>' for file in pictures)
        parts.append(f"<h2>{html.escape(name)}</h2><div>{images}</div>\n")
    (SHOTS / "index.html").write_text("".join(parts))
    print("shots/index.html")


def shoot_readme(browser: Browser, shop: Shop) -> None:
    """Make the picture of README.md: the top of the home page, in few colours so that it stays small."""
    with fresh_screen(browser, shop, 1280) as shopper:
        STATES["home"](shopper)
        shopper.page.evaluate(LOAD_ALL)
        shopper.page.screenshot(path=README)
    with Image.open(README) as picture:
        plain = picture.convert("RGB")
        colours = plain.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=2)
        plain.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG).save(README, optimize=True)
    print(README.relative_to(ROOT))


def pictured() -> list[str]:
    """Return the names of the pictures that the guides show."""
    return re.findall(
        r"\(pictures/([a-z-]+)\.webp\)", "".join(path.read_text() for path in sorted(GUIDES.glob("*.md")))
    )


def shoot_guides(browser: Browser, shop: Shop, names: list[str]) -> None:
    """Make the guides' pictures: what is on the screen of a desk, small enough to be read beside the text."""
    for name in names:
        with fresh_screen(browser, shop, 1280) as shopper:
            shopper.page.emulate_media(color_scheme="light", reduced_motion="reduce")
            ADMIN_STATES[f"admin-{name}"](shopper)
            shopper.page.evaluate(LOAD_ALL)
            if complaints := shopper.unforgiven:
                sys.exit(f"{name}: {complaints}")
            shot = shopper.page.screenshot(animations="disabled")
        with Image.open(io.BytesIO(shot)) as picture:
            height = picture.height * GUIDE_WIDTH // picture.width
            small = picture.convert("RGB").resize((GUIDE_WIDTH, height), Image.Resampling.LANCZOS)
        file = GUIDES / "pictures" / f"{name}.webp"
        small.save(file, quality=70, method=6)
        print(file.relative_to(ROOT), flush=True)


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
        if "readme" in wanted:
            shoot_readme(browser, shop)
        elif wanted[:1] == ["guides"]:
            shoot_guides(browser, shop, wanted[1:] or pictured())
        else:
            shoot_all(browser, shop, wanted)
            if not wanted:
                shoot_guides(browser, shop, pictured())
        browser.close()
    write_index()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
