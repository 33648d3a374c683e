"""The order page of a buyer whose browser paid and could not tell the shop."""

import pytest

from tests.factories import Buyer, make_product
from tests.programs import Simulator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order_url(simulator: Simulator) -> str:
    make_product()
    order, _body = Buyer().buy("CG43-TX-0007")
    return order.get_absolute_url()


@pytest.mark.parametrize(("query", "headline"), [("", "Not paid yet"), ("?confirming", "Confirming your payment")])
def test_an_open_order_waits_when_the_browser_says_so(order_url: str, query: str, headline: str) -> None:
    answer = Buyer().client.get(order_url + query)
    assert answer.context["headline"] == headline
    assert answer.context["polling"] is bool(query)
    assert ("Pay ₹" in answer.content.decode()) is not bool(query), "who has paid must not be asked to pay again"


def test_an_order_that_is_over_waits_for_nothing(order_url: str) -> None:
    Buyer().client.post(f"{order_url}cancel/")
    answer = Buyer().client.get(f"{order_url}?confirming")
    assert answer.context["headline"] == "This order is cancelled"
    assert not answer.context["polling"]
