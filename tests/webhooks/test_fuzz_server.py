"""The same over a real socket: what only a socket can send, and a share of the random bodies, against the real server.

One random body in twenty comes this way too. A status of 0: the client waits for ever, and so does the server. The
control, as it was seen: without `KnownLength` around the application the chunks of a signed report are refused as
forged.
"""

import gzip
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

import pytest
import requests

from checkout.models import Payment, RazorpayOrder
from tests import effort
from tests.checkout.orders import NEVER_PAID, ONCE_PAID, assert_books_hold, ordered, outcome
from tests.checkout.reports import event, payment_entity, signature
from tests.checkout.serving import Shop, running_shop
from tests.programs import Simulator, wait_until
from tests.webhooks.fuzzing import Generator
from webhooks.models import Outcome, WebhookEvent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.covers("E1", "E5", "E6", "E32"),
]
ADDRESS = "/webhooks/razorpay/"
# Seconds for an answer that must come, and until it is believed that none comes.
PATIENCE = 60
SILENCE = 5
Request = Callable[[bytes, str], bytes]


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, shared_simulator: Simulator
) -> Iterator[Shop]:
    """The server, on the database of the tests."""
    with running_shop(tmp_path_factory.mktemp("shop"), shared_simulator) as found:
        yield found


def request(*headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
    """Return the bytes of a POST with just these headers."""
    lines = [f"POST {ADDRESS} HTTP/{version}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def sized(body: bytes, sign: str, *headers: str, length: object = None, version: str = "1.1") -> bytes:
    """Return a POST with a length, which may be wrong."""
    number = len(body) if length is None else length
    known = ("Host: 127.0.0.1", f"Content-Length: {number}", f"X-Razorpay-Signature: {sign}")
    return request(*known, *headers, body=body, version=version)


def chunked(body: bytes, sign: str, *, size: str = "", end: bytes = b"0\r\n\r\n", also: tuple[str, ...] = ()) -> bytes:
    """Return a POST in one chunk."""
    piece = (size or f"{len(body):x}").encode() + b"\r\n" + body + b"\r\n" + end
    headers = ("Host: 127.0.0.1", "Transfer-Encoding: chunked", f"X-Razorpay-Signature: {sign}", *also)
    return request(*headers, body=piece)


SENT: dict[str, tuple[Request, set[int]]] = {
    "as it should be": (sized, {200}),
    "no headers but the needed ones": (lambda b, s: sized(b, s, version="1.0"), {200}),
    "one chunk": (chunked, {200}),
    "no length at all": (lambda b, s: request("Host: 127.0.0.1", f"X-Razorpay-Signature: {s}", body=b), {400}),
    "no host": (lambda b, s: request(f"Content-Length: {len(b)}", f"X-Razorpay-Signature: {s}", body=b), {400}),
    "a shorter length": (lambda b, s: sized(b, s, length=len(b) - 1), {400}),
    "a longer length": (lambda b, s: sized(b, s, length=len(b) + 9), {0}),
    "a negative length": (lambda b, s: sized(b, s, length=-1), {400}),
    "a length in words": (lambda b, s: sized(b, s, length="many"), {400}),
    "a length of 2^64": (lambda b, s: sized(b, s, length=2**64), {400}),
    "two lengths": (lambda b, s: sized(b, s, "Content-Length: 5"), {400}),
    "length and chunks": (lambda b, s: chunked(b, s, also=(f"Content-Length: {len(b)}",)), {200}),
    "a chunk without size": (lambda b, s: chunked(b, s, size="zz"), {400}),
    "a chunk of 2^70": (lambda b, s: chunked(b, s, size="f" * 18), {400}),
    "chunks that do not end": (lambda b, s: chunked(b, s, end=b""), {0}),
    "packed": (lambda b, s: sized(gzip.compress(b, mtime=0), s, "Content-Encoding: gzip"), {400}),
    "asks before it sends": (lambda b, s: sized(b, s, "Expect: 100-continue"), {200}),
    "a NUL in the signature": (lambda b, s: sized(b, s + "\x00"), {400}),
    "bytes in the signature": (lambda b, s: sized(b, "\xff\xfe" * 32), {400}),
    "two signatures": (lambda b, s: sized(b, "0" * 64, f"X-Razorpay-Signature: {s}"), {400}),
    "a signature of 100 kB": (lambda b, s: sized(b, "0" * 100_000), {400}),
    "1,000 headers": (lambda b, s: sized(b, s, *(f"X-{n}: {n}" for n in range(1_000))), {431}),
    "a header without a name": (lambda b, s: sized(b, s, ": x"), {400}),
    "3 MB": (lambda b, s: sized(b + b" " * 3_000_000, signature(b + b" " * 3_000_000)), {413}),
    "12 MB": (lambda b, s: sized(b + b" " * 12_000_000, signature(b + b" " * 12_000_000)), {0, 413}),
    "no HTTP": (lambda b, s: b"\x16\x03\x01\x02\x00\x01\x00" + b, {400}),
}


def send(shop: Shop, data: bytes, patience: float = PATIENCE) -> int:
    """Send bytes and return the status of the answer; 0 when the server hangs up without one, or waits for more."""
    with socket.create_connection(("127.0.0.1", urlsplit(shop.url).port or 0), timeout=patience) as connection:
        try:
            connection.sendall(data)
            return status_in(connection.makefile("rb"))
        except (ConnectionError, TimeoutError):
            return 0


def status_in(answer: BinaryIO) -> int:
    """Return the status of an answer, after the word to go on if there was one."""
    while (line := answer.readline()).startswith(b"HTTP/1."):
        status = int(line.split()[1])
        if status != 100:
            return status
        answer.readline()
    return 0


def captured() -> tuple[RazorpayOrder, bytes]:
    """Return an open attempt and the report that pays it."""
    attempt = ordered()
    return attempt, event("payment.captured", payment=payment_entity(attempt))


def assert_calm(shop: Shop) -> None:
    """Nothing in the server's log is a crash, and it still answers."""
    log = shop.log.read_text()
    for sign in ("Traceback", "Internal Server Error", " 500 ", "panicked"):
        assert sign not in log, log[-4_000:]
    assert requests.get(f"{shop.url}/health/live/", timeout=10).status_code == 200


@pytest.mark.parametrize("name", SENT)
def test_what_only_a_socket_sends(name: str, shop: Shop) -> None:
    write, statuses = SENT[name]
    attempt, body = captured()
    patience = SILENCE if statuses == {0} else PATIENCE
    assert send(shop, write(body, "0" * 64), patience) in {0, 400, 413, 431}
    assert WebhookEvent.objects.count() == 0
    status = send(shop, write(body, signature(body)), patience)
    assert status in statuses
    # Who hangs up before the end has sent a whole signed report here: it is believed, if a moment later.
    if statuses == {0}:
        wait_until(WebhookEvent.objects.filter(outcome=Outcome.APPLIED).exists, "the report of who hung up is believed")
    kept = [bytes(raw) for raw in WebhookEvent.objects.values_list("raw", flat=True)]
    assert kept == ([body] if statuses in ({0}, {200}) else []), status
    assert outcome(attempt.order) == (ONCE_PAID if kept else NEVER_PAID)
    assert_books_hold()
    assert_calm(shop)


def test_random_bodies_over_one_connection(shop: Shop) -> None:
    attempts = [ordered(f"CG43-{number}") for number in range(5)]
    make, chance, session = Generator(2026), random.Random(2026), requests.Session()
    bodies = [make.body(attempts) for _body in range(effort.share(effort.FUZZ) // 20)]
    answers: Counter[tuple[bool, int]] = Counter()
    for number, body in enumerate(bodies):
        for is_signed in (False, True):
            sign = signature(body) if is_signed else signature(body, "guessed")
            headers = {"X-Razorpay-Signature": sign, "X-Razorpay-Event-Id": f"evt{number}"}
            headers["Content-Type"] = chance.choice(["application/json", "text/plain;charset=hex", "image/png", ""])
            answer = session.post(shop.url + ADDRESS, body, headers=headers, timeout=30)
            answers[is_signed, answer.status_code] += 1
    effort.count("random bodies over a socket", len(bodies))
    assert answers == {(False, 400): len(bodies), (True, 200): len(bodies)}
    assert {bytes(raw) for raw in WebhookEvent.objects.values_list("raw", flat=True)} == set(bodies)
    assert Outcome.FAILED not in set(WebhookEvent.objects.values_list("outcome", flat=True))
    assert Payment.objects.filter(fulfils=True).exists()
    assert_calm(shop)
