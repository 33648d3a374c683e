"""The pretend Razorpay in this process: what the shop sends reaches it below `requests`, without a socket.

The SDK, the shop's session and every byte of the bodies are the real ones. Its webhooks are only written down: whoever
asks for them delivers them as often as he likes, and in any order.
"""

import itertools
import json
from collections import deque
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from razorpay_simulator import routes
from razorpay_simulator.config import Config
from razorpay_simulator.simulator import Simulator
from razorpay_simulator.wire import Request

NUMBERS = itertools.count()


class Razorpay:
    """One account that nobody else has, in memory. `lost` says for the next calls what of them gets lost."""

    def __init__(self) -> None:
        self.simulator = Simulator(
            Config(
                host="127.0.0.1",
                port=0,
                public_url="http://localhost",
                key_id=settings.RAZORPAY_KEY_ID,
                key_secret=settings.RAZORPAY_KEY_SECRET,
                webhook_url="",
                webhook_secret=settings.RAZORPAY_WEBHOOK_SECRETS[0],
                state=Path(":memory:"),
                webhooks=False,
                quiet=True,
                max_amount=50_000_000,
                # The same life has the same ids, and no two lives share one.
                seed=f"life {next(NUMBERS)}",
            )
        )
        self.lost: deque[str] = deque()

    def adapter(self) -> Callable[..., requests.Response]:
        """Return what stands in for `HTTPAdapter.send`."""

        def send(_adapter: HTTPAdapter, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
            lost = self.lost.popleft() if self.lost else ""
            if lost == "request":
                raise requests.ConnectionError("lost on the way there")
            response = self.answer(request)
            if lost == "answer":
                raise requests.ConnectionError("lost on the way back")
            return response

        return send

    def answer(self, request: requests.PreparedRequest) -> requests.Response:
        """Answer a prepared request."""
        parts = urlsplit(str(request.url))
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else bytes(body)
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        answer = routes.answer(self.simulator, Request(str(request.method), parts.path, parts.query, headers, body))
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status, str(request.url), request
        response.headers.update({"Content-Type": answer.content_type, **answer.headers})
        response.raw = HTTPResponse(BytesIO(answer.body), status=answer.status, preload_content=False)
        return response

    def control(self, action: str, **data: Any) -> dict[str, Any] | None:
        """Let something happen there; None when it cannot happen as things are."""
        headers = {"host": "localhost", "content-type": "application/json"}
        answer = routes.answer(
            self.simulator, Request("POST", f"/_simulator/{action}", "", headers, json.dumps(data).encode())
        )
        found: dict[str, Any] = json.loads(answer.body)
        return found if answer.status == 200 else None

    def known(self, kind: str) -> list[dict[str, Any]]:
        """Return what it has of a kind, as its API would show it, oldest first."""
        with self.simulator.store.transaction() as transaction:
            return [record.doc for record in transaction.all(kind)]

    def bodies(self) -> list[bytes]:
        """Return the body of each webhook that it has sent so far, oldest first."""
        with self.simulator.store.transaction() as transaction:
            return [row[0] for row in transaction.connection.execute("SELECT body FROM events ORDER BY seq")]
