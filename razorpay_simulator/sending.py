"""How an answer leaves the socket: in one piece, or badly, as a fault wants it."""

import select
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler

from razorpay_simulator.wire import Response

LONGEST_DRIP_SECONDS = 600.0


def send(handler: BaseHTTPRequestHandler, response: Response) -> None:
    """Write an answer in its manner."""
    if response.manner == "hang":
        gone(handler.connection, response.seconds)
        hang_up(handler)
    elif response.manner == "reset":
        reset(handler)
    elif response.manner == "truncate":
        write_head(handler, response)
        handler.wfile.write(response.body[: len(response.body) // 2])
        hang_up(handler)
    elif response.manner == "drip":
        drip(handler, response)
    else:
        if response.manner == "wait":
            time.sleep(response.seconds)
        write_head(handler, response)
        if handler.command != "HEAD":
            handler.wfile.write(response.body)


def write_head(handler: BaseHTTPRequestHandler, response: Response) -> None:
    """Write status and headers."""
    handler.send_response(response.status)
    handler.send_header("Content-Type", response.content_type)
    handler.send_header("Content-Length", str(len(response.body)))
    handler.send_header("X-Content-Type-Options", "nosniff")
    for name, value in response.headers.items():
        handler.send_header(name, value)
    if handler.close_connection:
        handler.send_header("Connection", "close")
    handler.end_headers()


def gone(connection: socket.socket, seconds: float) -> bool:
    """Wait, and return early with True when the caller hangs up."""
    readable, _, _ = select.select([connection], [], [], seconds)
    return bool(readable)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection after what was written."""
    handler.wfile.flush()
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Close with a reset instead of a goodbye."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler, response: Response) -> None:
    """Write one byte at a time, each well within a read timeout."""
    write_head(handler, response)
    deadline = time.monotonic() + LONGEST_DRIP_SECONDS
    for byte in response.body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if gone(handler.connection, response.seconds) or time.monotonic() > deadline:
            break
    hang_up(handler)
