"""Proofs that prove nothing, many of them: refused cheaply, and never in the way of a true one.

The control, as it was seen: with the throttle asked before the signature is looked at, the true payment and the true
webhook at the end of each flood get 429.
"""

from collections import Counter

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from checkout.models import Order
from tests.checkout.orders import SKU, ordered, outcome
from tests.checkout.reports import deliver, event, pay, payment_entity, signature, triple
from tests.factories import Buyer, make_product
from tests.programs import Simulator
from webhooks.models import WebhookEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limits_on")]
BODY = b'{"event": "unknown"}'


@pytest.mark.covers("E32", "E1")
def test_a_flood_of_unsigned_webhooks_touches_no_row_and_blocks_no_true_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    attempt = ordered()
    with django_assert_num_queries(0):
        statuses = Counter(deliver(BODY, headers={"X-Razorpay-Signature": "0" * 64}) for _time in range(300))
    assert statuses == {400: 120, 429: 180}
    assert WebhookEvent.objects.count() == 0
    assert deliver(event("payment.captured", payment=payment_entity(attempt))) == 200
    assert outcome(attempt.order)["status"] == "paid"


@pytest.mark.covers("E32")
def test_a_flood_is_told_when_to_come_back_wherever_it_says_it_comes_from(settings: Settings) -> None:
    for number in range(121):
        headers = {"X-Razorpay-Signature": signature(BODY, "guess"), "X-Forwarded-For": f"198.51.100.{number}"}
        answer = Client().post("/webhooks/razorpay/", BODY, content_type="application/json", headers=headers)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert Client(REMOTE_ADDR="203.0.113.8").post("/webhooks/razorpay/", BODY, "text/plain").status_code == 400


@pytest.mark.covers("D14")
def test_guessing_from_one_address_is_slowed_down(client: Client) -> None:
    guesses = [triple(f"order_Aa1Bb2Cc3Dd{number:03d}", secret="guess") for number in range(40)]
    answers = [client.post("/payments/verify/", guess) for guess in guesses]
    assert Counter(answer.status_code for answer in answers) == {400: 30, 429: 10}
    assert answers[-1].json()["error"]["code"] == "too_many_tries"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 600
    page = client.post("/payments/callback/", guesses[0])
    assert (page.status_code, "Retry-After" in page.headers) == (429, True)
    assert "too often in a short time" in page.content.decode()


@pytest.mark.covers("D14", "D1")
def test_guessing_one_order_from_everywhere_is_slowed_down_and_its_buyer_still_pays(simulator: Simulator) -> None:
    make_product(SKU)
    order, body = Buyer().buy(SKU)
    razorpay_id = body["razorpay"]["order_id"]
    guess = triple(razorpay_id, secret="guess")
    statuses = [Client(REMOTE_ADDR=f"203.0.113.{n}").post("/payments/verify/", guess).status_code for n in range(12)]
    assert statuses == [400] * 10 + [429] * 2
    assert Order.objects.get().status == "pending"
    proof = pay(simulator, razorpay_id)
    answer = Client(REMOTE_ADDR="203.0.113.1").post("/payments/verify/", proof)
    assert (answer.status_code, answer.json()["status"]) == (200, "paid")
    assert outcome(order)["status"] == "paid"


@pytest.mark.covers("D14", "D3")
def test_what_is_no_order_id_is_counted_by_address_alone(client: Client) -> None:
    for value in ("", "order_x|y", "order_" + "é" * 14, "x" * 10_000):
        assert client.post("/payments/verify/", {"razorpay_order_id": value}).status_code == 400
    assert client.post("/payments/verify/", '{"razorpay_order_id": []}', "application/json").status_code == 400
