"""What the checkout form asks: how much, in which words, how browsers help, and what it understands."""

from typing import Any

import html5lib
import pytest

from checkout.billing_form import OrderForm
from checkout.forms import CheckoutForm
from checkout.models import Order
from tests.factories import BUYER, Buyer
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]

AUTOCOMPLETE = {
    "email": "email",
    "phone": "tel",
    "full_name": "shipping name",
    "postcode": "shipping postal-code",
    "address_line1": "shipping address-line1",
    "address_line2": "shipping address-line2",
    "city": "shipping address-level2",
    "state": "shipping address-level1",
}
NUMBERS = [
    "9876543210",
    "98765 43210",
    "98765-43210",
    "+919876543210",
    "+91 98765 43210",
    "+91-98765-43210",
    "+91 (98765) 43210",
    "919876543210",
    "91 98765 43210",
    "09876543210",
    "0 98765 43210",
    "0-9876-543-210",
    "(098765) 43210",
    " 9876543210 ",
    "9876 543 210",
    "98 76 54 32 10",
    "98765.43210",
    "+91 098765 43210",
    "0091 98765 43210",
    "tel:+919876543210",
]


@pytest.fixture
def checkout(buyer: Buyer) -> Any:
    """The form as it comes, parsed."""
    return html5lib.parse(buyer.client.get("/checkout/").content.decode(), namespaceHTMLElements=False)


def controls(page: Any, *, optional: bool = False) -> dict[str, Any]:
    """Return what can be filled in, by name: without what stands behind a question unless `optional`."""
    form = next(form for form in page.iter("form") if form.get("action", "").endswith("/checkout/"))
    behind = [] if optional else [control for part in form.iter("details") for control in part.iter()]
    kinds = ("input", "select", "textarea")
    found = [node for node in form.iter() if node.tag in kinds and node.get("type") != "hidden"]
    return {node.get("name"): node for node in found if not any(node is other for other in behind)}


@pytest.mark.covers("CO3", "CO17")
def test_eight_fields_are_visible(checkout: Any) -> None:
    assert list(controls(checkout)) == list(AUTOCOMPLETE)


@pytest.mark.covers("CO4")
def test_every_field_has_a_label_that_says_whether_it_may_stay_empty(checkout: Any) -> None:
    labels = {label.get("for"): " ".join("".join(label.itertext()).split()) for label in checkout.iter("label")}
    words = {name: labels[node.get("id")] for name, node in controls(checkout, optional=True).items()}
    assert all(words.values())
    assert {name for name, text in words.items() if "(optional)" in text} == {
        "address_line2",
        "gstin",
        "business_name",
        "billing_address_line2",
    }


@pytest.mark.covers("CO5")
def test_browsers_and_phones_help(checkout: Any) -> None:
    fields = controls(checkout)
    assert {name: node.get("autocomplete") for name, node in fields.items()} == AUTOCOMPLETE
    kinds = {name: (node.get("type"), node.get("inputmode")) for name, node in fields.items()}
    assert (kinds["phone"], kinds["postcode"], kinds["email"]) == (
        ("tel", "tel"),
        ("text", "numeric"),
        ("email", "email"),
    )


@pytest.mark.covers("CA6", "CO18")
def test_nothing_is_ticked_or_chosen_beforehand(checkout: Any) -> None:
    chosen = [node for node in checkout.iter() if node.get("checked") is not None or node.get("selected") is not None]
    assert [node for node in chosen if node.get("value") != ""] == []


@pytest.mark.covers("CO6")
@pytest.mark.parametrize("typed", NUMBERS)
def test_mobile_numbers_are_understood_as_people_write_them(typed: str) -> None:
    form = CheckoutForm({**BUYER, "phone": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == "+919876543210"


@pytest.mark.covers("CO6")
def test_the_page_says_why_it_asks_for_the_number(checkout: Any) -> None:
    described = controls(checkout)["phone"].get("aria-describedby")
    (hint,) = [node for node in checkout.iter() if node.get("id") == described]
    assert "courier" in "".join(hint.itertext())


@pytest.mark.covers("CO7")
@pytest.mark.parametrize("typed", ["560001", "560 001", " 560001"])
def test_a_pin_code_may_have_a_blank(typed: str) -> None:
    form = CheckoutForm({**BUYER, "postcode": typed})
    assert (form.is_valid(), form.cleaned_data["postcode"]) == (True, "560001")


@pytest.mark.covers("CO12")
def test_what_was_typed_is_kept_with_mistakes(buyer: Buyer) -> None:
    typed = {**BUYER, "postcode": "4110", "full_name": "Asha <b> & sons"}
    page = html5lib.parse(buyer.client.post("/checkout/", typed).content.decode(), namespaceHTMLElements=False)
    fields = controls(page)
    shown = {name: node.get("value") for name, node in fields.items() if node.tag == "input"}
    assert shown == {name: typed[name] for name in shown}
    (chosen,) = [option.get("value") for option in fields["state"].iter("option") if option.get("selected") is not None]
    assert chosen == typed["state"]


@pytest.mark.covers("PA2", "MT1")
def test_the_order_keeps_the_number_in_one_form(buyer: Buyer, simulator: Simulator) -> None:
    answer = buyer.client.post(
        "/checkout/", {**BUYER, "phone": "0 98765-43210"}, headers={"accept": "application/json"}
    )
    assert answer.json()["razorpay"]["prefill"]["contact"] == Order.objects.get().phone == "+919876543210"


@pytest.mark.covers("PA1")
def test_upi_comes_first_and_its_address_is_not_asked(buyer: Buyer, simulator: Simulator) -> None:
    options = buyer.client.post("/checkout/", BUYER, headers={"accept": "application/json"}).json()["razorpay"]
    assert options["config"]["display"]["sequence"][0] == "upi"
    assert "vpa" not in str(options).lower()


def test_nothing_is_taken_that_nobody_can_see() -> None:
    hidden = "\u202eAsha\u2066 \x07Kulkarni\u200b\ufeff"
    typed = {"full_name": hidden, "business_name": hidden, "city": "Pu\x07ne", "address_line1": "क्\u200dष"}
    form = OrderForm({**BUYER, **typed})
    assert form.is_valid(), form.errors
    assert (form.details.full_name, form.details.city) == ("Asha Kulkarni", "Pu ne")
    assert form.cleaned_data["business_name"] == "Asha Kulkarni"
    assert form.details.address_line1 == "क्\u200dष"
    refused = OrderForm({**BUYER, "email": "as\u202eha@example.in", "full_name": "\u202e\u200b"})
    assert set(refused.errors) == {"email", "full_name"}


@pytest.mark.covers("CO11")
@pytest.mark.parametrize("typed", ["x" * 10_000, "a\x00b"])
def test_mistakes_are_told_in_our_own_words(typed: str) -> None:
    data = {name: typed for name in OrderForm.base_fields if name not in ("seen_total", "checkout_key")}
    told = " ".join(str(text) for texts in OrderForm(data).errors.values() for text in texts)
    assert [words for words in ("Ensure this", "Null characters", "is required") if words in told] == []
    assert told
