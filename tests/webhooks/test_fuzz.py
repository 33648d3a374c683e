"""Bodies with a name: each is posted unsigned, which leaves no trace, and signed, which is kept and harmless.

The controls, as they were seen: without the look for a bool "amount is true" is taken for one paisa; with `int(value)`
in its place "amount is text" pays the order; with `except ValueError` alone the deep bodies end the request with a
RecursionError; with the row written before the signature is looked at, every unsigned body leaves one.
"""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from checkout.models import OrderEvent, Payment, RazorpayOrder
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, assert_books_hold, ordered, outcome
from tests.checkout.reports import deliver, event, order_entity, payment_entity, signature
from webhooks import posted, views
from webhooks.models import Outcome, WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.covers("E1", "E5", "E6", "E26", "E32")]
Body = Callable[[RazorpayOrder], bytes]
ADDRESS = "/webhooks/razorpay/"
REFUSED = {Outcome.QUARANTINED, Outcome.IGNORED}


def raw(body: bytes) -> Body:
    """The same body whatever the order."""
    return lambda _attempt: body


def captured(**changes: Any) -> Body:
    """A captured payment of an order, with something else in the place of a value."""
    return lambda attempt: event("payment.captured", payment=payment_entity(attempt, **changes))


def written(old: bytes, new: bytes) -> Body:
    """A captured payment of an order, with something in it that Python would not write."""

    def body(attempt: RazorpayOrder) -> bytes:
        found = captured()(attempt)
        assert old in found
        return found.replace(old, new, 1)

    return body


def amount(token: bytes) -> Body:
    """A captured payment whose amount is written like this."""
    return lambda attempt: captured()(attempt).replace(f'"amount": {attempt.amount}'.encode(), b'"amount": ' + token, 1)


def nested(levels: int) -> Any:
    """Lists in lists."""
    value: Any = []
    for _level in range(levels):
        value = [value]
    return value


