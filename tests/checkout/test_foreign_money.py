"""Money in another currency: told in that currency wherever it is told, never accepted, and no paise of ours."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from checkout import emails, judgement, payments, refunds, tracker
from checkout.judgement import NotAcceptable
from checkout.models import AttentionCase, OutboxEmail, Payment
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import assert_books_hold, dashboard_refund, ordered, outcome, paid, settled

pytestmark = pytest.mark.django_db


def held() -> Payment:
    """Return a captured payment of as many cents as its order, now on hold, costs paise."""
    attempt = ordered()
    payments.record(paid(attempt, currency="USD"), settled(attempt, currency="USD"))
    return Payment.objects.get()


def seen(client: Client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.fixture
def owner() -> Client:
    return browser_of(in_role("owner"))


@pytest.mark.covers("A14", "F11", "F16")
def test_money_without_an_order_is_told_in_its_currency(owner: Client) -> None:
    payments.record(paid(ordered(), order_id=None, currency="USD", amount=250_000))
    case = AttentionCase.objects.get()
    assert case.text == "USD 2,500.00 for no order"
    for page in (seen(owner, "/admin/attention/"), seen(owner, f"/admin/attention/inspect/{case.pk}/")):
        assert "USD 2,500.00" in page
        assert "₹2,500.00" not in page


@pytest.mark.covers("A14", "F11")
def test_a_held_order_tells_both_amounts_and_offers_no_acceptance(owner: Client) -> None:
    payment = held()
    case, order = AttentionCase.objects.get(), payment.order
    assert order is not None
    assert case.text.endswith("The order costs ₹1,998.00, this payment is USD 1,998.00")
    page = seen(owner, f"/admin/attention/inspect/{case.pk}/")
    assert ("USD 1,998.00" in page, "Accept it" in page, "Refund all that is left" in page) == (True, False, True)
    assert "USD 1,998.00" in seen(owner, f"/admin/orders/inspect/{order.pk}/")


@pytest.mark.covers("A14", "F11")
def test_nobody_can_accept_it(asha: User) -> None:
    payment = held()
    with pytest.raises(NotAcceptable, match="The order costs rupees and this money is USD: refund it"):
        judgement.accept(payment_id=payment.pk, user=asha, reason="close enough")
    assert payment.order is not None
    assert outcome(payment.order)["status"] == "on_hold"


@pytest.mark.covers("A14")
def test_what_goes_back_is_told_in_its_currency_and_is_no_paise(client: Client) -> None:
    payment = held()
    for number in (1, 2):
        refunds.record(dashboard_refund(payment.razorpay_payment_id, payment.amount // 2, number))
    order = payment.order
    assert order is not None
    order.refresh_from_db()
    assert (tracker.payment_state(order), tracker.refunded(order)) == ("refunded", 0)
    assert "USD 999.00 is on its way back to you." in seen(client, order.get_absolute_url())
    mail = OutboxEmail.objects.filter(kind="refunded").first()
    assert mail is not None
    assert "USD 999.00" in emails.compose(mail).body
    assert_books_hold()


@pytest.mark.covers("A14", "I1")
def test_no_form_asks_how_much_of_it_goes_back(owner: Client) -> None:
    order = held().order
    assert order is not None
    refund = f"/admin/orders/refund/{order.pk}/"
    assert refund not in seen(owner, f"/admin/orders/inspect/{order.pk}/")
    answer = owner.get(f"{refund}?payment={order.payments.get().pk}", follow=True)
    assert "Nothing of this payment is left to refund here" in answer.content.decode()
