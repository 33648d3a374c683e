"""Sockets: one thread for each connection, kept alive (HTTP/1.1)."""

import contextlib
import socket
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from razorpay_simulator import routes, sending
from razorpay_simulator.errors import refused, server_error
from razorpay_simulator.wire import Request, Response, error_response

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator

MAX_BODY_BYTES = 1024 * 1024
READ_AWAY_BYTES = 8 * MAX_BODY_BYTES


class Server(ThreadingHTTPServer):
    """A listening socket with room for a crowd."""

    request_queue_size = 512
    daemon_threads = True
    block_on_close = False

    def __init__(self, simulator: "Simulator", address: tuple[str, int], family: socket.AddressFamily) -> None:
        self.simulator = simulator
        self.address_family = family
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    """Reads a request, has it answered, writes the answer in one piece."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "RazorpaySimulator"
    sys_version = ""
    timeout = 75
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def answer(self) -> None:
        """Answer any method."""
        started = time.perf_counter()
        request = self._read()
        response = self._respond(request) if request else self._refuse_body()
        sending.send(self, response)
        if not self.server.simulator.config.quiet:
            milliseconds = (time.perf_counter() - started) * 1000
            path = urlsplit(self.path).path
            sys.stderr.write(f"{self.command} {path} {response.status} {milliseconds:.1f} ms\n")

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = answer

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES or "Transfer-Encoding" in self.headers:
            return None
        parts = urlsplit(self.path)
        method = "GET" if self.command == "HEAD" else self.command
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(method, parts.path, parts.query, headers, self.rfile.read(int(length)))

    def _refuse_body(self) -> Response:
        self.close_connection = True
        # A caller who is still writing would meet a broken pipe instead of the answer.
        length = self.headers.get("Content-Length", "0")
        left = min(int(length), READ_AWAY_BYTES) if length.isdecimal() and len(length) < 10 else 0
        while left > 0 and (chunk := self.rfile.read(min(left, 64 * 1024))):
            left -= len(chunk)
        return error_response(refused("The request body is too large.", status=413))

    def _respond(self, request: Request) -> Response:
        try:
            return routes.answer(self.server.simulator, request)
        except Exception:
            traceback.print_exc()
            return error_response(server_error())

    def log_message(self, *arguments: Any) -> None:
        """Write nothing: `answer` writes the one line of a request."""


def listen(simulator: "Simulator") -> list[Server]:
    """Open the sockets: localhost means 127.0.0.1 to some browsers and ::1 to others, so both if possible."""
    config = simulator.config
    servers = [Server(simulator, (config.host, config.port), _family(config.host))]
    if config.host in {"127.0.0.1", "localhost"}:
        with contextlib.suppress(OSError):
            servers.append(Server(simulator, ("::1", servers[0].server_port), socket.AF_INET6))
    return servers


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(servers: list[Server]) -> list[threading.Thread]:
    """Answer requests in the background."""
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    return threads
