"""Each mail as mail programs show it, on a phone and on a desk, light and dark: it fits, and all of it is legible."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.journeys.conftest import MakeShopper
from tests.journeys.states import MAILS, show_mail
from tests.journeys.test_accessibility import COLOUR_RULES, overflow

GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.covers("PA10", "MT1")
def test_each_mail_fits_and_is_legible(make_shopper: MakeShopper) -> None:
    shopper = make_shopper("phone")
    page, text = shopper.page, ""
    shopper.log_in("staff")
    for kind in MAILS:
        show_mail(shopper, kind)
        page.evaluate(AXE_SCRIPT)
        text += page.locator("body").inner_text()
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 850})
            assert overflow(page) <= 0, (kind, width)
            for button in page.locator("a[style*='inline-block']").all():
                assert (button.bounding_box() or {"height": 0})["height"] >= 44, (kind, width)
            grounds = set()
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                grounds.add(page.evaluate(GROUND))
                rules = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": COLOUR_RULES}}
                found = page.evaluate("options => axe.run(options)", rules)
                assert found["violations"] == [], (kind, width, scheme)
            assert len(grounds) == 2, "dark is dark"
    amounts = re.findall(r"₹\S*\d", text)
    assert amounts
    assert [amount for amount in amounts if not re.fullmatch(r"₹(\d{1,2},)*\d{1,3}\.\d\d", amount)] == []
