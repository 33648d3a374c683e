"""Webhooks as they come over a socket, to the production server.

Seen to fail: without `KnownLength` each chunked body answers 400, since Django takes it for empty.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.checkout.orders import NEVER_PAID, ONCE_PAID, ordered, outcome
from tests.checkout.reports import event, payment_entity, signature
from tests.checkout.serving import Shop, running_shop
from tests.programs import Simulator
from webhooks.models import WebhookEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.once]


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, shared_simulator: Simulator
) -> Iterator[Shop]:
    """The server, on the database of the tests."""
    with running_shop(tmp_path_factory.mktemp("shop"), shared_simulator) as found:
        yield found


def post(shop: Shop, body: bytes, *, signed: str = "", in_pieces_of: int = 0) -> int:
    """Post a webhook, whole or chunked, and return the status."""
    pieces = (body[start : start + in_pieces_of] for start in range(0, len(body), in_pieces_of or 1))
    headers = {"X-Razorpay-Signature": signed or signature(body), "Content-Type": "application/json"}
    sent = pieces if in_pieces_of else body
    return requests.post(f"{shop.url}/webhooks/razorpay/", data=sent, headers=headers, timeout=60).status_code


@pytest.mark.covers("E6")
@pytest.mark.parametrize("size", [7, 4_096])
def test_a_chunked_event_pays_its_order(shop: Shop, size: int) -> None:
    attempt = ordered()
    body = event("payment.captured", payment=payment_entity(attempt))
    assert post(shop, body, signed="0" * 64, in_pieces_of=size) == 400
    assert outcome(attempt.order) == NEVER_PAID
    assert post(shop, body, in_pieces_of=size) == 200
    assert outcome(attempt.order) == ONCE_PAID
    assert bytes(WebhookEvent.objects.get().raw) == body


@pytest.mark.covers("E6")
@pytest.mark.parametrize("in_pieces_of", [0, 65_536])
def test_a_body_above_the_limit_gets_its_answer(shop: Shop, in_pieces_of: int) -> None:
    assert post(shop, b"x" * 1_000_000, in_pieces_of=in_pieces_of) == 200
    for size in (1_000_001, 5_000_000):
        assert post(shop, b"x" * size, in_pieces_of=in_pieces_of) == 413
    assert WebhookEvent.objects.count() == 1


@pytest.mark.covers("E32")
def test_a_flood_of_unsigned_posts_writes_nothing_and_a_true_one_passes(shop: Shop) -> None:
    attempt = ordered()
    true = event("payment.captured", payment=payment_entity(attempt))
    lies = [true, b"[" * 100_000, b"", true + b" "] * 100
    with ThreadPoolExecutor(8) as pool:
        flood = [pool.submit(post, shop, body, signed="0" * 64) for body in lies]
        time.sleep(0.1)
        assert post(shop, true) == 200
        assert Counter(each.result() for each in flood) == {400: len(lies)}
    assert WebhookEvent.objects.count() == 1
    assert outcome(attempt.order) == ONCE_PAID
