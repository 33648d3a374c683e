"""`make lighthouse`: what Google's Lighthouse says of the shop's main pages on a phone, from a shop of its own.

It needs node, whose npx fetches Lighthouse itself. The scores of performance are simulated from this machine's times,
so that nothing else should run beside it. The reports are kept in var/lighthouse/.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, MISSING, install_chromium
from tests.journeys.shop import Shop, running_shop
from tests.journeys.shopper import Shopper
from tests.journeys.states import PLAIN, full_cart
from tests.programs import ROOT

LIGHTHOUSE = "lighthouse@12.8.2"
REPORTS = ROOT / "var" / "lighthouse"
# The least that each page reaches, of 100. What private pages say of themselves to search engines is judged apart.
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
PRIVATE = {"cart", "checkout"}


def measure(name: str, url: str, cookies: str, chromium: str) -> dict[str, int]:
    """Let Lighthouse look at one page; return its scores from 0 to 100. Raises CalledProcessError."""
    report = REPORTS / f"{name}.json"
    command = ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}", f"--only-categories={','.join(LEAST)}"]
    if cookies:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookies})}")
    subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, check=True)
    found = json.loads(report.read_text())
    tell_failures(name, found)
    return {category: round(100 * (found["categories"][category]["score"] or 0)) for category in LEAST}


def tell_failures(name: str, report: dict[str, object]) -> None:
    """Print each audit of a report that is not perfect."""
    audits: dict[str, dict[str, object]] = report["audits"]  # type: ignore[assignment]  # Lighthouse's own words.
    for audit in audits.values():
        score, mode = audit.get("score"), audit.get("scoreDisplayMode")
        if isinstance(score, int | float) and score < 1 and mode in ("binary", "numeric"):
            print(f"   {name}: {audit['title']} {audit.get('displayValue', '')}".rstrip(), flush=True)


def pages(shop: Shop, chromium: str) -> dict[str, tuple[str, str]]:
    """Return address and cookies of each page: the cart and the checkout are a shopper's who has two cars."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        shopper = Shopper(browser.new_context(), shop)
        shopper.see(PLAIN)
        product = shopper.page.url
        full_cart(shopper)
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in shopper.context.cookies())
        browser.close()
    return {
        "home": (f"{shop.url}/", ""),
        "listing": (f"{shop.url}/shop/", ""),
        "product": (product, ""),
        "cart": (f"{shop.url}/cart/", cookies),
        "checkout": (f"{shop.url}/checkout/", cookies),
    }


def too_low(name: str, scores: dict[str, int]) -> list[str]:
    """Return what is below the least. A private page asks search engines to stay away, which Lighthouse holds bad."""
    judged = LEAST.keys() - ({"seo"} if name in PRIVATE else set())
    return [f"{name}: {what} {scores[what]}" for what in sorted(judged) if scores[what] < LEAST[what]]


def main() -> int:
    """Start a shop, measure it, stop it; the exit code is 1 when a page is below the least."""
    import tests.settings  # noqa: F401 - the environment of tests: keys for the simulator, and no .env.

    chromium = install_chromium()
    if not chromium or not shutil.which("npx"):
        sys.stderr.write("Lighthouse needs node with npx, and a browser.\n" if chromium else f"{MISSING}\n")
        return 1
    REPORTS.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running_shop(Path(folder)) as shop:
        for name, (url, cookies) in pages(shop, chromium).items():
            scores = measure(name, url, cookies, chromium)
            print(f"{name:10}", *(f"{what} {score}" for what, score in scores.items()), sep="  ", flush=True)
            wrong += too_low(name, scores)
    print("Too low:\n  " + "\n  ".join(wrong) if wrong else "All pages reach what they should.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
