"""Patience of a pass that asks Razorpay many questions: it slows down when answers fail, and ends when all do.

The first answer of a pass also tells whether Razorpay lets the shop in, which buyers and staff are told.
"""

import random
import time

from checkout import attention
from checkout.gateway import GatewayError

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
# So many failures in a row, with half a minute of pauses between them, are no accident.
LOST = 8


class Patience:
    """Counts failures in a row and pauses after each, longer every time. `budget` limits the whole pass, in seconds."""

    def __init__(self, budget: float | None = None) -> None:
        self.deadline = None if budget is None else time.monotonic() + budget
        self.in_a_row = 0
        self.is_let_in = False

    @property
    def is_over(self) -> bool:
        """Whether the pass should ask nothing more: its time is up, or nobody answers."""
        return self.in_a_row >= LOST or (self.deadline is not None and time.monotonic() >= self.deadline)

    def answered(self) -> None:
        """Note that Razorpay answered."""
        self.in_a_row = 0
        if not self.is_let_in:
            self.is_let_in = True
            attention.key_accepted()

    def failed(self, error: GatewayError) -> None:
        """Note that it did not, and pause. A refusal is an answer; a refused key makes every further question vain."""
        if error.is_refusal:
            self.answered()
            return
        if error.is_about_our_key:
            attention.key_refused(str(error))
            self.in_a_row = LOST
            return
        self.in_a_row += 1
        if not self.is_over:
            time.sleep(self._pause())

    def _pause(self) -> float:
        spread = random.uniform(0.75, 1.25)  # noqa: S311 - spread, not secrecy.
        pause = spread * min(FIRST_PAUSE * 2.0 ** (self.in_a_row - 1), LONGEST_PAUSE)
        return pause if self.deadline is None else min(pause, max(self.deadline - time.monotonic(), 0))
