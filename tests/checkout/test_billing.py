"""Whom the bill names: on the order, on paper and in the books, and in which state GST is owed for it."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import ShopSettings
from catalog.states import State
from checkout import billing, papers, payments, privacy
from checkout.billing_form import GstinField, OrderForm
from checkout.models import Order
from checkout.status import OrderStatus
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import cart_with, opened, paid, place
from tests.checkout.papers.reading import text
from tests.factories import BUYER, Buyer, make_product
from tests.programs import Simulator

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SKU = "CG43-TX-0007"
OFFICE = {
    "full_name": "Meena Deshpande",
    "postcode": "560001",
    "address_line1": "2 Church Street",
    "address_line2": "",
    "city": "Bengaluru",
    "state": "29",
}
TYPED = {f"billing_{name}": value for name, value in OFFICE.items()}
JSON = {"accept": "application/json"}


def gstin(state: str) -> str:
    """Return a sound GSTIN of a state."""
    start = f"{state}AACCG4243Q1Z"
    return start + GstinField.check_character(start)


def bought(**details: Any) -> Order:
    """Return a paid order of a shop in Maharashtra, delivered there unless told otherwise."""
    variant = make_product(SKU)
    ShopSettings.objects.update(gstin=gstin("27"), state="27")
    order = place(cart_with(variant), **details)
    payments.record(paid(opened(order)))
    return Order.objects.get(pk=order.pk)


@pytest.fixture
def buyer(simulator: Simulator) -> Buyer:
    """Somebody with a car in the cart."""
    make_product(SKU)
    found = Buyer()
    found.add(SKU)
    return found


@pytest.mark.covers("CO10")
def test_the_bill_goes_where_the_parcel_goes_unless_it_is_said(buyer: Buyer) -> None:
    assert buyer.check_out(**TYPED).status_code == 201
    assert Order.objects.get().billing is None


@pytest.mark.covers("CO9", "CO10")
def test_an_order_keeps_business_and_address_of_the_bill(buyer: Buyer) -> None:
    answer = buyer.check_out(**TYPED, billing_differs="on", gstin=gstin("29"), business_name=" Chhota  Traders ")
    assert answer.status_code == 201
    assert "warnings" not in answer.json()
    order = Order.objects.get()
    assert order.billing == {**OFFICE, "business_name": "Chhota Traders"}
    assert (order.full_name, order.city, order.state) == ("Asha Kulkarni", "Pune", "27")
    # Whoever comes back finds it in the form, and may take it back.
    page = buyer.client.get("/checkout/").content.decode()
    for shown in ('value="Chhota Traders"', 'value="2 Church Street"', "checked"):
        assert shown in page
    assert buyer.check_out().status_code == 200
    order.refresh_from_db()
    assert order.billing is None


@pytest.mark.covers("CO10")
@pytest.mark.parametrize("name", OrderForm.NEEDED)
def test_another_address_must_be_whole(buyer: Buyer, name: str) -> None:
    answer = buyer.check_out(**{**TYPED, "billing_differs": "on", name: ""})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    page = buyer.client.post("/checkout/", {**BUYER, **TYPED, "billing_differs": "on", name: ""}).content.decode()
    assert f'href="#id_{name}"' in page
    assert "<details" in page
    assert " open>" in page


@pytest.mark.parametrize("typed", [{"billing_postcode": "4110"}, {"billing_state": "99"}, {"billing_city": "x" * 999}])
def test_mistakes_count_only_while_the_box_is_ticked(buyer: Buyer, typed: dict[str, str]) -> None:
    assert list(buyer.check_out(**{**TYPED, **typed, "billing_differs": "on"}).json()["errors"]) == list(typed)
    assert buyer.check_out(**{**TYPED, **typed}).status_code == 201


@pytest.mark.covers("CO9")
def test_a_gstin_of_another_state_is_told_and_taken(buyer: Buyer) -> None:
    answer = buyer.check_out(gstin=gstin("29"))
    assert answer.status_code == 201
    assert answer.json()["warnings"] == [str(billing.DOUBT)]
    assert Order.objects.get().gstin == gstin("29")
    again = buyer.client.post(
        "/checkout/", {**BUYER, "gstin": gstin("29"), "checkout_key": "key-of-one-form"}, follow=True
    )
    assert str(billing.DOUBT) in again.content.decode()
    # The state of the bill counts, which may be another one than the parcel's.
    assert "warnings" not in buyer.check_out(**TYPED, billing_differs="on", gstin=gstin("29")).json()
    assert buyer.check_out(**TYPED, billing_differs="on", gstin=gstin("27")).json()["warnings"]


@pytest.mark.covers("CO9", "CO10", "MT4")
def test_paper_names_bill_and_delivery_apart() -> None:
    order = bought(billing={**OFFICE, "business_name": "Chhota Traders"}, gstin=gstin("29"))
    words = text(papers.invoice(order))
    for expected in (
        f"Billed to Chhota Traders Meena Deshpande 2 Church Street Bengaluru 560001 Karnataka (29) GSTIN {gstin('29')}",
        "Delivered to Asha Kulkarni 14 Prabhat Road Pune 411004 Maharashtra (27)",
    ):
        assert expected in words, words
    assert words.count(gstin("29")) == 1


def test_a_business_at_the_delivery_address_is_one_party() -> None:
    words = text(papers.invoice(bought(billing={"business_name": "Chhota Traders"}, gstin=gstin("27"))))
    assert "Billed and delivered to Chhota Traders Asha Kulkarni 14 Prabhat Road" in words
    assert "Delivered to Asha" not in words


@pytest.mark.covers("CO8", "CO10")
@pytest.mark.parametrize(
    ("parcel", "bill", "number", "supply", "head"),
    [
        # Section 10(1)(a) and (ca): where the parcel goes, whoever pays.
        ("27", None, "", "27", "CGST"),
        ("29", None, "", "29", "IGST"),
        ("27", "29", "", "27", "CGST"),
        ("29", "27", "", "29", "IGST"),
        ("29", None, "27", "29", "IGST"),
        # Section 10(1)(b): billed to a registered person and delivered elsewhere.
        ("27", "29", "29", "29", "IGST"),
        ("29", "27", "27", "27", "CGST"),
        # A number of no state that is known moves nothing.
        ("27", "29", "97", "27", "CGST"),
    ],
)
def test_the_place_of_supply_decides_the_tax(
    parcel: str, bill: str | None, number: str, supply: str, head: str
) -> None:
    office = {**OFFICE, "state": bill} if bill else None
    order = bought(state=parcel, billing=office, gstin=gstin(number) if number else "")
    assert billing.place_of_supply(order) == supply
    words = text(papers.invoice(order))
    assert f"Place of supply {State(supply).label} ({supply})" in words
    assert ("CGST" in words, "IGST" in words) == (head == "CGST", head == "IGST")


@pytest.mark.covers("MT5")
def test_an_older_invoice_reads_as_it_did() -> None:
    order = bought()
    before = text(papers.invoice(order))
    parties: Any = order.parties
    for name in ("bill_to", "place_of_supply"):
        del parties[name]
    assert text(papers.invoice(order)) == before


def test_a_forgotten_buyer_leaves_no_bill() -> None:
    order = bought(billing={**OFFICE, "business_name": "Chhota Traders"}, gstin=gstin("29"))
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.DELIVERED)
    order.emails.update(sent_at=order.paid_at)
    privacy.forget(order.pk)
    order.refresh_from_db()
    assert order.billing is None
    kept = str(order.parties)
    for gone in ("Meena", "Church", "Chhota Traders", "Asha", "Prabhat"):
        assert gone not in kept
    parties: Any = order.parties
    assert parties["place_of_supply"] == "29"


def test_staff_read_it() -> None:
    order = bought(billing={**OFFICE, "business_name": "Chhota Traders"}, gstin=gstin("29"))
    staff: Client = browser_of(in_role("staff"))
    page = staff.get(f"/admin/orders/inspect/{order.pk}/").content.decode()
    for shown in ("Bill to", "Chhota Traders", "2 Church Street", "Karnataka"):
        assert shown in page


@pytest.mark.covers("CO9")
def test_a_gstin_wants_the_name_of_its_business_where_the_page_asks_for_it(buyer: Buyer) -> None:
    answer = buyer.check_out(gstin=gstin("27"), business_name="")
    assert list(answer.json()["errors"]) == ["business_name"]
    assert buyer.check_out(gstin=gstin("27")).status_code == 201, "a client that knows no such field"


@pytest.mark.covers("CO9", "CO10")
def test_the_bill_of_a_business_goes_to_the_state_of_its_gstin_unless_it_is_said(buyer: Buyer) -> None:
    typed = {**TYPED, "billing_state": "", "billing_differs": "on", "gstin": gstin("29"), "business_name": "Traders"}
    assert buyer.check_out(**typed).status_code == 201
    assert billing.bill_to(Order.objects.get())["state"] == "29"
    buyer.check_out(**{**typed, "billing_state": "27"})
    assert billing.bill_to(Order.objects.get())["state"] == "27"
