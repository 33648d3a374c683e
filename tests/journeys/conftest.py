"""One shop, one browser, and shoppers on a phone and on a desk. The folder is a process of its own: see browser.py.

Journeys share the shop, as buyers do: let each look for its own order, and buy a SKU that has plenty.
"""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import FLAGS, MISSING, find_chromium
from tests.journeys.shop import Shop, running_shop
from tests.journeys.shopper import Shopper

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCREENS = {"phone": (390, 844, "dark"), "desktop": (1280, 850, "light")}
# For a journey whose pages are looked at on every screen elsewhere, and whose steps no screen changes.
ON_A_PHONE = pytest.mark.parametrize("screen", ["phone"])
# Cores are often shared with other work: what takes long is no fault.
PATIENCE = 30_000
MakeShopper = Callable[..., Shopper]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the shop be loaded outside the time limit of whichever journey comes first."""
    for item in items:
        if "shop" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(180, func_only=True))


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium without a window; a machine without one skips, or fails when REQUIRE_BROWSER is set."""
    path = find_chromium()
    if not path and os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(MISSING)
    if not path:
        pytest.skip(MISSING)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def shop(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The demo shop with its worker and a pretend Razorpay that sends webhooks; at the end its books must balance."""
    with running_shop(tmp_path_factory.mktemp("shop")) as found:
        yield found
        assert found.audit() == {}


@pytest.fixture
def make_shopper(browser: "Browser", shop: Shop) -> Iterator[MakeShopper]:
    """Make shoppers with browsers of their own; what a developer would see in red fails the test."""
    made: list[Shopper] = []

    def make(screen: str = "desktop", **options: Any) -> Shopper:
        width, height, scheme = SCREENS[screen]
        given = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, **options}
        context = browser.new_context(locale="en-IN", timezone_id="Asia/Kolkata", **given)
        context.set_default_timeout(PATIENCE)
        made.append(Shopper(context, shop))
        return made[-1]

    yield make
    for shopper in made:
        shopper.context.close()
    assert [text for shopper in made for text in shopper.unforgiven] == []


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> str:
    """The name of a screen; a journey that asks for it is made on each.

    Journeys about the network, the admin or another thing that no screen changes name one of them: `@ON_A_PHONE`. Each
    page that they show is looked at on both by test_accessibility.
    """
    return str(request.param)


@pytest.fixture
def shopper(make_shopper: MakeShopper, screen: str) -> Shopper:
    """Somebody at that screen, with nothing in the browser: no cookies, no cart."""
    return make_shopper(screen)


@pytest.fixture
def plain_shopper(make_shopper: MakeShopper, screen: str) -> Shopper:
    """Somebody at that screen whose browser runs no JavaScript."""
    found = make_shopper(screen, java_script_enabled=False)
    # Chromium preloads the script and then refuses to run it.
    found.forgive("requestfailed csp .*/v1/checkout.js")
    return found
