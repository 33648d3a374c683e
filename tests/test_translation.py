"""Whatever a buyer reads can be translated: pages and mails in a language that marks each text that can."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from catalog import stock
from catalog.models import ShopSettings, Variant
from checkout import cancelling, emails, orders, payments, refunds
from checkout.admin import mail_samples
from checkout.models import DeliveryZone, Order, Payment
from checkout.status import OrderStatus
from home import letters
from home.models import ContactMail, ContactMessage
from tests import pseudo
from tests.checkout.orders import make_overdue, ordered, paid, refund_of
from tests.factories import BUYER, Buyer, make_product, make_shop
from tests.test_markup import HTML, shelf, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def counter() -> Iterator[tuple[str, Any]]:
    """Pages of orders in each of their states."""
    client, _staff = Buyer().client, User.objects.create_user("staff")

    def see(order: Order, name: str, path: str = "") -> tuple[str, Any]:
        return name, client.get(f"{order.get_absolute_url()}{path}")

    attempt = ordered(on_hand=50)
    for path in ("", "pay/", "?confirming"):
        yield see(attempt.order, f"unpaid {path}", path)
    payments.record(paid(attempt, status="failed", error_description="Declined"))
    yield see(attempt.order, "failed")
    payments.record(paid(attempt, method="upi"))
    yield see(attempt.order, "paid")
    refund = refunds.request(payment_id=Payment.objects.get().pk, amount=500, reason="A dent")
    yield see(attempt.order, "refund asked for")
    for status in ("processed", "failed"):
        refunds.record(refund_of(refund, status=status, acquirer_data={"arn": "433912345678"}))
        refund.refresh_from_db()
        yield see(attempt.order, f"refund {status}")
    Order.objects.update(carrier="India Post", tracking_number="EX123456789IN")
    for status in (OrderStatus.PACKED, OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        orders.advance(attempt.order_id, status, user=User.objects.get())
        yield see(attempt.order, status)
    payments.record(paid(cancelled := ordered()))
    cancelling.cancel_for_buyer(Order.objects.get(pk=cancelled.order_id))
    yield see(cancelled.order, "cancelled")
    make_overdue((expired := ordered()).order)
    orders.expire(expired.order_id, now=timezone.now())
    yield see(expired.order, "expired")
    payments.record(paid(odd := ordered(), amount=5))
    yield see(odd.order, "another amount")


def corners() -> Iterator[tuple[str, Any]]:
    """What is seen in passing: suggestions, a PIN code, a code that nobody knows, errors."""
    buyer = Buyer()
    make_product("CG43-TX-0007")
    DeliveryZone.objects.create(name="The islands", prefixes="744", delivers=False, first_fee=0, further_fee=0)
    yield "suggestions", buyer.client.get("/search/suggestions/", {"q": "mod"})
    buyer.add("CG43-TX-0007", 3)
    for postcode in ("560001", "744101", "5600"):
        yield postcode, buyer.client.post("/cart/delivery/", {"postcode": postcode}, follow=True)
    yield "a code", buyer.client.post("/cart/coupon/", {"code": "NOBODY"}, headers=HTML, follow=True)
    Variant.objects.update(price=1_000_00)
    yield "another price", buyer.client.get("/cart/")
    stock.adjust(variant=Variant.objects.get(), quantity=-8, reason="Broken")
    yield "less than was put in", buyer.client.get("/cart/")
    for code in (400, 403, 404, 429, 500, 503):
        yield f"{code}", HttpResponse(render_to_string(f"{code}.html"))


PAGES = {"shelf": (shelf, 15), "words": (words, 11), "counter": (counter, 14), "corners": (corners, 13)}


@pytest.mark.parametrize("pages", PAGES)
def test_every_text_of_a_page_can_be_translated(pages: str) -> None:
    tell, number = PAGES[pages]
    with pseudo.speaking():
        answers = dict(tell())
        assert len(answers) == number
        data = {*BUYER.values(), "zeppelin", "NOBODY"}
        assert pseudo.bare([answer.content.decode() for answer in answers.values()], data) == []


def test_every_text_of_a_mail_can_be_translated() -> None:
    make_shop()
    message = ContactMessage.objects.create(name="Asha", email="asha@example.in", subject="grievance", text="Lost.")
    with pseudo.speaking():
        mails = [mail_samples.sample(kind) for kind in emails.NAMES]
        line, shop = mail_samples.line(), ShopSettings.current()
        written: list[Any] = [emails.write(mail, lines=[line], shop=shop) for mail in mails]
        written += [letters.compose(ContactMail(message=message, reader=each)) for each in ContactMail.Reader.values]
        rows = [line, *(mail.order for mail in mails), *(mail.refund for mail in mails if mail.refund)]
        data = {str(value) for row in rows for value in vars(row).values()}
        assert pseudo.bare([part for each in written for part in pseudo.words(each)], data) == []


def test_a_text_that_nobody_can_translate_is_found() -> None:
    page = "<p title='Never'>⟦One <b>two</b>⟧ three</p><input type=submit value=Send><p>₹1,899 · Razorpay</p>"
    assert pseudo.bare([f"<!doctype html><title>⟦Shop⟧</title>{page}", "⟦One⟧ four"]) == [
        "Never",
        "Send",
        "four",
        "three",
    ]
