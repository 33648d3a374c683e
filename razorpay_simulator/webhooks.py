"""Sends queued events to the shop until it answers 2xx (Razorpay: "Webhooks best practices").

The queue is the events table, so that neither a kill of this program nor one of the shop loses an event. Anything but
2xx within 5 seconds is a failure; retries back off exponentially for 24 hours, and then the webhook is disabled. The
same event keeps its id.
"""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from razorpay_simulator import timers
from razorpay_simulator.errors import invalid
from razorpay_simulator.signatures import webhook_signature

if TYPE_CHECKING:
    from razorpay_simulator.simulator import Simulator
    from razorpay_simulator.store import Transaction

TIMEOUT_SECONDS = 5.0
GIVE_UP_SECONDS = 24 * 3600.0
LONGEST_PAUSE_SECONDS = 300.0
REPLAY_SECONDS = 7 * 86400.0
SENDERS = 8
DELIVERY = "id, body, signature, created_at, attempts, copies"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way."""

    id: str
    body: bytes
    signature: str
    created_at: float
    attempts: int
    copies: int


def pause_before(attempt: int) -> float:
    """Return the seconds between a failed attempt (1, 2, ...) and the next one: 1, 2, 4, ... at most 5 minutes."""
    return min(2.0 ** min(attempt - 1, 20), LONGEST_PAUSE_SECONDS)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST and return the status; redirects are not followed. Raises OSError when there is no answer in time."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    started = time.monotonic()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, headers)
        status = connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(repr(error)) from error
    finally:
        connection.close()
    if time.monotonic() - started > TIMEOUT_SECONDS:
        raise TimeoutError("answered too late")
    return status


class Courier:
    """One thread finds events that are due and a few send them."""

    def __init__(self, simulator: "Simulator") -> None:
        self.simulator = simulator
        self._wake = threading.Event()
        self._stopping = False
        self._flying: set[str] = set()
        self._senders = ThreadPoolExecutor(SENDERS, "webhook")
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin with whatever an earlier run left in the queue."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is on its way and end."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._senders.shutdown(cancel_futures=True)

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def redeliver(self, event_id: str) -> bool:
        """Send an event again soon, signed with the current secret."""
        with self.simulator.store.transaction() as transaction:
            found = self._sign_again(transaction, [event_id])
        self.wake()
        return bool(found)

    def replay(self, event_id: str) -> list[str]:
        """Replay what was not acknowledged in seven days, or one such event, as the Dashboard does; return the ids.

        It switches a disabled webhook on again and signs with the current secret (Razorpay: "Replay events").
        """
        query = (
            "SELECT id FROM events WHERE state IN ('pending', 'expired', 'missed', 'dropped') "
            "AND created_at >= ? AND ? IN ('', id) ORDER BY seq"
        )
        with self.simulator.store.transaction() as transaction:
            oldest = self.simulator.now() - REPLAY_SECONDS
            ids = [row[0] for row in transaction.connection.execute(query, (oldest, event_id))]
            self._sign_again(transaction, ids)
            transaction.set("webhooks_disabled", False)
        self.wake()
        return ids

    def _sign_again(self, transaction: "Transaction", ids: list[str]) -> list[str]:
        secret, _ = self.simulator.webhook_secrets(transaction)
        found = []
        for event_id in ids:
            row = transaction.connection.execute("SELECT body FROM events WHERE id = ?", (event_id,)).fetchone()
            if row is not None:
                found.append(event_id)
                transaction.connection.execute(
                    "UPDATE events SET state = 'pending', next_at = ?, signature = ? WHERE id = ?",
                    (self.simulator.now(), webhook_signature(row[0], secret), event_id),
                )
        return found

    def deliver(self, ids: list[str]) -> list[dict[str, Any]]:
        """Send events now, one after another in this order, and return how each was answered; an id may come twice."""
        answers = []
        for event_id in ids:
            with self.simulator.store.transaction() as transaction:
                url = self.simulator.webhook_settings(transaction)["url"]
                query = f"SELECT {DELIVERY} FROM events WHERE id = ?"
                row = transaction.connection.execute(query, (event_id,)).fetchone()
            if row is None or not url:
                raise invalid("There is no such event, or no address.", field="event_ids")
            status, error = self._send(url, Delivery(*row))
            answers.append({"event_id": event_id, "status": status, "error": error})
        return answers

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            url, due, pause = self._due()
            for delivery in due:
                self._flying.add(delivery.id)
                self._senders.submit(self._fly, url, delivery)
            self._wake.wait(pause)

    def _due(self) -> tuple[str, list[Delivery], float]:
        """Return the address, what to send now, and the seconds until something else may be due."""
        timers.run_due(self.simulator)
        now = self.simulator.now()
        # Copied before the query: an event that lands in between is neither in the answer nor sent twice.
        flying = set(self._flying)
        with self.simulator.store.transaction() as transaction:
            settings = self.simulator.webhook_settings(transaction)
            if not settings["enabled"] or settings["disabled"] or not settings["url"]:
                return "", [], 1.0
            rows = transaction.connection.execute(
                f"SELECT {DELIVERY}, next_at FROM events WHERE state = 'pending' ORDER BY next_at, seq LIMIT 500"
            ).fetchall()
        waiting = [row for row in rows if row[0] not in flying]
        due = [Delivery(*row[:6]) for row in waiting if row[6] <= now]
        later = [row[6] - now for row in waiting if row[6] > now]
        if settings["one_at_a_time"]:
            due = [] if flying else due[:1]
        return settings["url"], due, max(0.01, min([*later, 1.0]))

    def _fly(self, url: str, delivery: Delivery) -> None:
        try:
            self._send(url, delivery)
        finally:
            self._flying.discard(delivery.id)
            self.wake()

    def _send(self, url: str, delivery: Delivery) -> tuple[int | None, str | None]:
        """Send one event, note what became of it, and return the status or what went wrong."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Razorpay-Webhook/v1 (simulator)",
            "X-Razorpay-Signature": delivery.signature,
            "X-Razorpay-Event-Id": delivery.id,
        }
        status, error = None, None
        try:
            status = post(url, delivery.body, headers)
        except (OSError, ValueError) as problem:
            error = str(problem) or type(problem).__name__
        self._note(delivery, status, error)
        return status, error

    def _note(self, delivery: Delivery, status: int | None, error: str | None) -> None:
        now = self.simulator.now()
        attempts = delivery.attempts + 1
        state, next_at, copies = "pending", now, delivery.copies
        if status is not None and 200 <= status < 300:
            copies = max(copies - 1, 1)
            state = "pending" if copies < delivery.copies else "delivered"
        else:
            next_at = now + pause_before(attempts)
            state = "pending" if next_at < delivery.created_at + GIVE_UP_SECONDS else "expired"
        with self.simulator.store.transaction() as transaction:
            transaction.connection.execute(
                "UPDATE events SET state = ?, attempts = ?, next_at = ?, copies = ?, last_status = ?, last_error = ? "
                "WHERE id = ?",
                (state, attempts, next_at, copies, status, error, delivery.id),
            )
            if state == "expired":
                # What failed for a whole day is switched off, by hand to be switched on again.
                transaction.set("webhooks_disabled", True)
                transaction.connection.execute("UPDATE events SET state = 'missed' WHERE state = 'pending'")
