"""The program as a process: it forgets nothing when it is killed, serves a crowd and refuses live keys."""

import http.client
import json
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.razorpay_simulator.harness import KEY_ID, KEY_SECRET, ROOT, Receiver, Running, wait_until


def test_a_kill_loses_nothing(start: Callable[..., Running], receiver: Receiver) -> None:
    receiver.statuses = [500] * 3
    simulator = start("--webhook-url", receiver.url)
    order = simulator.order(5000, receipt="DS-1-1")
    payment_id = simulator.pay(order["id"])["razorpay_payment_id"]
    wait_until(lambda: len(receiver.received) >= 3)
    key = {"X_Refund_Idempotency": "refund_DS-1-1"}
    simulator.call("POST", "/_simulator/webhooks", {"enabled": False})
    refund = simulator.api("POST", f"/payments/{payment_id}/refund", {"amount": 100}, **key).json
    before = simulator.events()
    simulator.kill()
    simulator.start()
    assert simulator.api("GET", "/orders?receipt=DS-1-1").json["items"][0]["status"] == "paid"
    assert simulator.api("POST", f"/payments/{payment_id}/refund", {"amount": 100}, **key).json == refund
    assert [event["event_id"] for event in simulator.events()] == [event["event_id"] for event in before]
    simulator.call("POST", "/_simulator/webhooks", {"enabled": True})
    wait_until(lambda: {event["state"] for event in simulator.events()} == {"delivered"})
    assert {entry.event_id for entry in receiver.received} == {event["event_id"] for event in before}


def test_sixty_buyers_at_once(start: Callable[..., Running], receiver: Receiver) -> None:
    simulator = start("--webhook-url", receiver.url)

    def buy(number: int) -> tuple[str, str]:
        order = simulator.order(5000 + number, receipt=f"DS-{number}-1")
        return order["id"], simulator.pay(order["id"])["status"]

    with ThreadPoolExecutor(60) as crowd:
        bought = list(crowd.map(buy, range(60)))
    assert {status for _, status in bought} == {"captured"}
    assert len({order_id for order_id, _ in bought}) == 60
    wait_until(lambda: len({entry.event_id for entry in receiver.received}) == 180, 30)


def test_one_order_is_paid_once_by_many(simulator: Running) -> None:
    order = simulator.order()

    def pay(_: int) -> int:
        return simulator.call("POST", "/_simulator/pay", {"order_id": order["id"]}).status

    with ThreadPoolExecutor(12) as crowd:
        assert sorted(crowd.map(pay, range(12))) == [200] + [400] * 11
    assert simulator.api("GET", f"/orders/{order['id']}").json["attempts"] == 1


def test_a_connection_is_kept_for_several_requests(simulator: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port)
    keys = {"Authorization": "Basic " + b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()}
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/v1/orders", json.dumps({"amount": 100, "currency": "INR"}), keys)
        assert connection.getresponse().read().startswith(b'{"id":"order_')
        sockets.add(id(connection.sock))
    assert len(sockets) == 1
    connection.close()


def test_both_kinds_of_localhost_are_answered(simulator: Running) -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        try:
            connection = http.client.HTTPConnection(host, simulator.port)
            connection.request("GET", "/v1/checkout.js")
        except OSError:
            if host == "::1" and not has_ipv6_loopback():
                pytest.skip("This machine has no ::1")
            raise
        assert b"window.Razorpay" in connection.getresponse().read()
        connection.close()


def has_ipv6_loopback() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
        return True


@pytest.mark.covers("M10")
@pytest.mark.parametrize(
    "options",
    [["--key-id", "rzp_live_abcdefghijklmn"], ["--key-id", "x"], ["--key-secret", ""], ["--webhook-secret", ""]],
)
def test_live_keys_and_empty_secrets_are_refused(options: list[str], tmp_path: object) -> None:
    command = [sys.executable, "-m", "razorpay_simulator", "--state", f"{tmp_path}/x.sqlite3", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert "abcdefghijklmn" not in ended.stderr


def test_options_come_from_the_environment_too() -> None:
    from razorpay_simulator.config import read

    environ = {"RAZORPAY_SIMULATOR_PORT": "9123", "RAZORPAY_SIMULATOR_NO_WEBHOOKS": "1"}
    found = read([], environ)
    assert (found.port, found.public_url, found.webhooks) == (9123, "http://localhost:9123", False)
    assert read(["--port", "9456"], environ).port == 9456


def test_it_ends_gracefully(start: Callable[..., Running]) -> None:
    assert start().stop() == 0


def test_reset_forgets_everything(start: Callable[..., Running]) -> None:
    simulator = start("--no-webhooks")
    simulator.pay(simulator.order()["id"])
    assert simulator.call("POST", "/_simulator/reset", {}).json == {"reset": True}
    assert simulator.events() == []
    assert simulator.api("GET", "/orders").json["count"] == 0


@pytest.mark.covers("M8", "M11")
def test_a_kill_postpones_what_is_to_happen(start: Callable[..., Running]) -> None:
    simulator = start("--no-webhooks")
    simulator.control("clock", at=1_800_000_000)
    late = simulator.pay(simulator.order()["id"], "late", after_seconds=60)["razorpay_payment_id"]
    held = simulator.pay(simulator.order()["id"], "authorized")["razorpay_payment_id"]
    paid = simulator.pay(simulator.order()["id"])["razorpay_payment_id"]
    simulator.control("switches", refunds="pending_then_failed", refund_seconds=30)
    refund = simulator.control("refund", payment_id=paid)
    dispute = simulator.control("dispute", payment_id=paid)
    simulator.kill()
    simulator.start()
    assert simulator.call("GET", "/_simulator/clock").json["now"] == 1_800_000_000
    assert simulator.api("GET", f"/payments/{late}").json["status"] == "failed"
    simulator.control("clock", advance=60)
    assert simulator.api("GET", f"/payments/{late}").json["status"] == "captured"
    assert simulator.api("GET", f"/refunds/{refund['id']}").json["status"] == "failed"
    assert simulator.api("GET", f"/disputes/{dispute['id']}").json == dispute
    simulator.kill()
    simulator.start()
    simulator.control("clock", advance=3 * 86400)
    assert simulator.api("GET", f"/payments/{held}").json["status"] == "refunded"
    assert simulator.told().count("refund.failed") == 1
