"""The simulator as a process of its own, as people run it, and a small shop-side server for its webhooks."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KEY_ID = "rzp_test_simulator00"
KEY_SECRET = "a key secret for tests"
WEBHOOK_SECRET = "a webhook secret for tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """Return the first true value of the condition."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("It did not happen in time.")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """A simulator process."""

    state: Path
    options: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def start(self) -> "Running":
        command = [sys.executable, "-m", "razorpay_simulator", "--port", str(self.port), "--state", str(self.state)]
        command += ["--key-id", KEY_ID, "--key-secret", KEY_SECRET, "--webhook-secret", WEBHOOK_SECRET, "--quiet"]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("RAZORPAY_")}
        self.process = subprocess.Popen([*command, *self.options], cwd=ROOT, env=environ)
        wait_until(self.answers)
        return self

    def answers(self) -> bool:
        assert self.process.poll() is None, "The simulator ended at once."
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def browser_url(self) -> str:
        return f"http://localhost:{self.port}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Make a raw request without keys; a dict or list becomes JSON."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            if raw is not None:
                names.setdefault("Content-Type", "application/json")
            connection.request(method, path, raw, names)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Make a raw API call with keys."""
        keys = b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
        return self.call(method, f"/v1{path}", body, Authorization=f"Basic {keys}", **headers)

    def order(self, amount: int = 189900, **more: Any) -> dict[str, Any]:
        """Create an order; the amount is in paise."""
        answer = self.api("POST", "/orders", {"amount": amount, "currency": "INR", **more})
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def pay(self, order_id: str, outcome: str = "success", method: str = "upi", **more: Any) -> dict[str, Any]:
        """Pay an order as a customer would."""
        data = {"order_id": order_id, "outcome": outcome, "method": method, **more}
        answer = self.call("POST", "/_simulator/pay", data)
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def control(self, action: str, **data: Any) -> dict[str, Any]:
        """Ask the control room for something."""
        answer = self.call("POST", f"/_simulator/{action}", data)
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def told(self) -> list[str]:
        """Return the names of all events, oldest first."""
        return [event["event"] for event in self.events()]

    def calls(self) -> list[dict[str, Any]]:
        """Return the API calls of late, oldest first."""
        return list(self.call("GET", "/_simulator/calls").json["items"])

    def events(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/_simulator/events").json["items"])


@dataclass
class Received:
    event: str
    event_id: str
    signature: str
    body: bytes
    at: float


class Receiver:
    """A shop that answers webhooks with the given statuses, then with 200."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.pause = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take(self.headers, body)
                time.sleep(receiver.pause)
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks/razorpay/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers: Any, body: bytes) -> int:
        event = json.loads(body)["event"]
        entry = Received(event, headers["X-Razorpay-Event-Id"], headers["X-Razorpay-Signature"], body, time.monotonic())
        self.received.append(entry)
        return self.statuses.pop(0) if self.statuses else 200

    def names(self) -> list[str]:
        return sorted(entry.event for entry in self.received)
