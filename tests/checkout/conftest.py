"""One pretend Razorpay for all tests of buying, emptied before each of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from pytest_django import Settings

from checkout import finding, transport
from tests.checkout.faults import FaultyRazorpay
from tests.programs import Simulator, running_simulator


@pytest.fixture(scope="session")
def shared_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Run one simulator for the whole session; ask for `simulator` instead, which is empty."""
    with running_simulator(tmp_path_factory.mktemp("razorpay")) as program:
        yield program


@pytest.fixture
def simulator(settings: Settings, shared_simulator: Simulator) -> Simulator:
    """Point the shop at a pretend Razorpay that knows nothing yet."""
    shared_simulator.control("reset")
    settings.RAZORPAY_API_URL = shared_simulator.url
    settings.RAZORPAY_CHECKOUT_JS_URL = f"{shared_simulator.public_url}/v1/checkout.js"
    return shared_simulator


@pytest.fixture
def faulty(settings: Settings, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyRazorpay]:
    """Point the shop at a Razorpay that does what the test plans, and passes the rest on to the simulator."""
    with FaultyRazorpay(simulator.url) as server:
        settings.RAZORPAY_API_URL = server.url
        settings.RAZORPAY_TIMEOUT = 0.5
        monkeypatch.setattr(transport, "CONNECT_TIMEOUT", 0.5)
        monkeypatch.setattr(finding, "PAUSES", (0.0,) * len(finding.PAUSES))
        yield server


@pytest.fixture
def no_call_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when anything is sent over HTTP while a transaction of the shop is open."""
    request = transport.Session.request

    def watched(self: transport.Session, *args: Any, **kwargs: Any) -> object:
        # Here, and not where the bytes go out: that is another thread, with another connection.
        assert not connection.in_atomic_block, "a call out with a transaction open"
        return request(self, *args, **kwargs)

    monkeypatch.setattr(transport.Session, "request", watched)


@pytest.fixture
def asha(django_user_model: type[User]) -> User:
    """Somebody of the staff."""
    return django_user_model.objects.create_user("asha")
