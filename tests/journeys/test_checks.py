"""The checkout looks at a field when it is left: with the server's words, never while typing, never untouched."""

import pytest
from playwright.sync_api import Page, expect

from checkout.billing_form import OrderForm
from tests.factories import BUYER
from tests.journeys.conftest import MakeShopper
from tests.journeys.shopper import Shopper
from tests.journeys.states import PLAIN

TYPED = {
    "email": ["asha", "asha@example", "asha@example.in", "a b@example.in", '"a"@example.in', "asha@example.in "],
    "phone": ["9", "12345", "98765", "5876543210", "98765 43210", "+91 (98765) 43210", "0091 98765 43210", "no"],
    "postcode": ["4110", "4 1 1", "411 004", "011004", "4110045", "41100x", "x"],
    "gstin": ["27", "27ABCDE1234F1Z5x", "29aaccg4243q1z4", "27 AACCG 4243Q 1Z8"],
}


def complaint(page: Page, name: str, text: str) -> str:
    """Type into a field, leave it, and return what it says then."""
    field = page.locator(f"[name={name}]")
    field.fill(text)
    field.blur()
    said = page.locator(f"#id_{name}_error [data-text]")
    assert (field.get_attribute("aria-invalid") == "true") == bool(said.count())
    return said.inner_text() if said.count() else ""


@pytest.fixture
def shopper(make_shopper: MakeShopper) -> Shopper:
    """Somebody at the checkout."""
    found = make_shopper("phone")
    found.add(PLAIN)
    found.goto("/checkout/")
    return found


@pytest.mark.covers("CO13")
def test_browser_and_server_say_the_same(shopper: Shopper) -> None:
    page = shopper.page
    page.locator(".more summary").click()
    refused = 0
    for name, texts in TYPED.items():
        for text in texts:
            said = complaint(page, name, text)
            words = [str(word) for word in OrderForm({**BUYER, name: text}).errors.get(name, [])]
            assert said in ("", *words), (name, text)
            refused += bool(said)
            assert bool(said) or not words or text in ('"a"@example.in', "29aaccg4243q1z4"), (name, text)
    assert refused >= 12
    assert complaint(page, "postcode", "411 004") == ""
    expect(page.locator(".field--wrong")).to_have_count(1)
    # What a PIN code costs is asked for all the same.
    shopper.forgive("400 GET .*/cart/delivery/")


@pytest.mark.covers("CO13")
def test_nothing_is_red_before_it_was_touched_or_while_it_is_typed(shopper: Shopper) -> None:
    page = shopper.page
    wrong = page.locator(".field--wrong")
    for name in ("email", "phone", "full_name", "postcode"):
        page.locator(f"[name={name}]").focus()
    page.locator("[name=phone]").press_sequentially("123")
    expect(wrong).to_have_count(0)
    page.locator("[name=email]").focus()
    expect(wrong).to_have_count(1)
    # What was emptied again may stay empty until the form is sent.
    page.locator("[name=phone]").fill("")
    page.locator("[name=email]").focus()
    expect(wrong).to_have_count(0)
    shopper.forgive("400 POST .*/checkout/")
    shopper.fill(city="", postcode="4110")
    shopper.button("Pay ₹").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(wrong).to_have_count(2)
    page.locator("[name=city]").fill("Pune")
    page.locator("[name=postcode]").fill("411004")
    page.locator("[name=full_name]").fill("")
    page.locator("[name=email]").focus()
    expect(wrong).to_have_count(1)
    expect(page.locator("#id_full_name_error")).to_contain_text("Enter the name for the parcel.")
    described = page.locator("[name=full_name]").get_attribute("aria-describedby")
    assert described == "id_full_name_error"


@pytest.mark.covers("CO13", "CO14")
def test_a_word_that_appears_does_not_take_the_button_away(shopper: Shopper) -> None:
    shopper.fill(city="Pune")
    shopper.page.locator("[name=phone]").fill("123")
    shopper.forgive("400 POST .*/checkout/")
    shopper.button("Pay ₹").click()
    expect(shopper.page.get_by_role("alert")).to_be_visible()


@pytest.mark.covers("CO9", "CO10")
def test_the_bill_is_asked_for_behind_a_box_and_its_state_compared(shopper: Shopper) -> None:
    page = shopper.page
    warning, city = page.locator("[data-gstin-warning]"), page.locator("[name=billing_city]")
    shopper.fill()
    page.locator(".more summary").click()
    complaint(page, "gstin", "29AACCG4243Q1Z4")
    expect(warning).to_contain_text("another state than the bill")
    expect(city).to_be_hidden()
    page.get_by_role("checkbox", name="The bill goes to another address").check()
    expect(city).to_be_visible()
    page.locator("[name=billing_state]").select_option("29")
    expect(warning).to_be_empty()
    page.get_by_role("checkbox", name="The bill goes to another address").uncheck()
    expect(warning).not_to_be_empty()
    expect(city).to_be_hidden()
    # What appears while Pay is pressed must not move it away from under the finger.
    page.locator("[name=gstin]").fill("")
    page.locator("[name=gstin]").blur()
    expect(warning).to_be_empty()
    page.locator("[name=gstin]").fill("29AACCG4243Q1Z4")
    shopper.forgive("400 POST .*/checkout/")
    shopper.button("Pay ₹").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the name under which this GSTIN is registered.")
