"""A Razorpay that misbehaves, on a real socket: it does what the plan says and passes the rest on to the simulator."""

import json
import re
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import requests

FORWARDED = ("Authorization", "Content-Type", "X-Refund-Idempotency")
Fault = Callable[["Handler"], None]


class FaultyRazorpay:
    """Serves on 127.0.0.1 while the block lasts. `calls` lists what was asked: method and path."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.calls: list[str] = []
        self.released = threading.Event()
        self._plan: list[tuple[re.Pattern[str], Fault]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.shop = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def plan(self, fault: Fault, *, on: str = "", times: int = 1) -> None:
        """Let the next `times` calls whose "METHOD /path" matches `on` meet `fault`."""
        self._plan += [(re.compile(on), fault)] * times

    def forget(self) -> None:
        """Plan nothing any more, and forget what was asked."""
        self._plan.clear()
        self.calls.clear()

    def count(self, pattern: str) -> int:
        """Return how many calls matched."""
        return sum(bool(re.search(pattern, call)) for call in self.calls)

    def fault_for(self, call: str) -> Fault:
        """Take the first planned fault that matches."""
        self.calls.append(call)
        for place, (pattern, fault) in enumerate(self._plan):
            if pattern.search(call):
                del self._plan[place]
                return fault
        return pass_on


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    @property
    def shop(self) -> FaultyRazorpay:
        """The server that this connection belongs to."""
        found: FaultyRazorpay = self.server.shop  # type: ignore[attr-defined]
        return found

    def handle_one_request(self) -> None:
        """Read a request and do to it what the plan says."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.shop.fault_for(f"{self.command} {self.path}")(self)

    def answer(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        """Answer properly."""
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def forwarded(self) -> requests.Response:
        """Let the simulator do it and return its answer."""
        headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
        url = self.shop.upstream + self.path
        return requests.request(self.command, url, data=self.body, headers=headers, timeout=10)

    def hang_up(self) -> None:
        """Close with a reset instead of a goodbye."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def finish(self) -> None:
        """End the connection, which may be gone already."""
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


def pass_on(handler: Handler) -> None:
    """No fault."""
    response = handler.forwarded()
    handler.answer(response.status_code, response.content)


def hang(handler: Handler) -> None:
    """Never answer."""
    handler.shop.released.wait(30)
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """Reset the connection."""
    handler.hang_up()


def lose_answer(handler: Handler) -> None:
    """Do it, and reset the connection instead of answering."""
    handler.forwarded()
    handler.hang_up()


def do_and_hang(handler: Handler) -> None:
    """Do it, and never answer: a timeout after the effect."""
    handler.forwarded()
    hang(handler)


def drip(handler: Handler) -> None:
    """Answer with a body of one blank at a time, for ever, each well within any read timeout."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        while not handler.shop.released.wait(0.05):
            handler.wfile.write(b" ")
    except OSError:
        handler.close_connection = True


def drip_headers(handler: Handler) -> None:
    """Answer with one header after another, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    try:
        while not handler.shop.released.wait(0.05):
            handler.wfile.write(b"x")
    except OSError:
        handler.close_connection = True


def flood(handler: Handler) -> None:
    """Answer with more than anybody can hold, as fast as it goes."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    try:
        while not handler.shop.released.is_set():
            handler.wfile.write(b" " * 1_000_000)
    except OSError:
        handler.close_connection = True


def truncate(handler: Handler) -> None:
    """Answer half of the JSON that the length promises."""
    body = handler.forwarded().content
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def answer(status: int, body: Any, content_type: str = "application/json", **headers: str) -> Fault:
    """Return the fault of answering this; text goes out as it is, anything else as JSON."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return lambda handler: handler.answer(status, raw, content_type, **headers)


def refuse(status: int, description: str, code: str = "BAD_REQUEST_ERROR", **more: Any) -> Fault:
    """Return the fault of refusing as Razorpay does."""
    return answer(status, {"error": {"code": code, "description": description, **more}})


def change(**values: Any) -> Fault:
    """Return the fault of doing it, and answering with other values in the entity."""

    def fault(handler: Handler) -> None:
        response = handler.forwarded()
        handler.answer(response.status_code, json.dumps({**response.json(), **values}).encode())

    return fault


def hold(go_on: threading.Event) -> Fault:
    """Return the fault of doing it only when told to."""

    def fault(handler: Handler) -> None:
        go_on.wait(30)
        pass_on(handler)

    return fault


def change_items(**values: Any) -> Fault:
    """Return the fault of answering with a list whose entities have other values."""

    def fault(handler: Handler) -> None:
        answered = handler.forwarded().json()
        items = [{**item, **values} for item in answered["items"]]
        handler.answer(200, json.dumps({**answered, "items": items}).encode())

    return fault
