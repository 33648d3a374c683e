"""What the parts of the program share: options, state file, clock and the webhook courier."""

from collections import deque
from typing import Any

from razorpay_simulator.clock import Clock
from razorpay_simulator.config import Config
from razorpay_simulator.ids import SOURCE
from razorpay_simulator.store import Store, Transaction
from razorpay_simulator.webhooks import Courier

LISTED_CALLS = 2000


class Simulator:
    """One pretended Razorpay account."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.state)
        self.clock = Clock(self.store)
        self.calls: deque[dict[str, Any]] = deque(maxlen=LISTED_CALLS)
        self.courier = Courier(self)
        self._go_on_with_ids()

    def now(self) -> float:
        """Return the time in Unix seconds by the one clock of the program."""
        return self.clock.now()

    def seed(self, transaction: Transaction, value: str | None) -> None:
        """Begin the sequence of ids that belongs to a seed; None: ids that nobody can know."""
        transaction.set("seed", [value, 0])
        SOURCE.seed(value)

    def _go_on_with_ids(self) -> None:
        """Begin the next sequence of this seed: an earlier run has used part of the last one."""
        with self.store.transaction() as transaction:
            value, starts = transaction.setting("seed", [self.config.seed or None, -1])
            transaction.set("seed", [value, starts + 1])
            SOURCE.seed(value if value is None or starts < 0 else f"{value}:{starts + 1}")

    def webhook_settings(self, transaction: Transaction) -> dict[str, Any]:
        """Return whether events are sent now, where to, how many seconds after they happen, and how.

        `disabled` says that Razorpay gave up for good: nothing is sent before somebody switches it on again.
        """
        return {
            "enabled": transaction.setting("webhooks_enabled", self.config.webhooks),
            "disabled": transaction.setting("webhooks_disabled", False),
            "delay_seconds": transaction.setting("webhooks_delay_seconds", 0.0),
            "one_at_a_time": transaction.setting("webhooks_one_at_a_time", False),
            "url": transaction.setting("webhooks_url", self.config.webhook_url),
        }

    def webhook_secrets(self, transaction: Transaction) -> tuple[str, str]:
        """Return the current and the previous secret; the previous one is empty until there was another."""
        current, previous = transaction.setting("webhook_secrets", [self.config.webhook_secret, ""])
        return current, previous

    def close(self) -> None:
        """Stop sending and close the state file."""
        self.courier.stop()
        self.store.close()
