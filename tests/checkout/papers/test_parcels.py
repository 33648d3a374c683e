"""What goes with a parcel: what is in it and where it goes, for each order a page of its own, and no price."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import ShopSettings
from checkout import papers, payments, refunds
from checkout.models import Order
from tests.checkout.orders import ordered, paid
from tests.checkout.papers.reading import pages

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def bought(quantity: int = 2) -> Order:
    attempt = ordered(quantity=quantity, on_hand=50)
    payments.record(paid(attempt))
    return Order.objects.get(pk=attempt.order_id)


def test_a_slip_tells_what_is_in_the_parcel() -> None:
    order = bought(3)
    refunds.request(payment_id=order.payments.get().pk, amount=100, reason="a dent", lines={order.lines.get().pk: 1})
    [slip] = pages(papers.packing_slips([order]))
    for words in (order.number, "CG43-TX-0007", "Asha Kulkarni", "411 004", "+91 98765 43210", "2 pieces"):
        assert words in slip
    assert "1 of CG43-TX-0007 is not sent: it was refunded." in slip
    assert "₹" not in slip


def test_a_label_tells_where_it_goes() -> None:
    order = bought()
    order.carrier, order.tracking_number = "India Post", "EA123456789IN"
    [label] = pages(papers.labels([order]))
    for words in (order.number, "14 Prabhat Road", "Maharashtra", "411 004", "Prepaid", "India Post EA123456789IN"):
        assert words in label.replace("\n", " ")
    assert "₹" not in label


def test_a_state_is_named_once_and_one_piece_is_no_pieces() -> None:
    order = bought(1)
    order.city, order.state, order.postcode = "New Delhi", "07", "110001"
    ShopSettings.objects.update(address="Shed 4, Bhosari MIDC\nPune 411026, Maharashtra", state="27")
    [slip], [label] = pages(papers.packing_slips([order])), pages(papers.labels([order]))
    for page in (slip, label):
        assert [page.count(state) for state in ("Delhi", "Maharashtra")] == [1, 1]
    assert "1 piece\n" in f"{slip}\n"
    order.city = "Delhi Cantonment"
    assert pages(papers.labels([order]))[0].count("Delhi") == 2


def test_the_longest_address_fits_on_one_label() -> None:
    order = bought()
    order.full_name, order.address_line1, order.address_line2 = "Wwww " * 20, "Mwmw " * 30, "M" * 150
    order.city, order.carrier, order.tracking_number = "Www " * 20, "C" * 60, "N" * 60
    assert len(pages(papers.labels([order]))) == 1


def test_each_order_has_a_page_in_as_many_queries() -> None:
    orders = [bought() for _ in range(4)]
    for print_them in (papers.packing_slips, papers.labels):
        counts = []
        for some in (orders[:1], orders):
            with CaptureQueriesContext(connection) as captured:
                found = pages(print_them(some))
            assert [order.number in page for order, page in zip(some, found, strict=True)] == [True] * len(some)
            counts.append(len(captured))
        assert counts[0] == counts[1]
