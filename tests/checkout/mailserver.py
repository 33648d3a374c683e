"""A mail server on a real socket, that knows which process sends and can let it die at a moment of its choice."""

import re
import socketserver
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

PAUSE = 0.03
"""Seconds that it takes over each mail, so that senders overlap."""


class MailServer:
    """Serves on 127.0.0.1 while the block lasts. `accepted` lists the Message-IDs that it took, in their order.

    `before` and `after` are called with the sender's name, as its EHLO told, before a mail is taken and when it was
    taken but the sender does not know yet.
    """

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.before: Callable[[str], None] = lambda _sender: None
        self.after: Callable[[str], None] = lambda _sender: None
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dialogue)
        self._server.daemon_threads = True
        self._server.mail = self  # type: ignore[attr-defined]
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class Dialogue(socketserver.StreamRequestHandler):
    """One connection: as much of SMTP as a client needs."""

    def handle(self) -> None:
        """Talk until the client leaves or dies."""
        self.mail: MailServer = self.server.mail  # type: ignore[attr-defined]
        self.sender = ""
        try:
            self.say("220 hello")
            while (line := self.rfile.readline().decode().strip()) and self.reply(line):
                pass
        except OSError:
            return

    def reply(self, line: str) -> bool:
        """Answer one command; tell whether to go on."""
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        if verb == "EHLO":
            self.sender = rest
        if verb == "DATA":
            self.say("354 go on")
            self.take()
        self.say("221 bye" if verb == "QUIT" else "250 fine")
        return verb != "QUIT"

    def take(self) -> None:
        """Take a mail."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        time.sleep(PAUSE)
        self.mail.before(self.sender)
        found = re.search(rb"Message-ID: <(.+)>", b"".join(lines))
        self.mail.accepted.append(found[1].decode() if found else "")
        self.mail.after(self.sender)

    def say(self, text: str) -> None:
        """Send a line."""
        self.wfile.write(f"{text}\r\n".encode())