REFUSED_BODIES: dict[str, Body] = {
    "nothing paid": captured(amount=0),
    "nothing": raw(b""),
    "blanks": raw(b" \n\t"),
    "no JSON": raw(b"{'event': 'payment.captured'}"),
    "a form": raw(b"event=payment.captured&payload=1"),
    "XML": raw(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "half of it": lambda attempt: captured()(attempt)[:200],
    "all of it twice": lambda attempt: captured()(attempt) * 2,
    "a trailing comma": written(b"}}}", b"},}}"),
    "a list": lambda attempt: b"[" + captured()(attempt) + b"]",
    "a text": raw(b'"payment.captured"'),
    "a number": raw(b"1e400"),
    "null": raw(b"null"),
    "100,000 lists": raw(b"[" * 100_000),
    "100,000 lists that end": raw(b"[" * 100_000 + b"]" * 100_000),
    "100,000 objects": raw(b'{"a":' * 100_000),
    "100,000 lists in notes": written(b'"notes": []', b'"notes": ' + b"[" * 100_000 + b"]" * 100_000),
    "a number of 5,000 digits": amount(b"1" * 5_000),
    "a number of 4,000 digits": amount(b"1" * 4_000),
    "a fraction of 900,000 digits": amount(b"1." + b"0" * 900_000),
    "no number": amount(b"NaN"),
    "infinity": amount(b"Infinity"),
    "1e400": amount(b"1e400"),
    "-1e400": amount(b"-1e400"),
    "octal": amount(b"0189900"),
    "hexadecimal": amount(b"0x10"),
    "amount is true": captured(amount=True),
    "amount is false": captured(amount=False),
    "amount is text": captured(amount="189900"),
    "amount is a fraction": captured(amount=100.7),
    "amount is a whole float": lambda attempt: captured(amount=float(attempt.amount))(attempt),
    "amount is negative": captured(amount=-5),
    "amount is minus itself": lambda attempt: captured(amount=-attempt.amount)(attempt),
    "amount is 2^63": captured(amount=2**63),
    "amount is 2^64 too much": lambda attempt: captured(amount=attempt.amount + 2**64)(attempt),
    "amount is 10^400": captured(amount=10**400),
    "amount is null": captured(amount=None),
    "amount is a list": lambda attempt: captured(amount=[attempt.amount])(attempt),
    "refunded is negative": captured(amount_refunded=-1),
    "refunded is true": captured(amount_refunded=True),
    "fee is a fraction": captured(fee=0.5),
    "currency with a line break": captured(currency="INR\n"),
    "currency in other letters": captured(currency="ＩＮＲ"),
    "currency is null": captured(currency=None),
    "id is null": captured(id=None),
    "id is a list of 10,000": captured(id=[f"pay_{number:014d}" for number in range(10_000)]),
    "id is an object": captured(id={"$gt": ""}),
    "id of 10,000 letters": captured(id="pay_" + "A" * 10_000),
    "id with NUL": captured(id="pay_Aa1Bb2Cc3Dd4E\x00"),
    "id with a line break": captured(id="pay_Aa1Bb2Cc3Dd4Ee\n"),
    "id with a lone surrogate": captured(id="pay_Aa1Bb2Cc3Dd4E\ud800"),
    "id in other digits": captured(id="pay_٠١٢٣٤٥٦٧٨٩٠١٢٣"),
    "order id is an object": captured(order_id={"id": "order_ABCDEFGHIJKLMN"}),
    "order id is a list": captured(order_id=[]),
    "order id is false": captured(order_id=False),
    "order id of 10,000 letters": captured(order_id="order_" + "A" * 10_000),
    "status is a list": captured(status=["captured"]),
    "status is an object": captured(status={"captured": True}),
    "status in capitals": captured(status="CAPTURED"),
    "the entity is a list": lambda attempt: event("payment.captured", payment=[payment_entity(attempt)]),  # type: ignore[arg-type]
    "the entity says order": captured(entity="order"),
    "the entity is an order": lambda attempt: event("payment.captured", payment=order_entity(attempt)),
    "the order is a list": lambda attempt: event("order.paid", payment=payment_entity(attempt), order=[1]),  # type: ignore[arg-type]
    "the payload is text": raw(b'{"event": "payment.captured", "payload": "{}"}'),
    "the event is a list": raw(b'{"event": ["payment.captured"], "payload": {}}'),
    "the event with a blank": written(b'"payment.captured"', b'"payment.captured "'),
    "the event in capitals": written(b'"payment.captured"', b'"PAYMENT.CAPTURED"'),
    "a broken escape": written(b'"INR"', b'"\\u12"'),
    "a raw NUL": written(b'"INR"', b'"INR\x00"'),
    "no UTF-8": written(b"asha@example.in", b"asha\xff\xfe@example.in"),
    "the last of two keys counts": written(b'"status": "captured"', b'"status": "captured", "status": "nothing"'),
}
UNPAID_BODIES: dict[str, Body] = {
    "one paisa less": lambda attempt: captured(amount=attempt.amount - 1)(attempt),
    "one paisa more": lambda attempt: captured(amount=attempt.amount + 1)(attempt),
    "another currency": captured(currency="USD"),
    "order id of nobody": captured(order_id="order_ABCDEFGHIJKLMN"),
    "no order id": captured(order_id=None),
    "failed after all": written(b'"status": "captured"', b'"status": "captured", "status": "failed"'),
    "captured, but failed": captured(status="failed", captured=True),
    "captured, but authorized": captured(status="authorized", captured=True),
}
PAYING_BODIES: dict[str, Body] = {
    "as Razorpay writes it": captured(),
    "with blanks": lambda attempt: b"\n " + captured()(attempt) + b" \n",
    "with a byte order mark": lambda attempt: b"\xef\xbb\xbf" + captured()(attempt),
    "in UTF-16": lambda attempt: captured()(attempt).decode().encode("utf-16"),
    "with rupee signs and emoji": captured(description="₹ 1,899 🚗", notes={"ключ": "मूल्य"}),
    "with lone surrogates": captured(description="\ud800", error_description="\udfff", method="\ud800upi"),
    "with raw surrogates": written(b'"upi"', b'"\xed\xa0\x80"'),
    "with NUL": captured(description="\x00", error_description="a\x00b", method="u\x00pi"),
    "with notes of 500 lists": captured(notes=nested(500)),
    "with 10,000 notes": captured(notes={f"n{number}": "₹" for number in range(10_000)}),
    "with markup": captured(method="<script>alert(1)</script>", error_description="{{ secret }}"),
    "captured by the last of two keys": written(b'"status": "captured"', b'"status": "failed", "status": "captured"'),
    "with keys of every kind": captured(**{"": 1, "__proto__": {}, "\x00": [], "\ud800": None}),
}


def post_unsigned(body: bytes, queries: DjangoAssertNumQueries) -> None:
    """A body with no signature, and with that of another one."""
    with queries(0):
        assert deliver(body, headers={"X-Razorpay-Signature": ""}) == 400
        assert deliver(body, headers={"X-Razorpay-Signature": signature(body + b" ")}) == 400


@pytest.mark.parametrize("name", REFUSED_BODIES)
def test_what_is_not_razorpays_is_kept_and_does_nothing(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attempt = ordered()
    body, before = REFUSED_BODIES[name](attempt), OrderEvent.objects.count()
    post_unsigned(body, django_assert_num_queries)
    assert WebhookEvent.objects.count() == 0
    assert deliver(body) == deliver(body, event_id="evt2") == 200
    stored = WebhookEvent.objects.get()
    assert (bytes(stored.raw), stored.attempts) == (body, 1)
    assert stored.outcome in REFUSED, stored.error
    assert (outcome(attempt.order), OrderEvent.objects.count()) == (NEVER_PAID, before)
    assert Payment.objects.count() == 0
    assert_books_hold()


@pytest.mark.parametrize("name", UNPAID_BODIES)
def test_what_does_not_pay_an_order_leaves_it_open(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attempt = ordered()
    body = UNPAID_BODIES[name](attempt)
    post_unsigned(body, django_assert_num_queries)
    assert deliver(body) == 200
    assert WebhookEvent.objects.get().outcome not in {*REFUSED, Outcome.FAILED, Outcome.WAITING}
    assert outcome(attempt.order) == NEVER_PAID
    assert_books_hold()


@pytest.mark.parametrize("name", PAYING_BODIES)
def test_odd_words_around_true_money_do_not_keep_it_away(
    name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attempt = ordered()
    body = PAYING_BODIES[name](attempt)
    post_unsigned(body, django_assert_num_queries)
    assert outcome(attempt.order) == NEVER_PAID
    assert deliver(body) == deliver(body, event_id="evt2") == 200
    assert bytes(WebhookEvent.objects.get().raw) == body
    assert outcome(attempt.order) == ONCE_PAID
    assert_books_hold()


HEADERS: dict[str, dict[str, str]] = {
    "says gzip": {"Content-Encoding": "gzip"},
    "says chunked": {"Transfer-Encoding": "chunked"},
    "wants nothing": {"Accept": "image/png"},
    "event id of 10,000 letters": {"X-Razorpay-Event-Id": "e" * 10_000},
    "event id is odd": {"X-Razorpay-Event-Id": "\u20b9 \ud800 ' OR 1=1 --"},
    "no event id": {"X-Razorpay-Event-Id": ""},
    "10,000 bytes of cookies": {"Cookie": "sessionid=" + "x" * 10_000},
    "another method": {"X-HTTP-Method-Override": "DELETE"},
    "another host": {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "'"},
}
TYPES = [
    "",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/html; charset=hex",
    "image/png",
    "\x00",
    ";",
]


@pytest.mark.parametrize("name", HEADERS)
def test_headers_around_a_signed_body_change_nothing(name: str) -> None:
    attempt = ordered()
    body = captured()(attempt)
    assert deliver(body, headers={**HEADERS[name], "X-Razorpay-Signature": "0" * 64}) == 400
    assert deliver(body, headers=HEADERS[name]) == 200
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.parametrize("content_type", TYPES)
def test_the_content_type_changes_nothing(content_type: str) -> None:
    attempt = ordered()
    body = captured()(attempt)
    for sent, status in ({}, 400), ({"X-Razorpay-Signature": signature(body)}, 200):
        answer = Client().generic("POST", ADDRESS, body, content_type=content_type, headers=sent)
        assert answer.status_code == status
    assert outcome(attempt.order) == ONCE_PAID


def test_a_packed_body_is_taken_as_the_bytes_that_it_is() -> None:
    attempt = ordered()
    plain = captured()(attempt)
    packed = gzip.compress(plain, mtime=0)
    headers = {"Content-Encoding": "gzip"}
    assert deliver(packed, headers={**headers, "X-Razorpay-Signature": signature(plain)}) == 400
    assert deliver(packed, headers=headers) == 200
    assert WebhookEvent.objects.get().outcome == Outcome.QUARANTINED
    assert outcome(attempt.order) == NEVER_PAID


@pytest.mark.parametrize("size", [views.MAX_BODY + 1, 3_000_000, posted.MAX_DISCARDED + 1])
def test_too_large_a_body_is_not_kept_signed_or_not(size: int) -> None:
    body = json.dumps({"event": "payment.captured", "payload": "x" * size}).encode()[:size]
    assert deliver(body) == deliver(body, headers={"X-Razorpay-Signature": ""}) == 413
    assert WebhookEvent.objects.count() == 0
