"""What the shop acknowledged, as those who were told noted it down, and what it should never have answered."""

import threading
from collections import Counter

import requests


class Notebook:
    """Kept by all buyers and staff of one soak together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.placed: dict[str, int] = {}
        self.tokens: dict[str, str] = {}
        self.seen: set[tuple[str, str]] = set()
        self.refunds: dict[str, int] = {}
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()

    def was_placed(self, number: str, token: str, total: int) -> None:
        """Note an order that the checkout answered with, and what it costs in paise."""
        with self._lock:
            self.placed[number], self.tokens[number] = total, token

    def saw(self, number: str, status: str) -> None:
        """Note a status of an order that the shop told."""
        with self._lock:
            self.seen.add((number, status))

    def was_refunded(self, reason: str, amount: int) -> None:
        """Note a refund of `amount` paise that the shop says is made or will be; its reason is like no other."""
        with self._lock:
            self.refunds[reason] = amount

    def count(self, what: str) -> None:
        """Add one to a figure."""
        with self._lock:
            self.counts[what] += 1

    def judge(self, response: requests.Response, *allowed: int) -> requests.Response:
        """Note an answer that is neither one of `allowed` nor the documented 503, and return it."""
        if response.status_code not in (*allowed, 503):
            told = f"{response.request.method} {response.request.path_url}: {response.status_code}"
            with self._lock:
                self.wrong.append(f"{told} {response.text[:300]}")
        return response

    def paid(self) -> list[str]:
        """Return the numbers of the orders that were seen paid."""
        with self._lock:
            return sorted(number for number, status in self.seen if status == "paid")
