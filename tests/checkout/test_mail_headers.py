"""Nobody who types an address sends our mail to somebody else, or writes its headers.

The control, as it was seen: with Django's own email field the quoted ones place an order whose mail can never be sent.
"""

from email import message_from_bytes, policy
from email.errors import HeaderParseError

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address
from django.utils import timezone

from checkout import emails, payments
from checkout.admin.edits import DELIVERY_FIELDS
from checkout.forms import CheckoutForm
from checkout.models import Order, OutboxEmail
from tests.checkout.admin.people import browser_of, in_role
from tests.checkout.orders import cart_with, opened, ordered, paid, place
from tests.factories import BUYER, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.covers("K14", "K15"), pytest.mark.once]
EVIL = "evil@example.com"
HOSTILE = [
    f"asha@example.in\r\nBcc: {EVIL}",
    f"asha@example.in\nBcc: {EVIL}",
    f"asha@example.in\rBcc: {EVIL}",
    f"asha@example.in%0ABcc: {EVIL}",
    f"asha@example.in\x0bBcc:{EVIL}",
    f"asha@example.in\x85Bcc:{EVIL}",
    f"asha@example.in\u2028Bcc:{EVIL}",
    f"asha@example.in, {EVIL}",
    f"asha@example.in,{EVIL}",
    f"asha@example.in;{EVIL}",
    f"asha@example.in {EVIL}",
    f"Asha <{EVIL}>",
    f"<{EVIL}>",
    f"{EVIL}\x00asha@example.in",
    f'"x\r\nBcc:{EVIL}"@example.in',
    f'"x\x0bBcc:{EVIL}"@example.in',
    f'"x\x0cBcc:{EVIL}"@example.in',
    f'"x\x1cBcc:{EVIL}"@example.in',
    f'"x,{EVIL},"@example.in',
]


@pytest.mark.parametrize("address", HOSTILE)
def test_such_an_address_places_no_order(address: str) -> None:
    form = CheckoutForm({**BUYER, "email": address})
    assert not form.is_valid()
    assert list(form.errors) == ["email"]


def test_such_an_address_cannot_be_written_by_staff() -> None:
    order = ordered().order
    staff = browser_of(in_role("staff"))
    data = {name: getattr(order, name) for name in DELIVERY_FIELDS}
    for address in HOSTILE:
        answer = staff.post(f"/admin/orders/address/{order.pk}/", {**data, "email": address})
        assert (address, answer.status_code) == (address, 200)
        assert "Enter an email address such as" in answer.content.decode()
    order.refresh_from_db()
    assert order.email == "asha@example.in"


def test_such_an_address_in_the_database_writes_no_header() -> None:
    attempt = ordered()
    payments.record(paid(attempt))
    waiting = OutboxEmail.objects.get()
    assert recipients(emails.compose(waiting)) == ["asha@example.in"]
    for address in HOSTILE:
        waiting.order.email = address
        assert recipients(emails.compose(waiting)) in ([], [address])


def recipients(message: EmailMessage) -> list[str]:
    """Return who would get a message by SMTP, where Django looks at each address and at the headers; [] is nobody."""
    try:
        for address in message.recipients():
            sanitize_address(address, "utf-8")
        parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    except (ValueError, HeaderParseError):
        return []
    assert (parsed["Bcc"], parsed["Cc"]) == (None, None)
    return message.recipients()


def test_one_mail_that_cannot_be_sent_keeps_no_other_back() -> None:
    variant = make_product()
    orders = [place(cart_with(variant), email=f"buyer{number}@example.in") for number in range(3)]
    for order in orders:
        payments.record(paid(opened(order)))
    Order.objects.filter(pk=orders[0].pk).update(email=HOSTILE[0])
    assert emails.send_waiting() == 2
    assert [message.to for message in mail.outbox] == [["buyer1@example.in"], ["buyer2@example.in"]]
    stuck = OutboxEmail.objects.get(sent_at=None)
    assert (stuck.order, stuck.next_try_at > timezone.now(), "BadHeader" in stuck.last_error) == (orders[0], True, True)


def test_what_a_buyer_typed_stands_in_no_header() -> None:
    attempt = ordered()
    hostile = f"Asha\r\nBcc: {EVIL}\r\n\r\nWon: a car"
    Order.objects.update(full_name=hostile, city=hostile, address_line1=hostile)
    payments.record(paid(attempt))
    assert emails.send_waiting() == 1
    (message,) = mail.outbox
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert parsed["Bcc"] is None
    headers = "".join(f"{name}: {value}" for name, value in parsed.items())
    assert "Asha" not in headers
