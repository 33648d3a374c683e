"""What the parts of the program share: options, state file, clock and the webhook courier."""

from collections import deque
from typing import Any

from razorpay_simulator.clock import Clock
from razorpay_simulator.config import Config
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

    def now(self) -> float:
        """Return the time in Unix seconds by the one clock of the program."""
        return self.clock.now()

    def webhook_settings(self, transaction: Transaction) -> dict[str, Any]:
        """Return whether events are sent now, where to, and how many seconds after they happen."""
        return {
            "enabled": transaction.setting("webhooks_enabled", self.config.webhooks),
            "delay_seconds": transaction.setting("webhooks_delay_seconds", 0.0),
            "url": transaction.setting("webhooks_url", self.config.webhook_url),
        }

    def close(self) -> None:
        """Stop sending and close the state file."""
        self.courier.stop()
        self.store.close()
