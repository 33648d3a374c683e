"""Invoices and credit notes as a reader sees them (MT1 to MT6): parties, numbers, amounts, and that they add up."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import GstRate, ShopSettings, Variant
from checkout import cart as carts
from checkout import papers, payments, refunds
from checkout.models import Cart, Order, OrderLine, Payment, Refund
from checkout.papers import contents, typesetting
from tests.checkout.orders import cart_with, opened, ordered, paid, place, refund_of
from tests.checkout.papers.reading import amounts, pages, text
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MOMENT = dt.datetime(2026, 3, 31, 18, 45, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def seller() -> ShopSettings:
    """A registered shop in Pune."""
    make_product("CG43-TX-0007", title="Kaali-Peeli City Cab")
    shop = ShopSettings.current()
    shop.legal_name, shop.gstin, shop.state = "Chhota Garage Models Pvt Ltd", "27AACCG4243Q1Z8", "27"
    shop.address, shop.email, shop.phone = "Shed 4, Bhosari MIDC\nPune 411026", "garage@example.in", "020 5550 1962"
    shop.save()
    return shop


def bought(quantities: dict[str, int] | None = None, **details: Any) -> Order:
    """Return an order that was paid in the first hour of a financial year in India."""
    cart = Cart.objects.create()
    for sku, quantity in (quantities or {"CG43-TX-0007": 2}).items():
        variant = Variant.objects.filter(sku=sku).first()
        carts.add(cart, variant=variant or make_product(sku), quantity=quantity)
    order = place(cart, key=f"key-{cart.pk}", **details)
    payments.record(paid(opened(order)))
    Order.objects.filter(pk=order.pk).update(paid_at=MOMENT)
    return Order.objects.get(pk=order.pk)


def refunded(order: Order, amount: int, **wanted: Any) -> Refund:
    """Return a refund of an order that has come through."""
    refund = refunds.request(payment_id=order.payments.get().pk, amount=amount, reason="Scratched roof", **wanted)
    refunds.record(refund_of(refund))
    refund.refresh_from_db()
    return refund


def table(paper: dict[str, Any], column: str) -> list[int]:
    """Return the amounts in a column."""
    place = paper["columns"].index(column)
    return [amounts(row[place][0])[0] for row in paper["rows"]]


@pytest.mark.covers("MT4")
def test_an_invoice_names_everything_that_rule_46_asks_for() -> None:
    order = bought(address_line2="near Law College Road")
    words = text(papers.invoice(order))
    for expected in (
        "Tax invoice",
        str(order.invoice_number),
        "Invoice date 1 Apr 2026",
        "1 Apr 2026, 12:15 am, online",
        order.number,
        "Chhota Garage Models Pvt Ltd Shed 4, Bhosari MIDC Pune 411026 Maharashtra (27) GSTIN 27AACCG4243Q1Z8",
        "Asha Kulkarni 14 Prabhat Road near Law College Road Pune 411004 Maharashtra (27)",
        "Place of supply Maharashtra (27)",
        "Reverse charge No",
        "Kaali-Peeli City Cab CG43-TX-0007 9503 2 NOS ₹1,899.00 ₹3,617.14 ₹90.43 2.5 % ₹90.43 2.5 % ₹3,798.00",
        "Delivery 9503 1 ₹99.00 ₹94.29 ₹2.36 2.5 % ₹2.35 2.5 % ₹99.00",
        "Taxable value ₹3,711.43 CGST ₹92.79 SGST ₹92.78 Total paid ₹3,897.00",
        "Rupees three thousand eight hundred and ninety-seven only",
        "For Chhota Garage Models Pvt Ltd",
        "Authorised signatory",
        "Page 1 of 1",
    ):
        assert expected in words, expected
    assert order.get_absolute_url() in words.replace(" ", "")


def test_another_state_makes_it_one_tax_and_a_buyer_may_be_registered() -> None:
    words = text(papers.invoice(bought(state="33", city="Chennai", postcode="600001", gstin="33AACCG4243Q1Z8")))
    assert "Place of supply Tamil Nadu (33)" in words
    assert "GSTIN 33AACCG4243Q1Z8" in words
    assert "Taxable value ₹3,711.43 IGST ₹185.57 Total paid ₹3,897.00" in words
    assert "CGST" not in words


def test_an_unregistered_seller_issues_no_tax_invoice(seller: ShopSettings) -> None:
    seller.gstin = ""
    seller.save()
    words = text(papers.invoice(bought()))
    assert "Tax invoice" not in words
    assert "GSTIN" not in words


def test_a_union_territory_has_its_own_half(seller: ShopSettings) -> None:
    seller.state = "04"
    seller.save()
    assert "UTGST" in text(papers.invoice(bought(state="04")))


@pytest.mark.covers("MT2")
@pytest.mark.parametrize("state", ["27", "29"])
def test_every_column_adds_up_to_what_was_paid(state: str) -> None:
    for number, price in enumerate((1, 33_33, 18_999, 10_007, 99_999_99)):
        make_product(f"CG-{number}", price=price, on_hand=9)
    GstRate.objects.update(basis_points=1_800)
    order = bought({f"CG-{number}": number + 1 for number in range(5)}, state=state)
    paper = contents.invoice(order)
    heads = ["CGST", "SGST"] if state == "27" else ["IGST"]
    sums = {name: amounts(amount)[0] for name, amount in paper["sums"]}
    assert sum(table(paper, "Total")) == order.total == order.payments.get().amount == amounts(paper["total"])[0]
    assert sum(sums.values()) == order.total
    for name in ("Taxable value", *heads):
        assert sum(table(paper, name)) == sums[name]
    printed = amounts(text(papers.invoice(order)))
    assert all(amount in printed for amount in [*table(paper, "Total"), *sums.values(), order.total])


def test_a_discount_is_shared_by_all_rows() -> None:
    order = bought()
    order.discount, order.total = 10_000, order.total - 10_000
    paper = contents.invoice(order)
    assert sum(table(paper, "Discount")) == 10_000
    assert sum(table(paper, "Total")) == order.total == amounts(paper["total"])[0]
    assert "Discount" in text(papers.invoice(order))


def test_a_gift_has_an_invoice_of_nothing() -> None:
    gift = make_product("CG-GIFT", price=100, per_person_limit=1)
    Variant.objects.filter(pk=gift.pk).update(price=0)
    ShopSettings.objects.update(free_shipping_from=0)
    gift.refresh_from_db()
    order = place(cart_with(gift))
    words = text(papers.invoice(Order.objects.get(pk=order.pk)))
    for expected in ("Total ₹0.00", "Rupees zero only", "Paid Nothing to pay", str(order.invoice_number)):
        assert expected in words


@pytest.mark.covers("MT5", "MT3")
def test_settings_prices_and_addresses_change_and_the_invoice_does_not(seller: ShopSettings) -> None:
    order = bought()
    before = papers.invoice(order)
    seller.legal_name, seller.gstin, seller.address, seller.state = "Other Ltd", "29AACCG4243Q1Z8", "Elsewhere", "29"
    seller.save()
    GstRate.objects.update(basis_points=1_800)
    page = order.lines.get().variant.page
    page.title = "Another name"
    page.save_revision().publish()
    page.variants.update(price=1_00)
    Order.objects.filter(pk=order.pk).update(full_name="Somebody else", state="33", city="Chennai")
    assert papers.invoice(Order.objects.get(pk=order.pk)) == before


def test_the_same_order_gives_the_same_bytes_and_nothing_is_written_or_locked() -> None:
    order = bought()
    with CaptureQueriesContext(connection) as captured:
        first = papers.invoice(order)
    assert first == papers.invoice(Order.objects.get(pk=order.pk))
    assert [query["sql"][:6] for query in captured.captured_queries] == ["SELECT"]
    assert papers.invoice(bought()) != first


@pytest.mark.covers("MT5")
def test_a_refund_of_everything_credits_the_whole_invoice() -> None:
    order = bought()
    refund = refunded(order, order.total)
    words = text(papers.credit_note(refund, order))
    for expected in (
        "Credit note",
        str(refund.credit_note_number),
        f"For invoice {order.invoice_number} Invoice date 1 Apr 2026",
        "Reason: Scratched roof",
        "Taxable value ₹3,711.43 CGST ₹92.79 SGST ₹92.78 Total returned ₹3,897.00",
        "GSTIN 27AACCG4243Q1Z8",
        "Asha Kulkarni",
        "Rupees three thousand eight hundred and ninety-seven only",
    ):
        assert expected in words, expected
    assert papers.credit_note(refund, order) == papers.credit_note(Refund.objects.get(pk=refund.pk), order)


@pytest.mark.parametrize(("amount", "rows"), [(189_900, 1), (199_800, 2), (100_00, 1)])
def test_returned_pieces_are_credited_as_such(amount: int, rows: int) -> None:
    order = bought()
    refund = refunded(order, amount, lines={order.lines.get().pk: 1}, restock=True)
    paper = contents.credit_note(refund, order)
    assert paper["rows"][0][1] == ["Kaali-Peeli City Cab", "CG43-TX-0007"]
    assert paper["rows"][0][3] == ["1", "NOS"]
    assert (len(paper["rows"]), sum(table(paper, "Total"))) == (rows, amount)
    assert amounts(paper["total"]) == [amount]


@pytest.mark.parametrize("amount", [100, 101, 12_345, 389_501])
def test_a_part_without_pieces_lowers_every_row_by_its_share(amount: int) -> None:
    order = bought()
    paper = contents.credit_note(refunded(order, amount), order)
    assert sum(table(paper, "Total")) == amount
    assert sum(amounts(" ".join(value for _name, value in paper["sums"]))) == amount


def test_forty_lines_run_over_pages_with_heading_and_page_numbers() -> None:
    order = bought()
    line = order.lines.get()
    OrderLine.objects.filter(pk=line.pk).update(title="A long name of a lorry " * 8)
    paper = contents.invoice(Order.objects.get(pk=order.pk))
    paper["rows"] = [[[str(number)], *paper["rows"][0][1:]] for number in range(1, 41)]
    found = pages(typesetting.pdf(paper))
    assert len(found) > 2
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert str(order.invoice_number) in page
    for page in found[:-1]:
        assert "Taxable value" in page.partition("NOS")[0], "the heading of the table stands on every page"
    rows = [page.count("NOS") for page in found]
    assert sum(rows) == 40
    assert "Authorised signatory" in found[-1]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("முத்து", "ம"),
        ("गणेश", "गश"),
        ("বন", "বন"),
        ("ગજ", "ગજ"),
        ("ਗਜ", "ਗਜ"),
        ("ଗଜ", "ଗଜ"),
        ("గజ", "గజ"),
        ("ಗಜ", "ಗಜ"),
        ("ഗജ", "ഗജ"),
        ("Šárka Žižková", "Šž"),
        ("ᱚᱛ", "ᱚᱛ"),
        ("ꯃꯇ", "ꯃꯇ"),
    ],
)
def test_names_in_the_scripts_of_india_are_written(name: str, letters: str) -> None:
    words = text(papers.invoice(bought(full_name=name)))
    assert all(letter in words for letter in letters)


def test_names_too_long_for_their_column_and_letters_without_a_font_break_nothing() -> None:
    words = text(papers.invoice(bought(full_name="Œ" * 100, address_line1="日本 🚕 " * 10)))
    assert words.replace(" ", "").count("Œ") == 100


def test_a_long_word_ends_where_its_column_ends_and_is_copied_as_it_was_typed() -> None:
    narrow = "i" * 60
    found = "\n".join(pages(papers.invoice(bought(full_name="W" * 40, address_line1=narrow))))
    # The column is 53 mm wide, and a bold W of 10 points 3.4 mm.
    pieces = [len(piece) for piece in re.findall("WW+", found)]
    assert (max(pieces) <= 16, sum(pieces)) == (True, 40)
    assert narrow in found
    assert "\u200b" not in found


HOSTILE = [
    '#set page(fill: red) #panic("x")',
    '#read("/etc/passwd")',
    "$ x^2 $ *bold* _it_ `raw` @label <label> = heading",
    '"); #panic() //',
    "/* comment */ // comment",
    "\\u{41} \\ #(1+1) ]] }} {[(",
    'https://example.com #link("x")[y]',
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_people_type_is_never_read_as_markup(hostile: str) -> None:
    order = bought(full_name=hostile, address_line1=hostile)
    refund = refunded(order, 100)
    Refund.objects.filter(pk=refund.pk).update(reason=hostile)
    refund.refresh_from_db()
    wanted = "".join(hostile.split())
    assert text(papers.invoice(order)).replace(" ", "").count(wanted) == 2
    assert text(papers.credit_note(refund, order)).replace(" ", "").count(wanted) == 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
def test_any_text_makes_a_paper(words: str, paper: dict[str, Any]) -> None:
    buyer = {**paper["buyer"], "name": words, "lines": [words]}
    assert typesetting.pdf({**paper, "buyer": buyer, "notes": [words]}).startswith(b"%PDF")


@pytest.fixture
def paper() -> dict[str, Any]:
    """The contents of an invoice."""
    return contents.invoice(bought())


def test_invoices_of_payments_share_no_number() -> None:
    first, second = (ordered() for _time in range(2))
    for attempt in (first, second):
        payments.record(paid(attempt))
    numbers = [str(order.invoice_number) for order in Order.objects.order_by("pk")]
    assert Payment.objects.filter(fulfils=True).count() == len(set(numbers)) == 2
