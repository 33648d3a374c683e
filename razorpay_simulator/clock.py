"""The one clock of the program: real time, real time plus an offset, or a moment at which it stands still."""

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from razorpay_simulator.store import Store, Transaction

REAL: dict[str, Any] = {"frozen_at": None, "offset": 0.0}


class Clock:
    """What time it is here. It is kept in the state file, so that a kill does not turn it back."""

    def __init__(self, store: "Store") -> None:
        with store.transaction() as transaction:
            self._state: dict[str, Any] = transaction.setting("clock", REAL)

    def now(self) -> float:
        """Return the time in Unix seconds."""
        frozen_at, offset = self._state["frozen_at"], self._state["offset"]
        return float(frozen_at) if frozen_at is not None else time.time() + float(offset)

    def stop_at(self, transaction: "Transaction", moment: float) -> None:
        """Let it stand still at a moment (Unix seconds)."""
        self._write(transaction, {"frozen_at": moment, "offset": 0.0})

    def advance(self, transaction: "Transaction", seconds: float) -> None:
        """Move it; one that runs goes on running, one that stands stands again later."""
        frozen_at, offset = self._state["frozen_at"], self._state["offset"]
        if frozen_at is not None:
            self._write(transaction, {"frozen_at": frozen_at + seconds, "offset": 0.0})
        else:
            self._write(transaction, {"frozen_at": None, "offset": offset + seconds})

    def be_real(self, transaction: "Transaction") -> None:
        """Show real time again."""
        self._write(transaction, REAL)

    def shown(self) -> dict[str, Any]:
        """Return the time and whether it stands still or is another than the real one."""
        return {"now": self.now(), "frozen": self._state["frozen_at"] is not None, "offset": self._state["offset"]}

    def _write(self, transaction: "Transaction", state: dict[str, Any]) -> None:
        transaction.set("clock", state)
        self._state = state
