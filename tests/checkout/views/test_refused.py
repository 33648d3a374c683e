"""Razorpay says no: what the buyer reads, what staff get, and that nobody asks again and again.

The control, as it was seen: without the case that `attempts` opens, the pay page says that Razorpay does not answer.
"""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from checkout import attention
from checkout.models import AttentionCase, Order
from checkout.models.attention import CaseKind
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import SKU, assert_books_hold, outcome, stock_of
from tests.factories import Buyer, make_product

pytestmark = pytest.mark.django_db
CREATE = "^POST /v1/orders$"
# The pretend Razorpay takes up to ₹5,00,000.
TOO_MUCH = 60_000_000


@pytest.mark.covers("A12", "B6")
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_amount_that_razorpay_does_not_take(accept: str, faulty: FaultyRazorpay) -> None:
    make_product(SKU, price=TOO_MUCH)
    buyer = Buyer()
    buyer.add(SKU)
    answer = buyer.check_out(accept=accept)
    order = Order.objects.get()
    pay_url = f"/orders/{order.token}/pay/"
    if accept == "application/json":
        assert (answer.status_code, answer.json()["order"]["pay_url"]) == (503, pay_url)
        assert "an amount like this" in answer.json()["errors"]["payment"][0]
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, pay_url)
        assert "an amount like this" in buyer.client.get(pay_url).content.decode()
    shown = buyer.client.get(pay_url).content.decode()
    assert "Razorpay did not accept this order." in shown
    assert "does not answer" not in shown
    assert f'href="/orders/{order.token}/cancel/"' in shown
    assert faulty.count(CREATE) == 1
    case = AttentionCase.objects.get()
    assert (case.kind, case.order) == (CaseKind.RAZORPAY_REFUSED, order)
    assert "Amount exceeds maximum amount allowed." in case.text

    buyer.client.post(f"/orders/{order.token}/cancel/")
    assert outcome(order)["status"] == "cancelled"
    assert stock_of() == (10, 0)
    assert_books_hold()


@pytest.mark.covers("B7", "K4")
def test_a_key_that_razorpay_refuses_is_told_to_everybody_once(
    buyer: Buyer, faulty: FaultyRazorpay, settings: Settings
) -> None:
    right, settings.RAZORPAY_KEY_SECRET = settings.RAZORPAY_KEY_SECRET, "of-another-set"
    other = Buyer()
    other.add(SKU)
    for number, one in enumerate([buyer, other], start=1):
        answer = one.check_out()
        assert answer.status_code == 503
        assert "out of order" in answer.json()["errors"]["payment"][0]
        assert faulty.count(CREATE) == number, "one call for each, and none is repeated"
    case = AttentionCase.objects.get()
    assert (case.kind, case.order, case.subject) == (CaseKind.RAZORPAY_REFUSED, None, attention.KEY)
    assert "of-another-set" not in case.text
    pay_url = answer.json()["order"]["pay_url"]
    assert "Payments are out of order just now." in other.client.get(pay_url).content.decode()
    assert "Payments are out of order just now." in somebody_else().client.get("/checkout/").content.decode()

    settings.RAZORPAY_KEY_SECRET = right
    assert other.client.post(pay_url).status_code == 303
    assert other.client.get(pay_url).context["ready"]
    assert not attention.nobody_can_pay()
    assert "out of order" not in somebody_else().client.get("/checkout/").content.decode()


@pytest.mark.covers("B7", "L3")
def test_a_pass_of_reconciliation_finds_the_key_refused_and_accepted(
    buyer: Buyer, faulty: FaultyRazorpay, settings: Settings
) -> None:
    for number in range(3):
        somebody_else().check_out(key=f"key-of-form-{number}", phone=f"9876543{number:03}")
    asked = len(faulty.calls)
    right, settings.RAZORPAY_KEY_SECRET = settings.RAZORPAY_KEY_SECRET, "of-another-set"
    with pytest.raises(CommandError):
        call_command("reconcile")
    assert len(faulty.calls) == asked + 1, "each further question would be vain"
    assert attention.nobody_can_pay()
    settings.RAZORPAY_KEY_SECRET = right
    call_command("reconcile")
    assert not attention.nobody_can_pay()


def somebody_else() -> Buyer:
    """Another browser with a car."""
    somebody = Buyer()
    somebody.add(SKU)
    return somebody
