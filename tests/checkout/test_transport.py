"""The wire: a call ends whatever the network does, and calls that hang leave threads for the shop.

The controls, as they were seen: with `call()` made in the same thread the test of the name server never ends; without
the limit of `Places` the third call arrives at Razorpay.
"""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django import Settings

from checkout import gateway, transport
from checkout.gateway import GatewayError
from tests.checkout import faults
from tests.checkout.faults import FaultyRazorpay
from tests.programs import wait_until

pytestmark = pytest.mark.once

ORDER = "order_AAAAAAAAAAAAAA"


@pytest.mark.covers("B10")
@pytest.mark.timeout(20)
def test_a_name_server_that_never_answers(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    look_up = socket.getaddrinfo

    def silent(host: Any, *rest: Any, **options: Any) -> Any:
        if host == "slow.invalid":
            answered.wait(30)
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    settings.RAZORPAY_API_URL = "http://slow.invalid"
    settings.RAZORPAY_TIMEOUT = 0.2
    with pytest.raises(GatewayError) as caught:
        gateway.fetch_order(ORDER)
    assert (caught.value.status, caught.value.ambiguous) == (0, True)
    answered.set()


@pytest.mark.covers("B10")
def test_a_handshake_that_fails(settings: Settings, faulty: FaultyRazorpay) -> None:
    settings.RAZORPAY_API_URL = faulty.url.replace("http://", "https://")
    with pytest.raises(GatewayError) as caught:
        gateway.fetch_order(ORDER)
    assert (caught.value.status, caught.value.detail) == (0, "SSLError")


@pytest.mark.covers("B8")
def test_beyond_the_places_nobody_waits_for_a_late_call(
    settings: Settings, faulty: FaultyRazorpay, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RAZORPAY_PLACES, settings.RAZORPAY_TIMEOUT = 2, 8.0
    monkeypatch.setattr(transport, "LATE", 0.0)
    go_on = threading.Event()
    faulty.plan(faults.hold(go_on), times=2)
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(gateway.find_orders, "held") for _ in range(2)]
        wait_until(lambda: len(faulty.calls) == 2, "two calls hang")
        with pytest.raises(GatewayError) as caught:
            gateway.find_orders("refused")
        go_on.set()
        assert [call.result() for call in held] == [[], []]
    assert (caught.value.ambiguous, caught.value.is_refusal) == (False, False)
    assert len(faulty.calls) == 2, "nothing was sent"
    assert gateway.find_orders("free again") == []


def test_healthy_calls_wait_for_a_place(
    settings: Settings, faulty: FaultyRazorpay, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RAZORPAY_PLACES, settings.RAZORPAY_TIMEOUT = 2, 8.0
    monkeypatch.setattr(transport, "LATE", 60.0)
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(gateway.find_orders, map(str, range(12)))) == [[]] * 12
    assert transport.places._since == {}


def test_a_thread_has_one_place(settings: Settings, faulty: FaultyRazorpay) -> None:
    settings.RAZORPAY_PLACES = 1
    with transport.places.taken(), transport.places.taken():
        assert gateway.find_orders("mine") == []
    assert transport.places._since == {}
