"""Every page and state: no violation of WCAG 2.2 AA or of good practice, and nothing beyond the screen's edge."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.journeys.conftest import MakeShopper
from tests.journeys.states import PHONE_STATES, STATES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What another colour scheme can break.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
RULES = {"light": {"type": "tag", "values": TAGS}, "dark": {"type": "rule", "values": COLOUR_RULES}}


def complaints(page: Page) -> Iterator[str]:
    """Tell what axe finds on the page in both colour schemes."""
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = page.evaluate("options => axe.run(options)", {"resultTypes": ["violations"], "runOnly": rules})
        for rule in found["violations"]:
            for node in rule["nodes"]:
                yield f"{scheme}: {rule['id']}: {node['html']} {node['failureSummary']}"


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return int(page.evaluate("Math.max(document.documentElement.scrollWidth, innerWidth) - screen.width"))


@pytest.mark.covers("AX1")
@pytest.mark.parametrize("name", [*STATES, *PHONE_STATES])
def test_a_state_is_accessible_and_fits(make_shopper: MakeShopper, name: str) -> None:
    shopper = make_shopper("phone")
    page = shopper.page
    (STATES | PHONE_STATES)[name](shopper)
    page.evaluate(AXE_SCRIPT)
    for width in (390, 320) if name in PHONE_STATES else (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 850})
        assert overflow(page) <= 0, f"at {width}"
        if width in (1280, 390):
            assert list(complaints(page)) == [], f"at {width}"
