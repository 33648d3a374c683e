"""Progress of a long command: a bar on a terminal, plain lines elsewhere."""

import time

from django.core.management.base import OutputWrapper

WIDTH = 32
PAUSE = 2.0
"""Seconds between two plain lines."""


class Progress:
    """Tells how far a step has come. Use as `with Progress(...) as progress: progress.advance()`."""

    def __init__(self, stream: OutputWrapper, label: str, total: int) -> None:
        self.stream, self.label, self.total = stream, label, total
        self.done = 0
        self.is_terminal = stream.isatty()
        self.told = time.monotonic()

    def __enter__(self) -> "Progress":
        self._tell()
        return self

    def __exit__(self, *error: object) -> None:
        if self.is_terminal:
            self._tell()
            self.stream.write("")
        elif not any(error):
            self.stream.write(f"{self.label}: done ({self.done})")
        self.stream.flush()

    def advance(self, steps: int = 1) -> None:
        """Count `steps` more as done and show it, not too often."""
        self.done += steps
        now = time.monotonic()
        if self.is_terminal or now - self.told >= PAUSE:
            self.told = now
            self._tell()

    def _tell(self) -> None:
        if self.is_terminal:
            filled = WIDTH if not self.total else WIDTH * self.done // self.total
            self.stream.write(f"\r{self.label:<12} [{'#' * filled:<{WIDTH}}] {self.done}/{self.total}", ending="")
        else:
            self.stream.write(f"{self.label}: {self.done} of {self.total}")
        self.stream.flush()
