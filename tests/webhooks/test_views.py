"""What strangers and Razorpay may post, and what nobody may."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import DataError, Error, InterfaceError, OperationalError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from checkout import attempts, emails, payments
from checkout.models import Order, Payment
from tests.checkout import faults, reports
from tests.checkout.faults import FaultyRazorpay
from tests.checkout.orders import (
    NEVER_PAID,
    ONCE_PAID,
    SKU,
    assert_books_hold,
    cart_with,
    ordered,
    outcome,
    paid,
    place,
    stock_of,
)
from tests.checkout.reports import deliver, event, order_entity, payment_entity, signature
from tests.factories import make_product
from tests.programs import Simulator
from webhooks import views
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db
BODY = b'{"event": "unknown"}'
GOOD = signature(BODY)


@pytest.mark.covers("E1", "E28", "E32")
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Razorpay-Signature": ""},
        {"X-Razorpay-Signature": "0" * 64},
        {"X-Razorpay-Signature": GOOD[:-1]},
        {"X-Razorpay-Signature": GOOD.upper()},
        {"X-Razorpay-Signature": GOOD + " x"},
        {"X-Razorpay-Signature": f"{GOOD},{GOOD}"},
        {"X-Razorpay-Signature": "sha256=" + GOOD},
        {"X-Razorpay-Signature": "é" * 64},
        {"X-Razorpay-Signature": "\udcff" * 64},
        {"X-Razorpay-Signature": "", "x-mock-request": "true"},
        {"X-Razorpay-Signature": "0" * 64, "x-mock-request": "true", "X-Forwarded-For": "52.66.75.174"},
    ],
    ids=range(11),
)
def test_without_a_true_signature_nothing_is_stored(
    headers: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert deliver(BODY, headers=headers) == 400
    assert WebhookEvent.objects.count() == 0


def test_no_signature_header_at_all(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response = client.post("/webhooks/razorpay/", BODY, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.covers("E1", "E4")
def test_one_byte_makes_the_signature_wrong() -> None:
    assert deliver(BODY + b" ", headers={"X-Razorpay-Signature": GOOD}) == 400
    assert deliver(BODY.replace(b"unknown", b"unknowm"), headers={"X-Razorpay-Signature": GOOD}) == 400
    assert WebhookEvent.objects.count() == 0
    assert deliver(BODY, headers={"X-Razorpay-Signature": GOOD}) == 200


@pytest.mark.covers("E2", "E3")
def test_previous_and_empty_secrets(settings: Settings) -> None:
    settings.RAZORPAY_WEBHOOK_SECRETS = ["new", "old"]
    assert deliver(b'{"n": 1}', headers={"X-Razorpay-Signature": signature(b'{"n": 1}', "old")}) == 200
    for secrets in ([""], []):
        settings.RAZORPAY_WEBHOOK_SECRETS = secrets
        assert deliver(b'{"n": 2}', headers={"X-Razorpay-Signature": signature(b'{"n": 2}', "")}) == 400
    assert WebhookEvent.objects.count() == 1


@pytest.mark.covers("E6", "D15")
@pytest.mark.parametrize("address", ["/webhooks/razorpay/", "/payments/verify/", "/payments/callback/"])
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
def test_only_post(address: str, method: str, client: Client) -> None:
    assert getattr(client, method)(address).status_code == 405


@pytest.mark.covers("E6")
def test_the_largest_body_and_one_more_byte() -> None:
    fits = b'{"event": "' + b"x" * (views.MAX_BODY - 13) + b'"}'
    assert len(fits) == views.MAX_BODY
    assert deliver(fits) == 200
    assert deliver(fits + b" ") == 413
    assert deliver(b"x" * 2_700_000) == 413, "beyond Django's own limit"
    assert WebhookEvent.objects.count() == 1


@pytest.mark.covers("E6")
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_the_content_type_does_not_matter(content_type: str, client: Client) -> None:
    response = client.generic(
        "POST", "/webhooks/razorpay/", BODY, content_type=content_type, headers={"X-Razorpay-Signature": GOOD}
    )
    assert response.status_code == 200
    assert bytes(WebhookEvent.objects.get().raw) == BODY


@pytest.mark.covers("E7", "E8", "E9")
def test_the_body_is_the_identity_of_an_event() -> None:
    attempt = ordered()
    body = event("payment.captured", payment=payment_entity(attempt))
    for number in range(20):
        assert deliver(body, event_id=f"evt{number}") == 200
    assert WebhookEvent.objects.get().attempts == 1
    assert deliver(body + b"\n", event_id="evt0") == 200, "the same event id with another body"
    assert deliver(body + b"\n\n", event_id="") == 200, "no event id"
    assert [e.outcome for e in WebhookEvent.objects.order_by("pk")] == ["applied", "unchanged", "unchanged"]
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.covers("E16")
def test_the_webhook_calls_nobody(faulty: FaultyRazorpay) -> None:
    attempt = ordered()
    for status in ("authorized", "captured"):
        deliver(event(f"payment.{status}", payment=payment_entity(attempt, status=status, amount=5)))
    deliver(event("order.paid", payment=payment_entity(attempt), order=order_entity(attempt)))
    assert faulty.calls == []


@pytest.mark.covers("E18")
@pytest.mark.parametrize("problem", [OperationalError, InterfaceError, DataError])
@pytest.mark.parametrize("statement", ["SELECT", "INSERT"])
def test_503_only_when_it_could_not_be_stored(statement: str, problem: type[Error]) -> None:
    attempt = ordered()
    body = event("payment.captured", payment=payment_entity(attempt))
    with connection.execute_wrapper(fails(statement, problem)):
        assert deliver(body) == 503
    assert (WebhookEvent.objects.count(), outcome(attempt.order)) == (0, NEVER_PAID)
    assert deliver(body) == 200
    assert outcome(attempt.order) == ONCE_PAID


def fails(statement: str, problem: type[Error]) -> Callable[..., Any]:
    """Return a wrapper for a database that fails at the first statement of a kind that is about events."""

    def execute(go_on: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(statement) and "webhooks_webhookevent" in sql:
            raise problem("the database is gone")
        return go_on(sql, *rest)

    return execute


@pytest.mark.covers("D1", "D2", "D3")
def test_a_triple_that_does_not_belong_together_changes_nothing(faulty: FaultyRazorpay) -> None:
    mine, other = ordered(), ordered("CG18-B")
    good = reports.triple(mine.razorpay_order_id or "")
    bad = [
        {**good, "razorpay_order_id": other.razorpay_order_id},
        {**good, "razorpay_payment_id": "pay_ZZZZZZZZZZZZZZ"},
        {**good, "razorpay_signature": good["razorpay_signature"].upper()},
        reports.triple(mine.razorpay_order_id or "", secret="guessed"),
        reports.triple("order_ZZZZZZZZZZZZZZ"),
    ]
    for values in bad:
        for address in ("/payments/verify/", "/payments/callback/"):
            assert Client().post(address, values, headers={"x-mock-request": "true"}).status_code == 400
    assert Payment.objects.count() == 0
    assert faulty.calls == []


@pytest.mark.covers("D10", "C6")
def test_without_cookies_or_csrf_token(faulty: FaultyRazorpay) -> None:
    attempt = ordered()
    faulty.plan(faults.reset)
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post("/payments/verify/", reports.triple(attempt.razorpay_order_id or ""))
    assert (answer.status_code, answer.json()["status"]) == (200, "confirming")
    assert answer.json()["redirect"] == attempt.order.get_absolute_url()
    faulty.plan(faults.reset)
    back = stranger.post("/payments/callback/", reports.triple(attempt.razorpay_order_id or ""))
    assert (back.status_code, back.headers["Location"]) == (303, attempt.order.get_absolute_url())
    assert not stranger.cookies
    assert deliver(BODY, client=stranger) == 200


@pytest.mark.covers("C7", "C8")
def test_a_posted_failure_only_leads_to_the_order(client: Client) -> None:
    attempt = ordered()
    error = {
        "error[code]": "BAD_REQUEST_ERROR",
        "error[description]": "<script>",
        "error[metadata]": json.dumps({"payment_id": "pay_1", "order_id": attempt.razorpay_order_id}),
    }
    response = client.post("/payments/callback/", error)
    assert (response.status_code, response.headers["Location"]) == (303, attempt.order.get_absolute_url())
    assert outcome(attempt.order) == NEVER_PAID
    assert stock_of() == (10, 1)
    assert Payment.objects.count() == 0
    payments.record(paid(attempt))
    assert client.post("/payments/callback/", error).status_code == 303
    assert outcome(attempt.order) == ONCE_PAID
    for text in ("", "{", "[]", "null", '{"order_id": 1}', '{"order_id": "order_ZZZZZZZZZZZZZZ"}', "[" * 100_000):
        assert client.post("/payments/callback/", {**error, "error[metadata]": text}).status_code == 400


@pytest.mark.once
@pytest.mark.covers("D6")
def test_a_triple_replayed_for_a_paid_order_calls_nobody(client: Client, faulty: FaultyRazorpay) -> None:
    attempt = ordered()
    facts = paid(attempt)
    payments.record(facts)
    good = reports.triple(attempt.razorpay_order_id or "", facts.payment_id)
    for _time in range(1_000):
        assert client.post("/payments/verify/", good).json()["status"] == "paid"
    assert faulty.calls == []
    assert outcome(attempt.order) == ONCE_PAID


@pytest.mark.covers("C9", "D7")
@pytest.mark.parametrize(
    "ways", list(itertools.permutations(["window", "callback", "captured", "order.paid"])), ids=" ".join
)
def test_every_way_of_telling_in_every_order(ways: tuple[str, ...], client: Client, simulator: Simulator) -> None:
    attempt = attempts.open_payment(place(cart_with(make_product(SKU))))
    triple = reports.pay(simulator, attempt.razorpay_order_id or "")
    payment = payment_entity(attempt, id=triple["razorpay_payment_id"])
    tell = {
        "window": lambda: client.post("/payments/verify/", triple, content_type="application/json").status_code,
        "callback": lambda: client.post("/payments/callback/", triple).status_code,
        "captured": lambda: deliver(event("payment.captured", payment=payment)),
        "order.paid": lambda: deliver(event("order.paid", payment=payment, order=order_entity(attempt))),
    }
    assert {tell[way]() for way in ways} == {200, 303}
    assert outcome(attempt.order) == ONCE_PAID
    assert stock_of() == (9, 0)
    assert_books_hold()


@pytest.mark.covers("C10")
def test_what_the_buyer_typed_at_razorpay_does_not_replace_the_orders_own() -> None:
    attempt = ordered()
    other = {"email": "somebody@else.example", "contact": "+919000000000"}
    deliver(event("payment.captured", payment=payment_entity(attempt, **other)))
    order = Order.objects.get()
    assert (order.status, order.email, order.phone) == ("paid", "asha@example.in", "+919876543210")
    payment = Payment.objects.get()
    assert (payment.email, payment.contact) == (other["email"], other["contact"])
    emails.send_waiting()
    assert [message.to for message in mail.outbox] == [["asha@example.in"]]
